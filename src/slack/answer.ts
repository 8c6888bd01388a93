import { RespondError, type RespondFn } from '@slack/bolt';
import type { KnownBlock } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import pRetry from 'p-retry';
import type { Logger } from 'pino';
import type { Message } from '../text/message.ts';
import { escapeMrkdwn } from './blocks/text.ts';
import { cannotBePosted, cannotPostThere, slackErrorCode } from './slack-errors.ts';

/** Slack allows about 50 edits a minute over all messages of the bot. */
const EDIT_EVERY_MS = 2_000;
/** Soon enough to show that a click was heard, late enough for a quick answer to need no progress. */
const FIRST_EDIT_MS = 300;
const RESPOND_TIMEOUT_MS = 15_000;

/** Neither flag alone keeps links from unfurling. */
const noUnfurl = { unfurl_links: false, unfurl_media: false };

export interface AnswerTools {
  /** Retries; for what has to arrive. */
  client: WebClient;
  /** Gives up at once; for progress, which is stale a moment later. */
  progressClient: WebClient;
  respond: RespondFn;
  logger: Logger;
  /** How the bot is invited: "@envcheck". */
  botName: string;
}

/** One message that starts as "checking", is edited while the work goes on, and ends as the answer. */
export interface Answer {
  /** Where everybody sees it; null: the asker alone does. */
  channel: string | null;
  /** May be dropped. */
  progress(message: Message): void;
  /**
   * Arrives somewhere, if Slack can be reached at all: in place, as a new message, or privately. The first one stands:
   * what comes after an excuse, or an excuse that comes after the answer, is dropped.
   */
  finish(message: Message): Promise<void>;
}

interface Place {
  channel: string;
  ts: string;
}

/** Answers in a channel. Where the bot cannot post, the asker gets the answer privately and is told why. */
export async function answerInChannel(
  tools: AnswerTools,
  channel: string,
  initial: Message,
): Promise<Answer> {
  try {
    const posted = await tools.client.chat.postMessage({ channel, ...content(initial), ...noUnfurl });
    return answerInPlace(tools, { channel: posted.channel ?? channel, ts: posted.ts ?? '' });
  } catch (error) {
    tools.logger.warn({ err: error, channel }, 'cannot answer in the channel; answering privately');
    const why = cannotPostThere(error)
      ? notInChannel(slackErrorCode(error), tools.botName)
      : slackRefused(slackErrorCode(error));
    return answerPrivately(tools, initial, why);
  }
}

/** Answers by editing a message of the bot's that is there already. */
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
        tools.logger.warn({ err: error, ...place }, 'the answer cannot be put in its place');
        const shown = cannotBePosted(error) ? textOnly(message, slackErrorCode(error)) : message;
        if (shown !== message && (await succeeds(update(shown)))) return;
        await postAnew(tools, place.channel, shown);
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

async function postAnew(tools: AnswerTools, channel: string, shown: Message): Promise<void> {
  try {
    await tools.client.chat.postMessage({ channel, ...content(shown), ...noUnfurl });
  } catch (again) {
    tools.logger.warn({ err: again, channel }, 'the answer cannot be posted; sending it privately');
    const why = cannotPostThere(again)
      ? notInChannel(slackErrorCode(again), tools.botName)
      : slackRefused(slackErrorCode(again));
    await respondPrivately(tools, withNote(shown, why), false);
  }
}

/** Answers only the asker, through the response URL: five uses in 30 minutes, so progress is left out. */
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

/** Answers by replacing the private message whose button was clicked. */
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
    logger.warn({ err: error }, 'the response URL did not take the message; sending its text only');
    await send(textOnly(message, null));
  }
}

/** Answers through a response URL that was kept: five uses in 30 minutes. */
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
    throw new RespondError('the response URL did not take the message', response.status);
  };

/** Refused for what it is; anything else may pass the next time. */
const isFinal = ({ statusCode }: RespondError): boolean => statusCode < 500 && statusCode !== 429;

/** An edit without blocks takes the old ones away, which an empty list does not. */
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

/** The note is our own wording, with nothing of SpotDraft's in it. */
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
  /** Resolves when no edit is under way, so that a stale one cannot land after the answer. */
  close(): Promise<void>;
}

/** Sends the newest of what is offered, at most every two seconds and one at a time. */
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
