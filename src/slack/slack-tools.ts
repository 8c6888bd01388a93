import { setTimeout as sleep } from 'node:timers/promises';
import type { RespondFn } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import type { SignOffs } from '../approvals/sign-offs/sign-offs.ts';
import type { Waivers } from '../approvals/waivers/waivers.ts';
import type { Config, Environment } from '../config/config.ts';
import type { Subscriptions } from '../digests/schedule/subscriptions.ts';
import type { Trends } from '../digests/trend/trends.ts';
import type { Failures } from '../events/failures/failures.ts';
import type { LogReader } from '../events/find/log-reader.ts';
import type { Registrations } from '../events/webhooks/registrations.ts';
import type { Drift } from '../inspect/compare-environments.ts';
import type { Checker } from '../inspect/run-checks.ts';
import type { Database } from '../store/database.ts';
import type { StoreFile } from '../store/store-file.ts';
import type { Clock } from '../time/clock.ts';
import type { FarClocks } from '../time/far-clocks.ts';
import type { AccessControl } from './access.ts';
import { failureText } from './action-error.ts';
import { respondPrivately } from './answer.ts';
import { mrkdwnMessage } from './blocks/text.ts';
import type { Claims } from './claims.ts';
import type { Homes } from './home/homes.ts';
import type { HasOutsiders } from './outsiders.ts';

/** Services of the rest of the program. */
export interface CoreTools {
  config: Config;
  checker: Checker;
  drift: Drift;
  trends: Trends;
  waivers: Waivers;
  failures: Failures;
  log: LogReader;
  registrations: Registrations;
  /** How long the bot waits for a re-triggered delivery, ms. */
  arrivalWaitMs: number;
  /** Subscriptions of channels. */
  subscriptions: Subscriptions;
  db: Database;
  store: Pick<StoreFile, 'lost'>;
  signOffs: SignOffs;
  clock: Clock;
  farClocks: FarClocks;
  logger: Logger;
}

/** Services for every command and action. */
export interface SlackTools extends CoreTools {
  /** Retries; for messages that must arrive. */
  client: WebClient;
  /** Gives up at once; for content that is soon stale. */
  progressClient: WebClient;
  homes: Homes;
  /** Decides who may act. */
  access: AccessControl;
  hasOutsiders: HasOutsiders;
  /** Used buttons. */
  claims: Claims;
  /** Start of this process, epoch ms. */
  startedAt: number;
  /** The bot's mention for an invitation: "@envcheck". */
  botName(): string;
  /** Answers in progress. */
  openAnswers: OpenAnswers;
}

/** Answers that must be finished, or replaced by an apology, before the process may end. */
export interface OpenAnswers {
  /** Returns the function to call when the answer is complete. */
  add(interrupt: () => Promise<void>): () => void;
  /** Resolves when all are complete. After `timeoutMs` it interrupts the rest and waits for at most APOLOGY_MS. */
  settle(timeoutMs: number): Promise<void>;
}

/** Time limit of the apologies, ms: Slack may be down, and the process must still end. */
const APOLOGY_MS = 1_500;

export function createOpenAnswers(): OpenAnswers {
  const open = new Map<symbol, { interrupt: () => Promise<void>; completed: Promise<void> }>();
  return {
    add(interrupt) {
      const key = Symbol();
      const { promise: completed, resolve } = Promise.withResolvers<void>();
      open.set(key, { interrupt, completed });
      return () => {
        open.delete(key);
        resolve();
      };
    },
    async settle(timeoutMs) {
      const all = Promise.all([...open.values()].map(({ completed }) => completed));
      await Promise.race([all, sleep(timeoutMs, undefined, { ref: false })]);
      const excuses = Promise.allSettled([...open.values()].map(({ interrupt }) => interrupt()));
      await Promise.race([excuses, sleep(APOLOGY_MS, undefined, { ref: false })]);
    },
  };
}

export const environmentOf = ({ config }: SlackTools, name: string): Environment | null =>
  config.environments.find((environment) => environment.name === name) ?? null;

/** Answers go on from the file that was moved away: it does not have what is refused since. */
const DATABASE_LOST =
  '⚠️ The database of Envcheck is not where it was opened. Deliveries are answered 503 and nothing is stored until it is back: `/readyz` says why. What follows is the log as it was before.';

/**
 * Runs a person's request. An unexpected error is logged with a token, which the person gets through the response URL, since
 * that needs nothing but the request itself.
 */
export async function withErrorReply(
  { logger, openAnswers, store }: SlackTools,
  what: string,
  respond: RespondFn,
  work: () => Promise<void>,
): Promise<void> {
  // Starts at the acknowledgement, so that a stop also waits for an answer whose first message is being posted.
  const complete = openAnswers.add(async () => {});
  try {
    if (store.lost() !== null)
      await respondPrivately({ respond, logger }, mrkdwnMessage(DATABASE_LOST), false);
    await work();
  } catch (error) {
    const text = failureText(logger, error, what, { what });
    await respondPrivately({ respond, logger }, mrkdwnMessage(text), false).catch((failure) =>
      logger.error({ err: failure, text }, 'failed to report an error to the person'),
    );
  } finally {
    complete();
  }
}
