import { POSTED, Refusal, readContent } from '../content.ts';
import type { StoredFile } from '../contract.ts';
import { BOT_USER_ID } from '../contract.ts';
import { postMessage } from '../messages.ts';
import { type ApiContext, botMethod, type Method, TIER } from '../method.ts';
import { type Fields, isFields } from '../validation.ts';
import { visibleChannel, type Workspace } from '../workspace.ts';

const MAX_ALT = 1_000;

export const fileMethods: Record<string, Method> = {
  'files.getUploadURLExternal': botMethod(TIER[4], ['files:write'], announce),
  'files.completeUploadExternal': botMethod(TIER[4], ['files:write'], complete),
};

function announce(args: Fields, { workspace, files, origin }: ApiContext): object {
  const name = args.filename;
  const length = Number(args.length);
  if (!name || !Number.isInteger(length) || length < 1) throw new Refusal('missing_argument');
  const altText = String(args.alt_txt ?? '');
  if (altText.length > MAX_ALT) throw new Refusal('alt_txt_too_large');
  const id = workspace.nextId('F');
  const file = {
    id,
    name: String(name),
    title: String(name),
    altText,
    content: '',
    bytes: new Uint8Array(),
  };
  files.uploads.set(id, { ...file, length, received: false, completed: false });
  return { upload_url: `${origin}/upload/v1/${id}`, file_id: id };
}

function complete(args: Fields, { workspace, files }: ApiContext): object {
  if (!Array.isArray(args.files) || args.files.length === 0) throw new Refusal('missing_argument');
  const channel = args.channel_id ? channelToShareIn(workspace, String(args.channel_id)) : null;
  const uploads = args.files.filter(isFields).map((entry) => {
    const upload = files.uploads.get(String(entry.id));
    if (!upload || upload.completed || !upload.received) throw new Refusal('file_not_found');
    if (entry.title !== undefined) upload.title = String(entry.title);
    return upload;
  });
  const hasContent = args.initial_comment !== undefined || args.blocks !== undefined;
  const content = hasContent
    ? readContent({ text: args.initial_comment, blocks: args.blocks }, POSTED)
    : null;
  for (const upload of uploads) upload.completed = true;
  const shared: StoredFile[] = uploads.map(({ id, name, title, altText, content, bytes }) => ({
    id,
    name,
    title,
    altText,
    content,
    bytes,
  }));
  workspace.journal.note({
    kind: 'file',
    via: 'files.completeUploadExternal',
    channel,
    text: shared.map((file) => file.name).join(', '),
  });
  if (channel) {
    postMessage(workspace, {
      channel,
      content: content ?? { text: '', blocks: [] },
      via: 'files.completeUploadExternal',
      threadTs: typeof args.thread_ts === 'string' ? args.thread_ts : null,
      files: shared,
    });
  }
  return { files: shared.map(({ id, title }) => ({ id, title })) };
}

/** Files can be shared only in the bot's own channels, even with chat:write.public. */
function channelToShareIn(workspace: Workspace, id: string): string {
  const channel = visibleChannel(workspace, id);
  if (!channel) throw new Refusal('channel_not_found');
  if (!channel.members.has(BOT_USER_ID)) throw new Refusal('not_in_channel');
  return channel.id;
}
