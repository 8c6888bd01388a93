import type { StoredFile } from '../slack/server.ts';
import { channels, people } from './northwind.ts';
import type { Sandbox } from './state.ts';

const pictures: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
};

/** A picture can be shown by the page; anything else is only handed out to be kept. */
export const imageType = ({ name }: Pick<StoredFile, 'name'>): string | null =>
  pictures[name.split('.').at(-1)?.toLowerCase() ?? ''] ?? null;

/** A file that was shared in some channel; null where there is none of that id. */
export function findUpload({ world }: Sandbox, id: string): StoredFile | null {
  const places = [...channels, ...people];
  for (const { id: channel } of places)
    for (const { files } of world.slack.messages(channel)) {
      const found = files.find((file) => file.id === id);
      if (found) return found;
    }
  return null;
}
