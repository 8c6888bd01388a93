import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startWorld, type World } from '../../sandbox/world.ts';
import { enqueue } from '../../src/digests/outbox/outbox.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { inTransaction } from '../../src/store/transaction.ts';
import { systemClock } from '../../src/time/clock.ts';
import { rowsOf } from '../events/log/start-receiver.ts';
import { startSubprocessWorld } from '../events/log/start-subprocess.ts';
import { fractions } from '../fast-check.ts';
import { textMessage } from './outbox/process-parts.ts';
import { GENERAL } from './outbox/test-outbox.ts';

const put = (db: Database, key: string): Promise<string> =>
  inTransaction(db, (transaction) =>
    enqueue(transaction, { channel: GENERAL, key, kind: 'post', message: textMessage(key) }, systemClock),
  );

function open(file: string): Database {
  const db = openDatabase(file);
  onTestFinished(() => db.destroy());
  return db;
}

const texts = ({ slack }: World): string[] => slack.messages(GENERAL).map(({ text }) => text);

describe('the bot', () => {
  it('finishes the message it is sending before it stops, and sends the rest after the next start', async () => {
    const world = await startWorld({ reportsTickMs: 20, logDestination: { write: () => {} } });
    onTestFinished(() => world.stop());
    const config = world.configure({ sharedWebhookUrl: true });
    await world.startBot(config);
    const db = open(config.database);
    world.slack.faults.add({ method: 'chat.postMessage', fault: { kind: 'slow', ms: 700 } });
    await put(db, 'first');
    await put(db, 'second');
    await world.slack.waitFor(
      () => rowsOf(config.database, 'select 1 from outbox where owner is not null').length > 0,
    );
    await world.stopBot();
    expect(rowsOf(config.database, 'select key, state, owner from outbox')).toEqual([
      { key: 'first', state: 'sent', owner: null },
      { key: 'second', state: 'waiting', owner: null },
    ]);
    await world.startBot(config);
    await world.slack.waitFor(() => texts(world).length === 2);
    expect(texts(world)).toEqual(['first', 'second']);
  });

  it('posts every message once and in order when it is killed again and again while posting', {
    timeout: 120_000,
  }, async () => {
    const { world, database, start } = await startSubprocessWorld();
    world.slack.faults.add({ method: 'chat.postMessage', fault: { kind: 'slow', ms: 300 }, times: 1_000 });
    const first = await start();
    const db = open(database);
    const moments = fractions([0.05, 0.5], 4);
    const keys = Array.from({ length: 2 * moments.length }, (_, index) => `message ${index}`);
    for (const key of keys) await put(db, key);
    let running = first;
    for (const moment of moments) {
      await world.slack.waitFor(
        () => rowsOf(database, 'select 1 from outbox where owner is not null and due_at > 0').length > 0,
        20_000,
      );
      // Slack posts a claimed message after 300 ms; the next is claimed a second later. The first fixed moment is before
      // Slack has the message, the second between two messages.
      await sleep(moment * 1_300);
      await running.kill();
      // Ends the wait for what Slack may still be posting.
      await db.updateTable('outbox').set({ attempted_at: 0 }).where('state', '=', 'waiting').execute();
      running = await start();
    }
    await world.slack.waitFor(
      () => rowsOf(database, "select 1 from outbox where state = 'waiting'").length === 0,
      60_000,
    );
    expect(texts(world)).toEqual(keys);
  });
});
