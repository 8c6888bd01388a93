import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openFailures } from '../../../src/events/failures/open-failures.ts';
import type { FailureOverview } from '../../../src/events/failures/read-failures.ts';
import { failedQuery, refusedQuery } from '../../../src/store/failures.ts';
import { type Stand, startStand } from '../../environment.ts';
import { type MovableClock, movableClock } from '../../time/movable-clock.ts';
import { writeDeliveries, writeOutcomes } from './write-log.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface FailureStand extends Stand {
  clock: MovableClock;
  database: string;
  read(): Promise<FailureOverview>;
  /** The first group of this kind. */
  group(kind: string): Promise<FailureOverview['groups'][number] | undefined>;
  acknowledge(kind: string, options?: { reason?: string; seen?: string[] }): Promise<string>;
}

/** Production with `maxSilence` 24 h. Deliveries arrived ten days ago; each test writes its own outcomes. */
async function startFailures({
  maxSilence = '24h',
}: {
  maxSilence?: string | null;
} = {}): Promise<FailureStand> {
  const clock = movableClock(Math.floor(Date.now() / HOUR) * HOUR);
  const stand = await startStand({
    overrides: { clock },
    log: { at: clock.now() - 10 * DAY },
    edit: ({ environments }) => {
      const { prod } = environments;
      if (!prod?.webhooks) throw new Error('no webhooks');
      prod.webhooks = {
        ...prod.webhooks,
        activities: ['CONTRACT_CREATED', 'CONTRACT_EXECUTED'],
        ...(maxSilence === null ? {} : { maxSilence }),
      };
      if (maxSilence === null) delete prod.webhooks.maxSilence;
    },
  });
  const prod = stand.environment('prod');
  const read = () => stand.core.failures.read(prod);
  const group: FailureStand['group'] = async (kind) =>
    (await read()).groups.find((each) => each.kind === kind);
  return {
    ...stand,
    clock,
    database: stand.config.database,
    read,
    group,
    async acknowledge(kind, { reason = 'being looked at', seen } = {}) {
      const id = (await group(kind))?.id ?? 'grp_none';
      const result = await stand.core.failures.acknowledge(
        prod,
        { group: id, reason, seen: seen ?? null },
        'cli:ada',
      );
      return result.kind === 'refused' ? result.summary : 'acknowledged';
    },
  };
}

const deliverExpected = (clock: MovableClock, database: string) =>
  writeDeliveries(database, [
    { at: clock.now() - 1, activity: 'CONTRACT_CREATED' },
    { at: clock.now() - 1, activity: 'CONTRACT_EXECUTED' },
  ]);

test('failures are grouped by kind and activity, each with a sample that find knows', async () => {
  const { core, clock, database, read } = await startFailures({ maxSilence: null });
  const now = clock.now();
  const [own = null] = writeDeliveries(database, [
    { at: now - 5 * HOUR, activity: 'CONTRACT_VOIDED' },
    { at: now - 4 * HOUR, rejection: 'bad_signature' },
    { at: now - 3 * HOUR, rejection: 'bad_signature' },
    { at: now - 2 * HOUR, rejection: 'missing_signature' },
    { at: now - HOUR, rejection: 'bad_signature', environment: 'uat' },
  ]);
  writeDeliveries(database, [{ at: now - 5 * HOUR, activity: 'CONTRACT_SENT', headerEventId: 'theirs-77' }]);
  const outcomes = writeOutcomes(database, [
    {
      at: now - 90_000,
      status: 'failed',
      code: 'CRM_TIMEOUT',
      activity: 'CONTRACT_EXECUTED',
      contract_id: 1,
    },
    { at: now - 80_000, status: 'failed', activity: 'CONTRACT_EXECUTED', contract_id: 2 },
    { at: now - 70_000, status: 'failed', code: 'CRM_TIMEOUT', event_id: own },
    { at: now - 60_000, status: 'failed', code: 'CRM_TIMEOUT', event_id: 'evt_never_seen' },
    { at: now - 50_000, status: 'processed', event_id: own },
    { at: now - 40_000, status: 'retrying', event_id: own },
  ]);
  const { groups, unknown, notWatched } = await read();
  expect(
    groups.map(({ kind, activity, state, count, reasons }) => [kind, activity, state, count, reasons]),
  ).toEqual([
    ['failed', null, 'open', 1, ['CRM_TIMEOUT']],
    ['failed', 'CONTRACT_VOIDED', 'open', 1, ['CRM_TIMEOUT']],
    ['failed', 'CONTRACT_EXECUTED', 'open', 2, ['CRM_TIMEOUT', 'no code']],
    ['refused', null, 'open', 1, ['missing_signature']],
    ['badly_signed', null, 'open', 2, ['bad_signature']],
  ]);
  expect(groups.map(({ firstSeen, lastSeen }) => [now - firstSeen, now - lastSeen])).toEqual([
    [60_000, 60_000],
    [70_000, 70_000],
    [90_000, 80_000],
    [2 * HOUR, 2 * HOUR],
    [4 * HOUR, 3 * HOUR],
  ]);
  expect(groups[2]?.sample).toBe(outcomes[1]);
  for (const { sample } of groups) {
    const found = await core.log.find({ id: sample ?? '', environment: 'prod' });
    expect(found.timeline.length).toBeGreaterThan(0);
  }
  expect(unknown).toEqual([]);
  expect(notWatched[1]).toBe("missing events: SpotDraft's contracts have not been compared with the log yet");
  expect(notWatched.slice(0, 1)).toEqual([
    expect.stringContaining('silence: the config names no activities'),
  ]);
  // The outcome names the event by the id in the configured header.
  writeOutcomes(database, [{ at: now - 30_000, status: 'failed', event_id: 'theirs-77' }]);
  expect((await read()).groups[0]).toMatchObject({
    kind: 'failed',
    activity: 'CONTRACT_SENT',
    reasons: ['no code'],
  });
});

test('a failure under an id that events of several activities share is a failure of no activity', async () => {
  const { clock, database, read } = await startFailures({ maxSilence: null });
  const at = clock.now() - HOUR;
  const deliver = (headerEventId: string, ...activities: string[]) =>
    writeDeliveries(
      database,
      activities.map((activity) => ({ at, activity, headerEventId })),
    );
  const [first = null] = deliver('shared', 'CONTRACT_EXECUTED', 'CONTRACT_VOIDED');
  deliver('alike', 'CONTRACT_SENT', 'CONTRACT_SENT');
  deliver('many', ...Array.from({ length: 51 }, () => 'CONTRACT_SENT'));
  writeDeliveries(database, [
    { at, activity: 'CONTRACT_CREATED', headerEventId: 'alike', environment: 'uat' },
  ]);
  writeOutcomes(database, [
    { at, status: 'failed', event_id: 'shared' },
    { at, status: 'failed', event_id: 'many' },
    { at, status: 'failed', event_id: 'alike' },
    { at, status: 'failed', event_id: first },
    { at, status: 'failed', event_id: 'shared', activity: 'CONTRACT_VOIDED' },
  ]);
  const failed = (await read()).groups.filter(({ kind }) => kind === 'failed');
  expect(Object.fromEntries(failed.map(({ activity, count }) => [String(activity), count]))).toEqual({
    null: 2,
    CONTRACT_SENT: 1,
    CONTRACT_EXECUTED: 1,
    CONTRACT_VOIDED: 1,
  });
});

test('an acknowledged group reopens for a new code and not for more of a known one', async () => {
  const { core, clock, database, group, acknowledge } = await startFailures();
  deliverExpected(clock, database);
  const failing = (code: string) =>
    writeOutcomes(database, [
      { at: clock.now(), status: 'failed', code, activity: 'CONTRACT_EXECUTED', contract_id: 1 },
    ]);
  failing('CRM_TIMEOUT');
  expect(await acknowledge('failed')).toBe('acknowledged');
  expect(await acknowledge('failed')).toMatch(/^ada acknowledged it already, at .*: being looked at$/);
  clock.move(HOUR);
  failing('CRM_TIMEOUT');
  expect(await group('failed')).toMatchObject({ state: 'acknowledged', count: 2 });
  clock.move(HOUR);
  failing('CRM_REFUSED');
  expect(await group('failed')).toMatchObject({
    state: 'open',
    count: 3,
    reopened: { by: 'new_reason', reasons: ['CRM_REFUSED'] },
  });
  expect(await acknowledge('failed', { seen: ['CRM_TIMEOUT'] })).toContain('CRM_REFUSED is new');
  expect(
    await acknowledge('failed', { seen: ['CRM_TIMEOUT', 'CRM_REFUSED'], reason: ' the CRM again ' }),
  ).toBe('acknowledged');
  const audit = await core.db
    .selectFrom('audit')
    .select(['act', 'actor', 'environment', 'subject', 'detail'])
    .execute();
  expect(audit).toMatchObject([
    { act: 'failures.acknowledge', actor: 'cli:ada', environment: 'prod' },
    {
      subject: 'failed outcomes of CONTRACT_EXECUTED',
      detail: expect.stringContaining('"reason":"the CRM again"'),
    },
  ]);
  await expect(sql`delete from failure_acknowledgements`.execute(core.db)).rejects.toThrow('append-only');
});

test('an acknowledgement is not stored when its audit entry cannot be written', async () => {
  const { core, clock, database, group, acknowledge } = await startFailures();
  deliverExpected(clock, database);
  writeDeliveries(database, [{ at: clock.now(), rejection: 'bad_signature' }]);
  await sql`create trigger full before insert on audit begin select raise(abort, 'disk full'); end`.execute(
    core.db,
  );
  await expect(acknowledge('badly_signed')).rejects.toThrow('disk full');
  expect(await group('badly_signed')).toMatchObject({ state: 'open', acknowledgement: null });
});

test('a group is resolved after 24 hours without failures and with a success, and reopens with the next failure', async () => {
  const { clock, database, group, acknowledge } = await startFailures();
  writeDeliveries(database, [{ at: clock.now(), rejection: 'bad_signature' }]);
  writeOutcomes(database, [
    { at: clock.now(), status: 'failed', activity: 'CONTRACT_EXECUTED', contract_id: 1 },
  ]);
  expect(await acknowledge('badly_signed')).toBe('acknowledged');
  clock.move(DAY);
  // Nothing succeeded in that time, so nobody knows that it is over.
  expect(await group('badly_signed')).toMatchObject({ state: 'acknowledged' });
  deliverExpected(clock, database);
  writeOutcomes(database, [
    { at: clock.now() - 2, status: 'processed', activity: 'CONTRACT_CREATED', contract_id: 1 },
  ]);
  expect(await group('badly_signed')).toMatchObject({ state: 'resolved' });
  expect(await group('failed')).toMatchObject({ state: 'open' });
  const [executed = null] = writeDeliveries(database, [
    { at: clock.now() - 1, activity: 'CONTRACT_EXECUTED' },
  ]);
  writeOutcomes(database, [{ at: clock.now() - 1, status: 'processed', event_id: executed }]);
  expect(await group('failed')).toMatchObject({ state: 'resolved' });
  expect(await acknowledge('failed')).toMatch(/^It is resolved: no failure since/);

  clock.move(1);
  writeDeliveries(database, [{ at: clock.now(), rejection: 'bad_signature' }]);
  expect(await group('badly_signed')).toMatchObject({ state: 'open', count: 2, reopened: { by: 'again' } });
});

test('an expected activity is silent from maxSilence until it arrives, and each silence counts', async () => {
  const { clock, database, read, acknowledge } = await startFailures();
  const silences = async () =>
    (await read()).groups
      .filter(({ kind }) => kind === 'silence')
      .map(({ activity, state, count }) => `${activity} ${state} ${count}`);
  expect(await silences()).toEqual(['CONTRACT_CREATED open 1', 'CONTRACT_EXECUTED open 1']);
  const [first] = (await read()).groups;
  expect(first).toMatchObject({
    firstSeen: clock.now() - 9 * DAY,
    lastSeen: clock.now(),
    isBeyondKeep: false,
  });
  expect(first?.sample).toMatch(/^evt_/);
  expect(await acknowledge('silence')).toBe('acknowledged');
  deliverExpected(clock, database);
  expect(await silences()).toEqual(['CONTRACT_CREATED resolved 1', 'CONTRACT_EXECUTED resolved 1']);
  clock.move(DAY - 1);
  expect(await silences()).toEqual(['CONTRACT_CREATED resolved 1', 'CONTRACT_EXECUTED resolved 1']);
  clock.move(1);
  expect(await silences()).toEqual(['CONTRACT_CREATED open 2', 'CONTRACT_EXECUTED open 2']);
  expect((await read()).groups[0]?.reopened).toEqual({ by: 'again' });
});

test('an activity that never arrived is silent once the log is older than maxSilence', async () => {
  const clock = movableClock();
  const stand = await startStand({
    overrides: { clock },
    log: { at: clock.now() - HOUR, activities: [] },
    edit: ({ environments: { prod } }) => {
      if (prod?.webhooks)
        prod.webhooks = { ...prod.webhooks, activities: ['CONTRACT_EXECUTED'], maxSilence: '24h' };
    },
  });
  const read = () => stand.core.failures.read(stand.environment('prod'));
  expect(await read()).toMatchObject({
    groups: [],
    unknown: [
      {
        what: 'silence of CONTRACT_EXECUTED',
        why: expect.stringContaining('the log is younger than the 24 h'),
      },
    ],
  });
  clock.move(DAY);
  expect(await read()).toMatchObject({
    groups: [{ kind: 'silence', state: 'open', sample: null, firstSeen: clock.now() - HOUR }],
    unknown: [],
  });
  // Older than the log keeps, so the start is unknown.
  clock.move(stand.config.log.keepMs + DAY);
  expect((await read()).groups[0]).toMatchObject({ isBeyondKeep: true });
});

test('failures that log.keep removed are not counted, and their acknowledged group is shown as resolved', async () => {
  const { core, clock, database, config, group, acknowledge } = await startFailures();
  deliverExpected(clock, database);
  writeDeliveries(database, [{ at: clock.now(), rejection: 'bad_signature' }]);
  // An open group keeps its rows beyond `log.keep`, so they still count.
  expect(await openFailures({ ...core, config })).toContainEqual(
    expect.objectContaining({ kind: 'badly_signed', since: clock.now() }),
  );
  await acknowledge('badly_signed');
  const firstSeen = clock.now();
  clock.move(config.log.keepMs + HOUR);
  expect(await openFailures({ ...core, config })).not.toContainEqual(
    expect.objectContaining({ kind: 'badly_signed' }),
  );
  await core.db.deleteFrom('deliveries').where('rejection', 'is not', null).execute();
  expect(await group('badly_signed')).toMatchObject({
    state: 'resolved',
    count: 0,
    firstSeen,
    isBeyondKeep: true,
    sample: null,
  });
  expect(await acknowledge('badly_signed')).toContain('older than `log.keep`');
  writeDeliveries(database, [{ at: clock.now(), rejection: 'bad_signature' }]);
  expect(await group('badly_signed')).toMatchObject({
    state: 'open',
    count: 1,
    firstSeen,
    isBeyondKeep: true,
  });
});

test('an unreadable part of the log is reported, and the other groups are shown', async () => {
  const { core, clock, database, read, acknowledge } = await startFailures();
  deliverExpected(clock, database);
  writeDeliveries(database, [{ at: clock.now(), rejection: 'bad_signature' }]);
  writeOutcomes(database, [
    { at: clock.now(), status: 'failed', activity: 'CONTRACT_EXECUTED', contract_id: 1 },
  ]);
  expect(await acknowledge('failed')).toBe('acknowledged');
  await sql`alter table outcomes rename to lost`.execute(core.db);
  const { groups, unknown } = await read();
  expect(new Set(groups.map(({ kind }) => kind))).toEqual(new Set(['badly_signed', 'silence']));
  expect(unknown).toEqual([{ what: 'failed outcomes', why: expect.stringContaining('no such table') }]);
  // The group is reported neither as gone nor as never acknowledged.
  expect(await acknowledge('failed')).toMatch(
    /^No group “grp_none” .* not everything could be read: failed outcomes/,
  );
});

test('every failure in the log is counted once, whatever its hour, also one that stayed beyond log.keep', async () => {
  const { clock, config, database, group } = await startFailures();
  const { keepMs } = config.log;
  const from = clock.now() - keepMs;
  const ages = [0, 1, DAY - 1, DAY, DAY + 1, 10 * DAY, keepMs - 1, keepMs];
  writeDeliveries(
    database,
    ages.map((age) => ({ at: from + age, rejection: 'bad_signature' as const })),
  );
  writeDeliveries(database, [{ at: from - 1, rejection: 'bad_signature' }]);
  // The integration's clock is ahead.
  for (const at of [from, from + DAY, clock.now() + 2 * DAY])
    writeOutcomes(database, [
      { at, status: 'failed', code: 'X', activity: 'CONTRACT_EXECUTED', contract_id: 1 },
    ]);
  expect(await group('badly_signed')).toMatchObject({
    count: ages.length + 1,
    firstSeen: from - 1,
    lastSeen: clock.now(),
  });
  expect(await group('failed')).toMatchObject({ count: 3, lastSeen: clock.now() + 2 * DAY });
});

test('groups are read through indexes', async () => {
  const { core } = await startFailures();
  const plan = async (query: ReturnType<typeof refusedQuery>) => {
    const { sql: text, parameters } = query.compile(core.db);
    const bound = parameters.reduce<string>((sofar, value) => sofar.replace('?', `'${value}'`), text);
    const { rows } = await sql<{ detail: string }>`explain query plan ${sql.raw(bound)}`.execute(core.db);
    return rows.map(({ detail }) => detail).filter((detail) => /SCAN|SEARCH/.test(detail));
  };
  expect(await plan(refusedQuery('prod', { from: 1, to: 2 }))).toEqual([
    expect.stringMatching(
      /^SEARCH deliveries USING COVERING INDEX deliveries_refused_why \(environment=\? AND received_at>\? AND received_at<\?\)/,
    ),
  ]);
  const failed = await plan(failedQuery('prod', { from: 1, to: 2 }));
  expect(failed[0]).toMatch(
    /^SEARCH outcomes USING INDEX outcomes_by_status \(environment=\? AND status=\? AND at>\? AND at<\?\)/,
  );
  // The sharers of an id are at most 51.
  for (const line of failed)
    expect(line).toMatch(/USING .*INDEX|USING (?:INTEGER )?PRIMARY KEY|SCAN (?:failed|sharers)/);
});
