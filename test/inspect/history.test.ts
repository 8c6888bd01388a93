import { expect, test } from 'vitest';
import type { Clock } from '../../src/time/clock.ts';
import { type Stand, startStand, there } from '../environment.ts';
import { newestVersion, templateField } from '../readiness/northwind.ts';

const START = Date.parse('2026-11-01T09:00:00Z');
const HOUR_MS = 3_600_000;

interface TimedStand extends Stand {
  /** Moves the clock by hours. */
  pass(hours: number): void;
  /** Takes a complete reading of production, as `diff` does. */
  read(): Promise<void>;
}

async function startTimed(): Promise<TimedStand> {
  let now = START;
  const clock: Clock = { now: () => now };
  const stand = await startStand({
    // A check of production takes complete readings too when there is a model.
    edit: (file) => {
      delete file.drift;
    },
    overrides: { clock, retry: { baseDelayMs: 1 } },
  });
  return {
    ...stand,
    pass: (hours) => {
      now += hours * HOUR_MS;
    },
    async read() {
      await stand.core.drift.compare(stand.environment('uat'), stand.environment('prod'), () => {});
    },
  };
}

const historyOf = (stand: Stand) => stand.core.drift.history(stand.environment('prod'));
const at = (hours: number) => START + hours * HOUR_MS;

test('each change is listed once, with its time range and both snapshots', async () => {
  const stand = await startTimed();
  await stand.read();
  stand.pass(1);
  await stand.read();
  newestVersion(stand.prod).approvals = [];
  stand.pass(1);
  await stand.read();
  stand.pass(1);
  await stand.read();
  const { changes, ...rest } = await historyOf(stand);
  expect(rest).toEqual({ readings: 4, firstAt: at(0), lastAt: at(3) });
  expect(changes).toEqual([
    {
      at: at(2),
      notBefore: at(1),
      from: expect.stringMatching(/^[0-9a-f]{64}$/),
      to: expect.stringMatching(/^[0-9a-f]{64}$/),
      differences: [
        {
          path: 'workflows/Order Form/approvals/Legal review',
          kind: 'missing',
          weight: 'breaking',
          left: { name: 'Legal review', order: 1, conditional: false, role: 'Legal Team' },
          right: null,
        },
      ],
    },
  ]);
});

test('checks between complete readings add no changes; checks before the first one do', async () => {
  const stand = await startTimed();
  await stand.check();
  Object.assign(templateField(stand.prod, 'effective_date'), { required: false });
  stand.pass(1);
  await stand.check();
  stand.pass(1);
  await stand.read();
  for (let round = 0; round < 2; round += 1) {
    stand.pass(1);
    await stand.check();
    await stand.read();
  }
  const { changes } = await historyOf(stand);
  expect(changes.map((change) => [change.at, change.differences.map(({ path }) => path)])).toEqual([
    [at(1), ['templates/Order Form - Standard/fields/effective_date/required']],
  ]);
});

test('a check between two complete readings hides no change of parts that it does not read', async () => {
  const stand = await startTimed();
  await stand.read();
  stand.pass(1);
  await stand.check();
  const msa = there(stand.prod.templates.find(({ name }) => name === 'MSA - Enterprise'));
  Object.assign(there(msa.fields[0]), { type: 'string' });
  stand.pass(1);
  await stand.read();
  const { changes } = await historyOf(stand);
  expect(changes.map((change) => [change.notBefore, change.differences.map(({ path }) => path)])).toEqual([
    [at(0), ['templates/MSA - Enterprise/fields/effective_date/type']],
  ]);
});

test('a failed reading neither hides nor adds a change', async () => {
  const stand = await startTimed();
  await stand.read();
  for (const operation of ['roles', 'template_metadata', 'contract_types', 'users'] as const)
    stand.spotdraft.faults.add({ workspace: 'prod', operation, fault: { kind: 'status', status: 500 } });
  stand.pass(1);
  await stand.read();
  stand.prod.roles = stand.prod.roles.filter(({ name }) => name !== 'Legal Team');
  Object.assign(templateField(stand.prod, 'effective_date'), { type: 'string' });
  stand.spotdraft.faults.clear();
  stand.pass(1);
  await stand.read();
  const { changes } = await historyOf(stand);
  expect(changes.map((change) => [change.at, change.differences.map(({ path }) => path)])).toEqual([
    [at(2), ['roles/Legal Team', 'templates/Order Form - Standard/fields/effective_date/type']],
  ]);
});

const find = (stand: Stand, text: string) => stand.core.drift.find(stand.environment('prod'), text);

test('a snapshot is found by duration, `yesterday`, time or its first characters', async () => {
  const stand = await startTimed();
  await stand.read();
  const [first] = await Promise.all([find(stand, '2026-11-01T09:00:00Z')]);
  stand.pass(12);
  newestVersion(stand.prod).approvals = [];
  await stand.read();
  stand.pass(24);
  const hash = first.kind === 'found' ? first.snapshot.hash : '';
  const second = await find(stand, 'yesterday');
  expect(second).toMatchObject({ kind: 'found', snapshot: { takenAt: at(12) } });
  for (const text of ['2026-11-01T10:00:00Z', '30h', hash, hash.slice(0, 8), hash.slice(0, 6).toUpperCase()])
    expect({ text, found: await find(stand, text) }).toMatchObject({
      text,
      found: { kind: 'found', snapshot: { hash } },
    });
  const before = second.kind === 'found' && second.snapshot;
  if (!before) throw new Error('not found');
  expect(await stand.core.drift.compareSince(before, stand.environment('prod'), () => {})).toMatchObject({
    differences: [],
    unknown: [],
  });
});

test('a time before the first snapshot finds none, and an unknown input is explained', async () => {
  const stand = await startTimed();
  expect(await find(stand, '3d')).toEqual({ kind: 'none', oldestAt: null });
  await stand.read();
  expect(await find(stand, '3d')).toEqual({ kind: 'none', oldestAt: START });
  expect(await find(stand, 'last week')).toMatchObject({ kind: 'unclear', reason: /^give a duration/ });
  expect(await find(stand, 'ffffff')).toMatchObject({ kind: 'unclear', reason: /no snapshot/ });
});

test('a complete snapshot is preferred to a later one from a check', async () => {
  const stand = await startTimed();
  await stand.read();
  stand.pass(1);
  await stand.check();
  stand.pass(1);
  expect(await find(stand, '30m')).toMatchObject({
    kind: 'found',
    snapshot: { takenAt: at(0), content: { scope: 'complete' } },
  });
});

test('a snapshot from a check is compared as far as it goes', async () => {
  const stand = await startTimed();
  await stand.check();
  stand.prod.roles = stand.prod.roles.filter(({ name }) => name !== 'Legal Team');
  stand.pass(2);
  const found = await find(stand, '1h');
  if (found.kind !== 'found') throw new Error('not found');
  const { differences, unknown } = await stand.core.drift.compareSince(
    found.snapshot,
    stand.environment('prod'),
    () => {},
  );
  expect(differences.map(({ path }) => path)).toEqual(['roles/Legal Team']);
  // The role of an approval has no name any more.
  const [role, ...others] = unknown.toReversed();
  expect(role?.path).toBe('workflows/*/approvals/*/role');
  for (const { reason } of others)
    expect(reason).toBe('it was not read in prod (production) at 2026-11-01T09:00:00.000Z');
});
