import type { Block, KnownBlock } from '@slack/types';
import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  type WebClient,
} from '@slack/web-api';
import type {
  Courier,
  Outcome,
  OutgoingMessage,
  PostedMessage,
  PostedWhere,
} from '../digests/outbox/courier.ts';
import { innermostMessage } from '../text/innermost-message.ts';
import type { Message } from '../text/message.ts';
import { slackErrorCode } from './slack-errors.ts';
import { uploadUnsharedPicture } from './upload-picture.ts';

/** Marks messages of the outbox. Other apps of the workspace can read metadata, so it holds only an id. */
const EVENT_TYPE = 'envcheck_outbox';
const PAGE = 200;
/** Page limit of a search since the message before. In a busier channel the time decides. */
const PAGES_SINCE = 5;
/** Page limit of a search by time. In a busier channel the result is unknown. */
const MAX_PAGES = 50;

/** Slack's internal errors, after which the call may have succeeded. */
const uncertain = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout']);
const rateLimits = new Set(['ratelimited', 'rate_limited']);
const DEFAULT_PAUSE_MS = 30_000;

/** Errors before a connection existed, so nothing was sent. */
const neverSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH']);

/** @param client one without retries, which reports rate limits at once and has a time limit */
export function createCourier(client: WebClient): Courier {
  return {
    post: (letter) =>
      attempt(async () => {
        const { channel, ts } = await client.chat.postMessage({
          channel: letter.channel,
          ...content(letter.message),
          ...(letter.threadTs === null ? {} : inThread(letter.threadTs, letter.broadcast)),
          metadata: { event_type: EVENT_TYPE, event_payload: { id: letter.id } },
          unfurl_links: false,
          unfurl_media: false,
        });
        return placeOf(channel, ts);
      }),
    update: (place, message) =>
      attempt(async () => {
        await client.chat.update({ ...place, ...content(message) });
        return place;
      }),
    find: (letter, where) => attempt(() => find(client, letter, where)),
    upload: (picture) => attempt(() => uploadUnsharedPicture(client, { ...picture, filename: picture.name })),
    async share(file, { channel, ts }, title) {
      const shared = await attempt(async () => {
        await client.files.completeUploadExternal({
          files: [{ id: file, title }],
          channel_id: channel,
          thread_ts: ts,
        });
        return null;
      });
      // An earlier attempt shared it.
      return shared.kind === 'refused' && shared.code === 'file_not_found'
        ? { kind: 'done', result: null }
        : shared;
    },
  };
}

const inThread = (threadTs: string, broadcast: boolean) =>
  broadcast ? { thread_ts: threadTs, reply_broadcast: true as const } : { thread_ts: threadTs };

/** An edit without `blocks` removes the old ones; an empty list does not. */
const content = ({ text, blocks }: Message): { text: string; blocks?: (KnownBlock | Block)[] } =>
  blocks.length > 0 ? { text, blocks } : { text };

function placeOf(channel: string | undefined, ts: string | undefined): PostedMessage {
  if (!channel || !ts) throw new Error('Slack took the message without saying where it stands');
  return { channel, ts };
}

async function attempt<Result>(work: () => Promise<Result>): Promise<Outcome<Result>> {
  try {
    return { kind: 'done', result: await work() };
  } catch (error) {
    return failed(error);
  }
}

function failed(error: unknown): Exclude<Outcome<never>, { kind: 'done' }> {
  if (error instanceof WebAPIRateLimitedError) return { kind: 'paused', ms: error.retryAfter * 1_000 };
  if (error instanceof WebAPIPlatformError) {
    const word = slackErrorCode(error) ?? '';
    if (rateLimits.has(word)) return { kind: 'paused', ms: DEFAULT_PAUSE_MS };
    return uncertain.has(word)
      ? { kind: 'unknown', why: `Slack says ${word}` }
      : { kind: 'refused', code: word };
  }
  if (error instanceof WebAPIHTTPError)
    return { kind: 'unknown', why: `Slack answered with HTTP status ${error.statusCode}` };
  if (error instanceof WebAPIRequestError && neverSent.has(codeOf(error.original)))
    return { kind: 'unreached', why: `Slack cannot be reached: ${innermostMessage(error)}` };
  return { kind: 'unknown', why: `Slack did not answer: ${innermostMessage(error)}` };
}

/** Code of the innermost error. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const inner = error.cause === undefined ? '' : codeOf(error.cause);
  return inner || ('code' in error ? String(error.code) : '');
}

interface Page {
  messages?: { ts?: string; metadata?: { event_type?: string; event_payload?: object } }[];
  response_metadata?: { next_cursor?: string };
}

/** Our clock may have been wrong when the message was sent, so its place in the channel comes first. */
async function find(
  client: WebClient,
  letter: OutgoingMessage,
  { after, from, to }: PostedWhere,
): Promise<PostedMessage | null> {
  const since = await search(client, letter, after === null ? {} : { oldest: after }, PAGES_SINCE);
  if (since !== 'too many') return since;
  const times = { oldest: (from / 1_000).toFixed(6), latest: (to / 1_000).toFixed(6) };
  const within = await search(client, letter, times, MAX_PAGES);
  if (within !== 'too many') return within;
  throw new Error(`more than ${PAGE * MAX_PAGES} messages were posted around that time`);
}

async function search(
  client: WebClient,
  { id, channel, threadTs }: OutgoingMessage,
  times: { oldest?: string; latest?: string },
  pages: number,
): Promise<PostedMessage | null | 'too many'> {
  const asked = { channel, ...times, limit: PAGE, include_all_metadata: true };
  let cursor: string | undefined;
  for (let page = 0; page < pages; page += 1) {
    const more = cursor ? { ...asked, cursor } : asked;
    const answer = (await (threadTs === null
      ? client.conversations.history(more)
      : client.conversations.replies({ ...more, ts: threadTs }))) as Page;
    const found = answer.messages?.find(
      ({ metadata }) =>
        metadata?.event_type === EVENT_TYPE &&
        (metadata.event_payload as { id?: string } | undefined)?.id === id,
    );
    if (found) return placeOf(channel, found.ts);
    cursor = answer.response_metadata?.next_cursor;
    if (!cursor) return null;
  }
  return 'too many';
}
