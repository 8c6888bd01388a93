import { RespondError, type RespondFn } from '@slack/bolt';
import type { KnownBlock } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import pRetry from 'p-retry';
import type { Logger } from 'pino';
import type { Message } from '../text/message.ts';
import { escapeMrkdwn } from './blocks/text.ts';
import type { HasOutsiders } from './outsiders.ts';
import { cannotBePosted, cannotPostThere, slackErrorCode } from './slack-errors.ts';

/** Least time between two edits, ms. Slack allows about 50 edits a minute over all messages of the bot. */
const EDIT_EVERY_MS = 2_000;
/** Delay of the first edit, ms: short enough to confirm a click, long enough that a quick answer needs no progress. */
const FIRST_EDIT_MS = 300;
const RESPOND_TIMEOUT_MS = 15_000;

/** Only both flags together prevent links from unfurling. */
const noUnfurl = { unfurl_links: false, unfurl_media: false };

export interface AnswerTools {
  /** Retries; for messages that must arrive. */
  client: WebClient;
  /** Gives up at once; for progress, which is soon stale. */
  progressClient: WebClient;
  respond: RespondFn;
  logger: Logger;
  /** The bot's mention for an invitation: "@envcheck". */
  botName(): string;
  hasOutsiders: HasOutsiders;
}

/** One message that starts as "checking", shows progress, and ends as the answer. */
export interface Answer {
  /** The channel of a public answer; null for a private one. */
  channel: string | null;
  /** May be dropped. */
  progress(message: Message): void;
  /**
   * Arrives in place, as a new message, or privately, as long as Slack is reachable. Only the first call counts: an answer
   * after an apology, or an apology after the answer, is dropped.
   */
  finish(message: Message): Promise<void>;
}

interface Place {
  channel: string;
  ts: string;
}

/** Answers in a channel. When the bot cannot post there, the asker gets the answer privately with the reason. */
export async function answerInChannel(
  tools: AnswerTools,
  channel: string,
  initial: Message,
): Promise<Answer> {
  try {
    const posted = await tools.client.chat.postMessage({ channel, ...content(initial), ...noUnfurl });
    warnOfOutsiders(tools, channel).catch((error) =>
      tools.logger.warn({ err: error }, 'no warning was sent'),
    );
    return answerInPlace(tools, { channel: posted.channel ?? channel, ts: posted.ts ?? '' });
  } catch (error) {
    tools.logger.warn({ err: error, channel }, 'cannot answer in the channel; answering privately');
    const why = cannotPostThere(error)
      ? notInChannel(slackErrorCode(error), tools.botName())
      : slackRefused(slackErrorCode(error));
    return answerPrivately(tools, initial, why);
  }
}

async function warnOfOutsiders(tools: AnswerTools, channel: string): Promise<void> {
  if (!(await tools.hasOutsiders(channel))) return;
  const text =
    '⚠️ This channel is shared with another organization, whose members can read my messages here. `--private` answers you alone.';
  await respondPrivately(tools, { text, blocks: [noteBlock(text)] }, false);
}

/** Answers by editing an existing message of the bot. */
export function answerInPlace(tools: AnswerTools, place: Place): Answer {
  const edit = (message: Message) => tools.progressClient.chat.update({ ...place, ...content(message) });
  const edits = createEdits(edit, tools.logger);
  return {
    channel: place.channel,
    progress: edits.offer,
    finish: once(async (message) => {
      await edits.close();
      const update = (shown: Message) => tools.client.chat.update({ ...place, ...content(shown) });
      try {
        await update(message);
      } catch (error) {
        tools.logger.warn({ err: error, ...place }, 'failed to edit the answer');
        const shown = cannotBePosted(error) ? textOnly(message, slackErrorCode(error)) : message;
        if (shown !== message && (await succeeds(update(shown)))) return;
        await postAgain(tools, place.channel, shown);
      }
    }),
  };
}

const succeeds = (call: Promise<unknown>): Promise<boolean> =>
  call.then(
    () => true,
    () => false,
  );

function once(finish: Answer['finish']): Answer['finish'] {
  let first: Promise<void> | null = null;
  return (message) => {
    first ??= finish(message);
    return first;
  };
}

async function postAgain(tools: AnswerTools, channel: string, shown: Message): Promise<void> {
  try {
    await tools.client.chat.postMessage({ channel, ...content(shown), ...noUnfurl });
  } catch (again) {
    tools.logger.warn({ err: again, channel }, 'the answer cannot be posted; sending it privately');
    const why = cannotPostThere(again)
      ? notInChannel(slackErrorCode(again), tools.botName())
      : slackRefused(slackErrorCode(again));
    await respondPrivately(tools, withNote(shown, why), false);
  }
}

/** Answers the asker alone through the response URL, which allows five uses in 30 minutes; so there is no progress. */
export async function answerPrivately(
  tools: AnswerTools,
  initial: Message,
  note: string | null,
): Promise<Answer> {
  await respondPrivately(tools, note ? withNote(initial, note) : initial, false);
  return {
    channel: null,
    progress: () => {},
    finish: once((message) => respondPrivately(tools, message, false)),
  };
}

/** Answers by replacing the private message of the clicked button. */
export async function answerInPrivatePlace(tools: AnswerTools, initial: Message): Promise<Answer> {
  await respondPrivately(tools, initial, true);
  return {
    channel: null,
    progress: () => {},
    finish: once((message) => respondPrivately(tools, message, true)),
  };
}

export async function respondPrivately(
  { respond, logger }: Pick<AnswerTools, 'respond' | 'logger'>,
  message: Message,
  replaceOriginal: boolean,
): Promise<void> {
  const send = (shown: Message) =>
    pRetry(
      () => respond({ response_type: 'ephemeral', replace_original: replaceOriginal, ...content(shown) }),
      {
        retries: 3,
        minTimeout: 500,
        shouldRetry: ({ error }) => !(error instanceof RespondError && isFinal(error)),
      },
    );
  try {
    await send(message);
  } catch (error) {
    logger.warn({ err: error }, 'the response URL refused the message; sending only its text');
    await send(textOnly(message, null));
  }
}

/** Answers through a stored response URL: five uses in 30 minutes. */
export const respondThrough =
  (url: string): RespondFn =>
  async (message) => {
    const body = typeof message === 'string' ? { text: message } : message;
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(RESPOND_TIMEOUT_MS),
    });
    if (response.ok) return response;
    await response.body?.cancel();
    throw new RespondError('the response URL refused the message', response.status);
  };

/** True when Slack refused the message itself; other errors may pass the next time. */
const isFinal = ({ statusCode }: RespondError): boolean => statusCode < 500 && statusCode !== 429;

/** An edit without `blocks` removes the old ones; an empty list does not. */
const content = ({ text, blocks }: Message): { text: string; blocks?: KnownBlock[] } =>
  blocks.length > 0 ? { text, blocks } : { text };

const textOnly = (message: Message, why: string | null): Message => ({
  text: `${message.text}\n(Slack did not take the full layout${why ? `: ${why}` : ''}. The command line shows all of it: \`npm run -s envcheck -- help\`)`,
  blocks: [],
});

const notInChannel = (why: string | null, botName: string): string =>
  `I cannot post in this channel (${why}). Invite me with \`/invite ${botName}\`; until then only you see my answers here.`;

const slackRefused = (why: string | null): string =>
  `Slack did not take my message${why ? ` (${why})` : ''}, so only you see the answer.`;

/** `note` is our own wording without text from SpotDraft. */
const withNote = (message: Message, note: string): Message => ({
  text: `${message.text}\n${escapeMrkdwn(note)}`,
  blocks: message.blocks.length > 0 ? [noteBlock(note), ...message.blocks] : [],
});

const noteBlock = (note: string): KnownBlock => ({
  type: 'context',
  elements: [{ type: 'mrkdwn', text: escapeMrkdwn(note) }],
});

interface Edits {
  offer(message: Message): void;
  /** Resolves when no edit is in progress, so that a stale one cannot follow the answer. */
  close(): Promise<void>;
}

/** Sends the newest offered message, one at a time and at most every two seconds. */
function createEdits(send: (message: Message) => Promise<unknown>, logger: Logger): Edits {
  let newest: Message | null = null;
  let timer: NodeJS.Timeout | null = null;
  let underWay: Promise<unknown> = Promise.resolve();
  let closed = false;
  const tick = () => {
    timer = null;
    const message = newest;
    if (closed || message === null) return;
    newest = null;
    underWay = send(message)
      .catch((error) => logger.debug({ err: error }, 'progress not shown'))
      .then(() => {
        if (!closed) timer = setTimeout(tick, EDIT_EVERY_MS);
      });
  };
  return {
    offer(message) {
      newest = message;
      timer ??= setTimeout(tick, FIRST_EDIT_MS);
    },
    async close() {
      closed = true;
      if (timer) clearTimeout(timer);
      await underWay;
    },
  };
}
