import { join } from 'node:path';
import pino from 'pino';
import { onTestFinished } from 'vitest';
import { type SimulatedSlack, type SlackOptions, startSlack } from '../../../sandbox/slack/server.ts';
import { enqueue, type OutboxItem } from '../../../src/digests/outbox/outbox.ts';
import { createSender, type Sender } from '../../../src/digests/outbox/sender.ts';
import { createCourier } from '../../../src/slack/courier.ts';
import type { Database } from '../../../src/store/database.ts';
import { ALL_CHANNELS, nextPendingMessages } from '../../../src/store/outbox-sending.ts';
import { inTransaction } from '../../../src/store/transaction.ts';
import { temporaryFolder } from '../../environment.ts';
import { openNewDatabase } from '../../event-log.ts';
import { textMessage, webClient } from './process-parts.ts';

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

export const HISTORY = ['channels:history', 'groups:history', 'im:history'];

export interface TestOutbox {
  file: string;
  db: Database;
  slack: SimulatedSlack;
  clock: ManualClock;
  logged: Record<string, unknown>[];
  sender: Sender;
  /** Another sender, as in another process. */
  another(): Sender;
  put(item: Partial<OutboxItem> & { key: string }): Promise<string>;
  /** Ticks every `stepMs` of the clock for `ms`. */
  run(ms: number, stepMs?: number): Promise<void>;
  /**
   * Moves the clock by `ms` and ticks only when a message is due: hours pass in few ticks. It reads the pauses itself,
   * so a test that proves a pause uses `run`.
   */
  pass(ms: number): Promise<void>;
  texts(channel?: string): string[];
}

/** The real outbox in a database file. It sends to a simulated Slack at Slack's pace, on a clock that the test moves. */
export async function openTestOutbox(
  options: SlackOptions & { timeoutMs?: number; folder?: string } = {},
): Promise<TestOutbox> {
  const { timeoutMs = 2_000, folder = temporaryFolder(), ...slackOptions } = options;
  const clock = manualClock();
  const slack = await startSlack({
    clock,
    enforceRateLimits: true,
    scopes: ['commands', 'chat:write', ...HISTORY],
    ...slackOptions,
  });
  onTestFinished(() => slack.stop());
  const file = join(folder, 'envcheck.db');
  const db = await openNewDatabase(file, START);
  const logged: Record<string, unknown>[] = [];
  const logger = pino({}, { write: (line: string) => void logged.push(JSON.parse(line)) });
  const another = () =>
    createSender({
      db,
      clock,
      logger,
      courier: createCourier(webClient(slack.apiUrl, slack.botToken, timeoutMs)),
      botName: () => '@envcheck',
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
    async pass(ms) {
      const end = clock.now() + ms;
      await sender.tick();
      while (clock.now() < end) {
        clock.advance(Math.min(end, Math.max(await nextDue(db), clock.now() + 1_000)) - clock.now());
        await sender.tick();
      }
    },
    texts: (channel = GENERAL) => slack.messages(channel).map(({ text }) => text),
  };
}

/** The next time at which the sender has something to do, epoch ms. */
async function nextDue(db: Database): Promise<number> {
  const pauses = await db.selectFrom('outbox_pauses').selectAll().execute();
  const pausedUntil = (channel: string): number =>
    Math.max(
      0,
      ...pauses.filter((pause) => [channel, ALL_CHANNELS].includes(pause.channel)).map(({ until }) => until),
    );
  const waiting = await nextPendingMessages(db);
  return Math.min(...waiting.map(({ channel, due_at }) => Math.max(due_at, pausedUntil(channel))));
}
