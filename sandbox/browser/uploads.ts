import type { StoredFile } from '../slack/server.ts';
import { channels, people } from './northwind.ts';
import type { Sandbox } from './state.ts';

const imageTypes: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
};

/** Media type of an image that the page can show; null for any other file, which can only be downloaded. */
export const imageType = ({ name }: Pick<StoredFile, 'name'>): string | null =>
  imageTypes[name.split('.').at(-1)?.toLowerCase() ?? ''] ?? null;

/** Finds a file that was shared in any channel; null when no file has that id. */
export function findUpload({ world }: Sandbox, id: string): StoredFile | null {
  const places = [...channels, ...people];
  for (const { id: channel } of places)
    for (const { files } of world.slack.messages(channel)) {
      const found = files.find((file) => file.id === id);
      if (found) return found;
    }
  return null;
}
