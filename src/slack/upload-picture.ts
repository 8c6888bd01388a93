import type { WebClient } from '@slack/web-api';
import { innermostMessage } from '../text/innermost-message.ts';
import { escapeMrkdwn } from './blocks/text.ts';
import { slackErrorCode } from './slack-errors.ts';

const UPLOAD_TIMEOUT_MS = 10_000;
/** Slack's limit, characters (`alt_txt_too_large`). */
const MAX_ALT = 1_000;

export interface Picture {
  png: Buffer;
  filename: string;
  title: string;
  /** The numbers of the picture, as text. */
  alt: string;
}

/** An upload that failed, with a reason of our own wording. */
export class PictureUploadError extends Error {}

/**
 * Slack's first two steps: requests an upload URL and sends the bytes. Returns the file's id; nobody sees the file yet. Throws
 * PictureUploadError or the client's error.
 */
export async function uploadUnsharedPicture(
  client: WebClient,
  { png, filename, alt }: { png: Uint8Array; filename: string; alt: string },
): Promise<string> {
  const asked = await client.files.getUploadURLExternal({
    filename,
    length: png.byteLength,
    // Slack documents this name; the library's type has another.
    ...{ alt_txt: alt.slice(0, MAX_ALT) },
  });
  const { upload_url: url, file_id: id } = asked;
  if (!url || !id) throw new PictureUploadError('Slack returned no upload URL');
  const answer = await fetch(url, {
    method: 'POST',
    body: new Uint8Array(png),
    headers: { 'content-type': 'image/png' },
    redirect: 'error',
    signal: AbortSignal.timeout(UPLOAD_TIMEOUT_MS),
  });
  await answer.body?.cancel();
  if (!answer.ok) throw new PictureUploadError(`Slack did not take the file (status ${answer.status})`);
  return id;
}

/**
 * Shows a picture in a channel. Throws PictureUploadError.
 * @param client one with a short time limit: the text waits for it
 */
export async function uploadPicture(client: WebClient, channel: string, picture: Picture): Promise<void> {
  try {
    const id = await uploadUnsharedPicture(client, picture);
    await client.files.completeUploadExternal({
      files: [{ id, title: picture.title }],
      channel_id: channel,
      initial_comment: escapeMrkdwn(picture.alt),
    });
  } catch (error) {
    if (error instanceof PictureUploadError) throw error;
    throw new PictureUploadError(reasonOf(error), { cause: error });
  }
}

function reasonOf(error: unknown): string {
  const why = slackErrorCode(error);
  if (why === 'missing_scope')
    return 'the Slack app lacks the scope files:write; update it from manifest.yml and install it again';
  if (why === 'not_in_channel') return 'I am not a member of this channel, which files require';
  return why
    ? `Slack says ${why}`
    : `Slack could not be reached for it (${innermostMessage(error).slice(0, 80)})`;
}
