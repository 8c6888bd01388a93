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
import type { LogReader } from '../events/log/log-reader.ts';
import type { Registrations } from '../events/webhooks/registrations.ts';
import type { Drift } from '../inspect/compare-environments.ts';
import type { Checker } from '../inspect/run-checks.ts';
import type { Database } from '../store/database.ts';
import type { Clock } from '../time/clock.ts';
import type { AccessControl } from './access.ts';
import { logUnexpected, unexpectedText } from './action-error.ts';
import { respondPrivately } from './answer.ts';
import { mrkdwnMessage } from './blocks/text.ts';
import type { Claims } from './claims.ts';
import type { Homes } from './home/homes.ts';

/** What the rest of the program gives to the bot. */
export interface CoreTools {
  config: Config;
  checker: Checker;
  drift: Drift;
  trends: Trends;
  waivers: Waivers;
  failures: Failures;
  log: LogReader;
  registrations: Registrations;
  /** How long a re-triggered delivery is waited for, ms. */
  arrivalWaitMs: number;
  /** What channels have asked for. */
  subscriptions: Subscriptions;
  db: Database;
  signOffs: SignOffs;
  clock: Clock;
  logger: Logger;
}

/** What every command and action works with. */
export interface SlackTools extends CoreTools {
  /** Retries; for what has to arrive. */
  client: WebClient;
  /** Gives up at once; for what is stale a moment later. */
  progressClient: WebClient;
  homes: Homes;
  /** Who may act. */
  access: AccessControl;
  /** Which buttons have been used. */
  claims: Claims;
  /** When this process began, epoch ms. */
  startedAt: number;
  /** How the bot is invited: "@envcheck". */
  botName: string;
  /** Answers that are still being worked on. */
  openAnswers: OpenAnswers;
}

/** What has to be finished, or excused, before the process may end. */
export interface OpenAnswers {
  /** Returns what to call when the answer is complete. */
  add(interrupt: () => Promise<void>): () => void;
  /** Resolves when all are complete. Those that are not after `timeoutMs` are interrupted then, within EXCUSE_MS. */
  settle(timeoutMs: number): Promise<void>;
}

/** Slack may be what is broken: an excuse that it does not take must not keep the process. */
const EXCUSE_MS = 1_500;

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
      await Promise.race([excuses, sleep(EXCUSE_MS, undefined, { ref: false })]);
    },
  };
}

export const environmentOf = ({ config }: SlackTools, name: string): Environment | null =>
  config.environments.find((environment) => environment.name === name) ?? null;

/**
 * Runs what a person asked for. Whatever goes wrong unforeseen is logged under a token, and the person is told that token
 * by the one way that needs nothing but their own request.
 */
export async function withErrorReply(
  { logger, openAnswers }: SlackTools,
  what: string,
  respond: RespondFn,
  work: () => Promise<void>,
): Promise<void> {
  // From the acknowledgement on, so that a stop waits also for an answer whose first message is under way.
  const complete = openAnswers.add(async () => {});
  try {
    await work();
  } catch (error) {
    const token = logUnexpected(logger, error, { what });
    await respondPrivately({ respond, logger }, mrkdwnMessage(unexpectedText(what, token)), false).catch(
      (failure) => logger.error({ err: failure, token }, 'the person could not be told about an error'),
    );
  } finally {
    complete();
  }
}
