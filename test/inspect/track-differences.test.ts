import { expect, test } from 'vitest';
import { trackedDifferences } from '../../src/inspect/track-differences.ts';
import { comparisonsSince, openDifferences, resolvedDifferences } from '../../src/store/differences.ts';
import { type Stand, startStand } from '../environment.ts';
import { template, templateField } from '../readiness/northwind.ts';
import { movableClock } from '../time/movable-clock.ts';

const PAIR = { left: 'uat', right: 'prod' };
const HOUR_MS = 3_600_000;

const compare = (stand: Stand) =>
  stand.core.drift.compare(stand.environment('uat'), stand.environment('prod'), () => {});

const lives = async ({ core: { db } }: Stand) =>
  (await openDifferences(db, PAIR)).map(({ path, firstSeen, changedAt, uncheckedSince }) => ({
    path,
    firstSeen,
    changedAt,
    uncheckedSince,
  }));

test('a difference is tracked while it is new, changed, not comparable and resolved', async () => {
  const clock = movableClock();
  const stand = await startStand({ overrides: { clock } });
  const began = clock.now();
  const path = 'templates/Order Form - Standard/fields/effective_date/type';
  const field = templateField(stand.prod, 'effective_date');
  const { type } = field;

  Object.assign(field, { type: 'string' });
  await compare(stand);
  expect(await lives(stand)).toEqual([{ path, firstSeen: began, changedAt: null, uncheckedSince: null }]);

  clock.move(HOUR_MS);
  await compare(stand);
  expect(await lives(stand)).toEqual([{ path, firstSeen: began, changedAt: null, uncheckedSince: null }]);

  clock.move(HOUR_MS);
  Object.assign(field, { type: 'int' });
  const [shown] = (await compare(stand)).differences;
  expect(shown).toMatchObject({ path, right: 'int', firstSeen: began, changedAt: began + 2 * HOUR_MS });

  clock.move(HOUR_MS);
  stand.spotdraft.faults.add({
    workspace: stand.prod.key,
    path: /templates/,
    fault: { kind: 'status', status: 403 },
  });
  expect((await compare(stand)).differences).toEqual([]);
  expect(await lives(stand)).toEqual([
    { path, firstSeen: began, changedAt: began + 2 * HOUR_MS, uncheckedSince: began + 3 * HOUR_MS },
  ]);

  clock.move(HOUR_MS);
  stand.spotdraft.faults.clear();
  await compare(stand);
  expect(await lives(stand)).toMatchObject([{ path, uncheckedSince: null }]);

  clock.move(HOUR_MS);
  Object.assign(field, { type });
  await compare(stand);
  expect(await lives(stand)).toEqual([]);
  expect(await resolvedDifferences(stand.core.db, PAIR, began)).toMatchObject([
    { path, firstSeen: began, resolvedAt: began + 5 * HOUR_MS },
  ]);
  const counts = (await comparisonsSince(stand.core.db, PAIR, began)).map(({ open, notCompared }) => [
    open.breaking,
    notCompared > 0,
  ]);
  expect(counts).toEqual([
    [1, false],
    [1, false],
    [1, false],
    [1, true],
    [1, false],
    [0, false],
  ]);
});

test('a resolved difference that returns is a new one', async () => {
  const clock = movableClock();
  const stand = await startStand({ overrides: { clock } });
  const { roles } = stand.prod;
  for (const there of [roles.slice(1), roles, roles.slice(1)]) {
    stand.prod.roles = there;
    await compare(stand);
    clock.move(HOUR_MS);
  }
  const [open] = await openDifferences(stand.core.db, PAIR);
  expect(open?.firstSeen).toBe(clock.now() - HOUR_MS);
});

test('an older comparison that ends late changes nothing', async () => {
  const clock = movableClock();
  const stand = await startStand({ overrides: { clock } });
  template(stand.prod, 'Mutual NDA - Standard').name = 'Something else';
  await compare(stand);
  const before = await lives(stand);
  expect(before).not.toEqual([]);
  clock.move(-HOUR_MS);
  template(stand.prod, 'Something else').name = 'Mutual NDA - Standard';
  await compare(stand);
  expect(await lives(stand)).toEqual(before);
});

test('a rule of the config accepts its path and everything below, up to its last day', async () => {
  const clock = movableClock(Date.parse('2026-11-24T12:00:00Z'));
  const rule = { path: 'TEMPLATES/mutual*', reason: 'NDAs stay as they are', until: '2026-11-25' };
  const stand = await startStand({
    overrides: { clock },
    edit: (file) => Object.assign(file.drift ?? {}, { ignore: [rule] }),
  });
  const nda = template(stand.prod, 'Mutual NDA - Standard');
  nda.fields = nda.fields.slice(1);
  stand.prod.roles = stand.prod.roles.slice(1);
  const accepted = async () =>
    (await compare(stand)).differences.map(({ path, accepted: by }) => [path.split('/')[0], by?.reason]);
  expect(await accepted()).toEqual([
    ['roles', undefined],
    ['templates', 'NDAs stay as they are'],
  ]);
  expect((await stand.core.waivers.rules())[0]).toMatchObject({ matches: 1, isOver: false });
  clock.set(Date.parse('2026-11-25T23:59:59Z'));
  expect((await accepted()).at(1)).toEqual(['templates', 'NDAs stay as they are']);
  clock.set(Date.parse('2026-11-26T00:00:00Z'));
  expect((await accepted()).at(1)).toEqual(['templates', undefined]);
  expect((await stand.core.waivers.rules())[0]).toMatchObject({ matches: 1, isOver: true });
});

test('a rule counts its matches only after the first comparison', async () => {
  const stand = await startStand({
    edit: (file) => Object.assign(file.drift ?? {}, { ignore: [{ path: 'roles/Nobody*', reason: 'x' }] }),
  });
  expect((await stand.core.waivers.rules())[0]?.matches).toBeNull();
  await compare(stand);
  expect((await stand.core.waivers.rules())[0]?.matches).toBe(0);
});

test('an unwritable store loses the history of a difference, not the difference', async () => {
  const stand = await startStand();
  stand.prod.roles = stand.prod.roles.slice(1);
  await stand.core.db.schema.dropTable('comparisons').execute();
  const { differences } = await compare(stand);
  expect(differences).toMatchObject([{ kind: 'missing', firstSeen: null, accepted: null }]);
  expect(await trackedDifferences(stand.core.db, PAIR, [], 0)).toEqual([]);
});
