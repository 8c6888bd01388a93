import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WebClient } from '@slack/web-api';
import pino from 'pino';
import { onTestFinished } from 'vitest';
import { type SimulatedSlack, type SlackOptions, startSlack } from '../../../sandbox/slack/server.ts';
import { enqueue, type OutboxItem } from '../../../src/digests/outbox/outbox.ts';
import { createSender, type Sender } from '../../../src/digests/outbox/sender.ts';
import { silentLogger } from '../../../src/slack/bolt-logger.ts';
import { createCourier } from '../../../src/slack/courier.ts';
import { type Database, openDatabase } from '../../../src/store/database.ts';
import { migrate } from '../../../src/store/migrate.ts';
import { inTransaction } from '../../../src/store/transaction.ts';
import { temporaryFolder } from '../../environment.ts';

export const GENERAL = 'C0GENERAL';
export const START = Date.parse('2026-11-24T08:00:00Z');

export interface ManualClock {
  now(): number;
  advance(ms: number): void;
}

export function manualClock(at = START): ManualClock {
  let time = at;
  return {
    now: () => time,
    advance(ms) {
      time += ms;
    },
  };
}

/** Runs as time does, moved by the ms that the file holds: several processes share it. */
export const fileClock = (file: string) => ({
  now: (): number => Date.now() + Number(readFileSync(file, 'utf8')),
});

export const HISTORY = ['channels:history', 'groups:history', 'im:history'];

export interface TestOutbox {
  file: string;
  db: Database;
  slack: SimulatedSlack;
  clock: ManualClock;
  logged: Record<string, unknown>[];
  sender: Sender;
  /** Another sender, as of another process. */
  another(): Sender;
  put(item: Partial<OutboxItem> & { key: string }): Promise<string>;
  /** Ticks every `stepMs` of the clock for so long. */
  run(ms: number, stepMs?: number): Promise<void>;
  texts(channel?: string): string[];
}

export const textMessage = (text: string) => ({
  text,
  blocks: [{ type: 'section' as const, text: { type: 'mrkdwn' as const, text } }],
});

/** The real outbox on a real file, sending to a simulated Slack at Slack's pace, on a clock that the test moves. */
export async function openTestOutbox(
  options: SlackOptions & { timeoutMs?: number } = {},
): Promise<TestOutbox> {
  const { timeoutMs = 2_000, ...slackOptions } = options;
  const clock = manualClock();
  const slack = await startSlack({
    clock,
    enforceRateLimits: true,
    scopes: ['commands', 'chat:write', ...HISTORY],
    ...slackOptions,
  });
  onTestFinished(() => slack.stop());
  const file = join(temporaryFolder(), 'envcheck.db');
  const db = openDatabase(file);
  onTestFinished(() => db.destroy());
  await migrate(db, { now: () => START });
  const logged: Record<string, unknown>[] = [];
  const logger = pino({}, { write: (line: string) => void logged.push(JSON.parse(line)) });
  const another = () =>
    createSender({
      db,
      clock,
      logger,
      courier: createCourier(webClient(slack.apiUrl, slack.botToken, timeoutMs)),
      botName: '@envcheck',
      tickMs: 20,
    });
  const sender = another();
  return {
    file,
    db,
    slack,
    clock,
    logged,
    sender,
    another,
    put: (item) =>
      inTransaction(db, (transaction) =>
        enqueue(
          transaction,
          { channel: GENERAL, kind: 'post', message: textMessage(item.key), ...item },
          clock,
        ),
      ),
    async run(ms, stepMs = 1_000) {
      for (let passed = 0; passed < ms; passed += stepMs) {
        await sender.tick();
        clock.advance(stepMs);
      }
      await sender.tick();
    },
    texts: (channel = GENERAL) => slack.messages(channel).map(({ text }) => text),
  };
}

/** As the bot makes it for its outbox. */
export const webClient = (apiUrl: string, token: string, timeoutMs: number): WebClient =>
  new WebClient(token, {
    slackApiUrl: apiUrl,
    timeout: timeoutMs,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: silentLogger,
  });
