import type { WebClient } from '@slack/web-api';
import { innermostMessage } from '../innermost-message.ts';
import { escapeMrkdwn } from './blocks/text.ts';
import { refusal } from './slack-errors.ts';

const UPLOAD_TIMEOUT_MS = 10_000;
/** Slack's `alt_txt_too_large`. */
const MAX_ALT = 1_000;

export interface Picture {
  png: Buffer;
  filename: string;
  title: string;
  /** The numbers that the picture shows. */
  alt: string;
}

/** Why there is no picture, in a few words of our own. */
export class PictureRefused extends Error {}

/**
 * Shows a picture in a channel by Slack's three steps: a place is asked for, the bytes go there, and the upload is completed.
 * Throws PictureRefused.
 * @param client one that gives up soon: the text waits for it
 */
export async function uploadPicture(client: WebClient, channel: string, picture: Picture): Promise<void> {
  try {
    const { png, filename, title } = picture;
    const asked = await client.files.getUploadURLExternal({
      filename,
      length: png.length,
      // Documented under this name; the library's own type has another.
      ...{ alt_txt: picture.alt.slice(0, MAX_ALT) },
    });
    const { upload_url: url, file_id: id } = asked;
    if (!url || !id) throw new PictureRefused('Slack gave no place to put it');
    const answer = await fetch(url, {
      method: 'POST',
      body: new Uint8Array(png),
      headers: { 'content-type': 'image/png' },
      redirect: 'error',
      signal: AbortSignal.timeout(UPLOAD_TIMEOUT_MS),
    });
    await answer.body?.cancel();
    if (!answer.ok) throw new PictureRefused(`Slack did not take the file (status ${answer.status})`);
    await client.files.completeUploadExternal({
      files: [{ id, title }],
      channel_id: channel,
      initial_comment: escapeMrkdwn(picture.alt),
    });
  } catch (error) {
    if (error instanceof PictureRefused) throw error;
    throw new PictureRefused(reasonOf(error), { cause: error });
  }
}

function reasonOf(error: unknown): string {
  const why = refusal(error);
  if (why === 'missing_scope')
    return 'the Slack app lacks the scope files:write; update it from manifest.yml and install it again';
  if (why === 'not_in_channel') return 'I am not a member of this channel, and files need that';
  return why
    ? `Slack says ${why}`
    : `Slack could not be reached for it (${innermostMessage(error).slice(0, 80)})`;
}
