import { randomBytes } from 'node:crypto';
import { POSTED, readContent } from './content.ts';
import type { StoredMessage } from './contract.ts';
import { editMessage, findMessage, postMessage, removeMessage } from './messages.ts';
import { type Fields, isFields } from './validation.ts';
import { TEAM, type Workspace } from './workspace.ts';

const MAX_USES = 5;
const LIFE_MS = 30 * 60_000;

/** The command or action that a response URL belongs to. */
interface Origin {
  kind: 'commands' | 'actions';
  channel: string;
  user: string;
  /** The message of the action; null for a slash command, because the app cannot change the typed line. */
  original: StoredMessage | null;
}

export interface ResponseUrls {
  /** Creates a URL that works 5 times within 30 minutes (https://docs.slack.dev/interactivity/handling-user-interaction). */
  issue(owner: Origin): string;
  /** Handles one POST. @throws Refusal for content that chat.postMessage would refuse too */
  use(path: string, body: unknown): { status: number; body: string };
}

interface Issued extends Origin {
  url: string;
  issuedAt: number;
  uses: number;
}

export function createResponseUrls(workspace: Workspace, origin: string): ResponseUrls {
  const issued = new Map<string, Issued>();
  return {
    issue(owner) {
      const path = `/${owner.kind}/${TEAM.id}/${issued.size + 1}/${randomBytes(12).toString('hex')}`;
      const url = `${origin}${path}`;
      issued.set(path, { ...owner, url, issuedAt: workspace.clock.now(), uses: 0 });
      return url;
    },
    use(path, body) {
      const target = issued.get(path);
      const spent = spentReason(target, workspace.clock.now());
      if (!target || spent !== null)
        return { status: 404, body: JSON.stringify({ ok: false, error: spent }) };
      if (!isFields(body)) return { status: 400, body: 'invalid_payload' };
      const error = respond(workspace, target, body);
      if (error !== null) return { status: 404, body: JSON.stringify({ ok: false, error }) };
      target.uses += 1;
      return { status: 200, body: 'ok' };
    },
  };
}

function spentReason(target: Issued | undefined, now: number): string | null {
  if (!target) return 'invalid_url';
  if (target.uses >= MAX_USES) return 'used_url';
  return now - target.issuedAt > LIFE_MS ? 'expired_url' : null;
}

/** @returns why nothing was done; null on success */
function respond(workspace: Workspace, target: Issued, body: Fields): string | null {
  const says = [body.text, body.blocks, body.attachments].some((part) => part !== undefined && part !== '');
  const { original } = target;
  const current = original && findMessage(workspace, original.channel, original.ts);
  const deletes = body.delete_original === true;
  const replaces = body.replace_original === true && !deletes;
  if (original && !current && (deletes || replaces)) return 'message_not_found';
  const content = deletes && !says ? null : readContent(body, POSTED);

  const { channel, user, url } = target;
  const text = content?.text ?? 'delete_original';
  workspace.journal.note({
    kind: 'response_url',
    via: 'response_url',
    channel,
    user,
    ts: current?.ts ?? null,
    text,
  });
  if (current && deletes) removeMessage(workspace, current, 'response_url');
  if (!content) return null;
  if (current && replaces) {
    editMessage(workspace, current, content, 'response_url');
    return null;
  }
  postMessage(workspace, {
    channel,
    content,
    via: 'response_url',
    responseUrl: url,
    ephemeralFor: body.response_type === 'in_channel' ? null : user,
    threadTs: typeof body.thread_ts === 'string' ? body.thread_ts : null,
    unfurlLinks: typeof body.unfurl_links === 'boolean' ? body.unfurl_links : null,
    unfurlMedia: typeof body.unfurl_media === 'boolean' ? body.unfurl_media : null,
  });
  return null;
}
