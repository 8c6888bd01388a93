import { expect, it } from 'vitest';
import { dueReminders, remindSigners } from '../../../src/approvals/sign-offs/reminders.ts';
import { sendReminders } from '../../../src/digests/reporting.ts';
import { slackPresenter } from '../../../src/slack/blocks/digest-presenter.ts';
import { BOB, DAY_MS, startSignOffStand } from './start-stand.ts';

async function soonOver() {
  const stand = await startSignOffStand([
    { id: 'runbook', title: 'Run <book>', validFor: '90d', approvals: 2 },
  ]);
  await stand.check();
  await stand.sign('runbook');
  await stand.sign('runbook', {}, BOB);
  const dependencies = {
    config: stand.config,
    db: stand.core.db,
    clock: stand.clock,
    presenter: slackPresenter,
  };
  return { stand, dependencies, due: () => dueReminders(dependencies, stand.core.db) };
}

it('the signer is reminded once, 14 days before the end, also when two processes send reminders', async () => {
  const { stand, dependencies, due } = await soonOver();
  stand.clock.at += 76 * DAY_MS - 1;
  expect(await due()).toEqual([]);
  stand.clock.at += 1;
  expect((await due()).map(({ user }) => user)).toEqual(['U0ALICE', 'U0BOB']);
  const keys: string[] = [];
  const texts: string[] = [];
  const send = async (_: unknown, reminder: Parameters<Parameters<typeof remindSigners>[1]>[1]) => {
    keys.push(`${reminder.user} ${reminder.key}`);
    texts.push(slackPresenter.reminder(reminder).text);
  };
  expect(await Promise.all([remindSigners(dependencies, send), remindSigners(dependencies, send)])).toEqual([
    2, 0,
  ]);
  expect(new Set(keys).size).toBe(2);
  expect(texts[0]).toContain('“Run &lt;book&gt;” for prod (production)');
  expect(texts[0]).toContain(
    `expires on ${new Date(stand.clock.at + 14 * DAY_MS).toISOString().slice(0, 10)}`,
  );
  expect(await due()).toEqual([]);
  // A renewed signature is a new one.
  await stand.sign('runbook');
  stand.clock.at += 80 * DAY_MS;
  expect((await due()).map(({ user }) => user)).toEqual(['U0ALICE']);
});

it.each([1, 3, 12])(
  'a reminder that came early, from a clock %i days ahead, does not replace the right one',
  async (days) => {
    const { stand, dependencies, due } = await soonOver();
    const keys: string[] = [];
    const send = async (_: unknown, { key }: { key: string }) => void keys.push(key);
    stand.clock.at += (76 + days) * DAY_MS;
    expect(await remindSigners(dependencies, send)).toBe(2);
    stand.clock.at -= days * DAY_MS;
    expect(await due()).toHaveLength(2);
    expect(await remindSigners(dependencies, send)).toBe(2);
    expect(await due()).toEqual([]);
    // The outbox takes each key once.
    expect(new Set(keys).size).toBe(4);
  },
);

it('a reminder that could not be sent is due again', async () => {
  const { stand, dependencies, due } = await soonOver();
  stand.clock.at += 80 * DAY_MS;
  await expect(remindSigners(dependencies, () => Promise.reject(new Error('full')))).rejects.toThrow('full');
  expect(await due()).toHaveLength(2);
});

it('refused, withdrawn and ended signatures get no reminder, nor does a signer whom Slack does not know', async () => {
  const { stand, dependencies, due } = await soonOver();
  await stand.sign('runbook', { act: 'withdraw' });
  await stand.sign('runbook', {}, { actor: 'cli:ops', personName: 'Anna', person: 'Anna' } as never);
  stand.clock.at += 80 * DAY_MS;
  expect((await due()).map(({ user }) => user)).toEqual(['U0BOB', null]);
  expect(await remindSigners(dependencies, async () => {})).toBe(1);
  stand.clock.at += 20 * DAY_MS;
  expect(await due()).toEqual([]);
});

it('the reminder goes to the signer through the outbox once', async () => {
  const { stand, dependencies } = await soonOver();
  stand.clock.at += 80 * DAY_MS;
  expect([await sendReminders(dependencies), await sendReminders(dependencies)]).toEqual([2, 0]);
  const rows = await stand.core.db
    .selectFrom('outbox')
    .select(['channel', 'state'])
    .orderBy('channel')
    .execute();
  expect(rows).toEqual([
    { channel: 'U0ALICE', state: 'waiting' },
    { channel: 'U0BOB', state: 'waiting' },
  ]);
});
