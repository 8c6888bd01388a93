import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { Config, Environment } from '../../src/config/config.ts';
import { applyConfig } from '../../src/digests/apply-config.ts';
import { createNoticeWatch } from '../../src/digests/notices/watch.ts';
import { enqueue } from '../../src/digests/outbox/outbox.ts';
import { createSubscriptions } from '../../src/digests/schedule/subscriptions.ts';
import { slackPresenter } from '../../src/slack/blocks/digest-presenter.ts';
import { verifyAudit } from '../../src/store/audit.ts';
import type { Database } from '../../src/store/database.ts';
import { insertDigest, newestDigest } from '../../src/store/digests.ts';
import { saveMissingNotice } from '../../src/store/missing-events.ts';
import { pack } from '../../src/store/packed-json.ts';
import { newestReport, saveReport } from '../../src/store/reports.ts';
import { insertSignOffAct, signOffActs, standingSignatures } from '../../src/store/sign-offs.ts';
import { listSubscriptions } from '../../src/store/subscriptions.ts';
import { inTransaction } from '../../src/store/transaction.ts';
import { allWaivers, insertWaiver } from '../../src/store/waivers.ts';
import { aCheck, aReport, DAY_MS, HOUR_MS } from './digest/digests.ts';
import { textMessage } from './outbox/process-parts.ts';
import { GENERAL, openTestOutbox, START } from './outbox/test-outbox.ts';

const environment = (name: string, formerly: string[] = []): Environment =>
  ({ name, production: name !== 'uat', formerly, maintenance: [] }) as unknown as Environment;

const configOf = (environments: Environment[], signOffs: string[] = ['legal']): Config =>
  ({
    environments,
    reports: environments.map(({ name }) => ({ channel: GENERAL, environments: [name] })),
    signOffs: signOffs.map((id) => ({ id, environments: null, title: id })),
  }) as unknown as Config;

const before = configOf([environment('prod'), environment('uat')]);

/** A database with everything that can be open about `prod`. */
async function openState() {
  const office = await openTestOutbox();
  const { db, clock } = office;
  const apply = (config: Config) => applyConfig({ config, db, clock, presenter: slackPresenter });
  const watch = createNoticeWatch({ config: before, db, clock, presenter: slackPresenter });
  for (const status of ['pass', 'fail', 'fail'] as const) {
    const report = aReport('prod', [aCheck('config.templates', status)], {
      id: `rpt_${clock.now()}`,
      checkedAt: clock.now(),
      snapshot: null,
    });
    await saveReport(db, report);
    await watch.afterReport(report, clock.now());
    clock.advance(HOUR_MS);
  }
  const subscriptions = createSubscriptions({ db, clock });
  await subscriptions.subscribe({
    channel: GENERAL,
    environment: environment('prod'),
    request: { kind: 'digest', schedule: { days: 'daily', time: '09:00' }, timezone: null },
    timezone: 'UTC',
    actor: 'cli:test',
  });
  await inTransaction(db, async (transaction) => {
    const item = {
      channel: GENERAL,
      key: 'missing',
      kind: 'post' as const,
      message: textMessage('T-1 is missing'),
    };
    const announced = await enqueue(transaction, item, clock);
    await saveMissingNotice(transaction, 'prod', {
      id: 'ntc_missing',
      contracts: [
        { contract: 'T-1', state: 'missing' },
        { contract: 'T-2', state: 'arrived' },
      ],
      places: [{ channel: GENERAL, message: announced }],
      announcedAt: START,
      closedAt: null,
      edits: 0,
    });
    const row = {
      shown: 'a → b',
      fingerprint: 'f',
      reason: 'agreed',
      accepted_by: 'cli:ada',
      accepted_at: START,
      until: START + 30 * DAY_MS,
    };
    await insertWaiver(
      transaction,
      { kind: 'check', environment: 'prod', check: 'config.templates' },
      { id: 'wvr_1', ...row },
    );
    await insertWaiver(
      transaction,
      { kind: 'difference', left: 'uat', environment: 'prod', path: 'templates/NDA' },
      { id: 'wvr_2', ...row },
    );
    await insertWaiver(
      transaction,
      { kind: 'check', environment: 'uat', check: 'sign-offs.legal' },
      { id: 'wvr_3', ...row },
    );
    for (const environment of ['prod', 'uat'])
      await insertSignOffAct(transaction, {
        environment,
        signOff: 'legal',
        act: 'sign',
        at: START,
        actor: 'cli:ada',
        person: null,
        personName: 'Ada',
        note: null,
        link: null,
        title: 'legal',
        snapshot: null,
        completeSnapshot: null,
        expiresAt: START + 90 * DAY_MS,
        about: null,
        changes: null,
      });
    const state = { verdict: null, checks: {}, silent: [] };
    await insertDigest(
      transaction,
      { report: 'config:morning', channel: GENERAL },
      {
        firedFor: START,
        madeAt: START,
        day: '2026-11-24',
        message: 'obx_1',
        state: {
          environments: { prod: state, uat: state },
          pairs: { 'uat prod': { differences: {} } },
          unread: [],
        },
      },
    );
  });
  const states = async () =>
    Object.fromEntries((await allWaivers(db)).map(({ id, ended_how: how }) => [id, how]));
  const openNotices = () =>
    db.selectFrom('notices').select('environment').where('closed_at', 'is', null).execute();
  const acts = async () =>
    (await db.selectFrom('audit').select(['act', 'actor']).execute()).filter(
      ({ actor }) => actor === 'envcheck',
    );
  const texts = async (): Promise<string> =>
    (await office.db.selectFrom('outbox').select(['key', 'kind']).execute())
      .map(({ key, kind }) => `${kind} ${key}`)
      .join('\n');
  return { ...office, apply, states, openNotices, acts, texts };
}

/** Stores a row about `prod` and one about `uat` in every table with an environment that has none. Returns these tables. */
async function fillEveryTable(db: Database): Promise<string[]> {
  const { rows: tables } = await sql<{ name: string }>`
    select t.name from sqlite_master t join pragma_table_info(t.name) c
    where t.type = 'table' and t.name <> 'audit' and c.name = 'environment' order by 1`.execute(db);
  await sql`pragma foreign_keys = off`.execute(db);
  for (const { name: table } of tables) {
    const { rows: columns } = await sql<{ name: string; type: string }>`
      select name, type from pragma_table_info(${table})
      where "notnull" = 1 or pk > 0 or name = 'environment'`.execute(db);
    for (const [row, environment] of ['prod', 'uat'].entries()) {
      const { rows } =
        await sql`select 1 from ${sql.table(table)} where environment = ${environment}`.execute(db);
      if (rows.length > 0) continue;
      const value = ({ name, type }: { name: string; type: string }) =>
        name === 'environment'
          ? environment
          : /int/i.test(type)
            ? 9_000 + row
            : /blob/i.test(type)
              ? pack({})
              : `${table} ${row}`;
      await sql`insert into ${sql.table(table)} (${sql.join(columns.map(({ name }) => sql.ref(name)))})
        values (${sql.join(columns.map(value))})`.execute(db);
    }
  }
  await sql`pragma foreign_keys = on`.execute(db);
  return tables.map(({ name }) => name);
}

describe('a subject that the config no longer has', () => {
  it('is ended once, in words: waivers, notices, subscriptions and sign-offs of an environment', async () => {
    const { db, apply, states, openNotices, acts, texts, clock } = await openState();
    expect((await apply(before)).ended).toEqual({ waivers: 0, notices: 0, subscriptions: 0, signOffs: 0 });
    const after = configOf([environment('uat')]);
    expect((await apply(after)).ended).toEqual({ waivers: 2, notices: 2, subscriptions: 1, signOffs: 1 });
    expect(await states()).toEqual({ wvr_1: 'not judged', wvr_2: 'not judged', wvr_3: null });
    expect((await allWaivers(db)).find(({ id }) => id === 'wvr_1')?.ended_reason).toBe(
      'not judged any more: prod is no longer in the config',
    );
    expect(await openNotices()).toEqual([]);
    const missing = await db.selectFrom('missing_notices').select(['closed_at', 'content']).execute();
    expect(missing[0]?.closed_at).not.toBeNull();
    expect(JSON.parse(missing[0]?.content ?? '').contracts).toEqual([
      { contract: 'T-1', state: 'not judged' },
      { contract: 'T-2', state: 'arrived' },
    ]);
    expect(await listSubscriptions(db)).toEqual([]);
    expect((await signOffActs(db, 'prod')).at(-1)).toMatchObject({
      act: 'void',
      note: 'not judged any more: prod is no longer in the config',
    });
    expect((await acts()).map(({ act }) => act).sort()).toEqual([
      'sign-off.void',
      'subscription.end',
      'waiver.end',
      'waiver.end',
    ]);
    expect(await texts()).toMatch(/post subscription sub_\w+ ended/);
    expect(await texts()).toMatch(/post notice \w+ C0GENERAL \d+ reply/);
    const once = await texts();
    clock.advance(DAY_MS);
    expect((await apply(after)).ended).toEqual({ waivers: 0, notices: 0, subscriptions: 0, signOffs: 0 });
    expect(await texts()).toBe(once);
    expect((await verifyAudit(db)).broken).toBeNull();
    // Put back, it begins anew: nothing is failing or accepted.
    await apply(before);
    expect(await db.selectFrom('watched').selectAll().execute()).toEqual([]);
    expect(
      await inTransaction(db, (transaction) => standingSignatures(transaction, clock.now())),
    ).toHaveLength(1);
  });

  it('is a sign-off, or a check that a waiver accepted', async () => {
    const { db, apply, states } = await openState();
    await db.updateTable('waivers').set({ subject: 'config.gone' }).where('id', '=', 'wvr_1').execute();
    const { ended } = await apply(configOf([environment('prod'), environment('uat')], ['security']));
    expect(ended).toEqual({ waivers: 2, notices: 0, subscriptions: 0, signOffs: 2 });
    expect(await states()).toEqual({ wvr_1: 'not judged', wvr_2: null, wvr_3: 'not judged' });
  });
});

describe('a renamed environment', () => {
  const renamed = configOf([environment('live', ['prod']), environment('uat')]);

  it('takes everything along, in every table, once', async () => {
    const { db, apply, states, openNotices, acts, clock } = await openState();
    const first = await apply(renamed);
    expect(first.renamed).toEqual([{ from: 'prod', to: 'live', rows: expect.any(Number) }]);
    expect(first.ended).toEqual({ waivers: 0, notices: 0, subscriptions: 0, signOffs: 0 });
    const { rows } = await sql<{ table: string; column: string }>`
      select t.name as "table", c.name as "column" from sqlite_master t join pragma_table_info(t.name) c
      where t.type = 'table' and t.name <> 'audit' and c.name in ('environment', 'left_environment')`.execute(
      db,
    );
    expect(rows.length).toBeGreaterThan(15);
    for (const { table, column } of rows) {
      const left = await sql`select 1 from ${sql.table(table)} where ${sql.ref(column)} = 'prod'`.execute(db);
      expect([table, column, left.rows.length]).toEqual([table, column, 0]);
    }
    expect(await newestReport(db, 'live')).toMatchObject({ environment: 'live', verdict: 'not_ready' });
    expect(await states()).toEqual({ wvr_1: null, wvr_2: null, wvr_3: null });
    expect(await openNotices()).toEqual([{ environment: 'live' }]);
    expect(await listSubscriptions(db)).toMatchObject([{ environment: 'live' }]);
    const digest = await newestDigest(db, { report: 'config:morning', channel: GENERAL });
    expect(Object.keys(digest?.state.environments ?? {})).toEqual(['live', 'uat']);
    expect(Object.keys(digest?.state.pairs ?? {})).toEqual(['uat live']);
    expect(await acts()).toEqual([{ act: 'environment.rename', actor: 'envcheck' }]);
    expect((await apply(renamed)).renamed).toEqual([]);
    expect(await acts()).toHaveLength(1);
    // The notice of before is resolved under the new name.
    const watch = createNoticeWatch({ config: renamed, db, clock, presenter: slackPresenter });
    const report = aReport('live', [aCheck('config.templates', 'pass')], { checkedAt: clock.now() });
    await watch.afterReport(report, clock.now());
    expect(await openNotices()).toEqual([]);
    expect((await verifyAudit(db)).broken).toBeNull();
  });

  it('follows in every table when renamed, renamed back and swapped with another, and starts each time', async () => {
    const { db, apply } = await openState();
    const filled = await fillEveryTable(db);
    expect(filled).toContain('failure_acknowledgements');
    const names = async () => {
      const counted: Record<string, Record<string, number>> = {};
      for (const table of filled) {
        const { rows } = await sql<{ environment: string; count: number }>`
          select environment, count(*) as count from ${sql.table(table)} group by 1 order by 1`.execute(db);
        counted[table] = Object.fromEntries(rows.map((row) => [row.environment, row.count]));
      }
      return counted;
    };
    const uat = environment('uat');
    await apply(before);
    const first = await names();
    const withName = (change: (name: string) => string) =>
      Object.fromEntries(
        Object.entries(first).map(([table, counts]) => [
          table,
          Object.fromEntries(Object.entries(counts).map(([name, count]) => [change(name), count])),
        ]),
      );
    await apply(renamed);
    expect(await names()).toEqual(withName((name) => (name === 'prod' ? 'live' : name)));
    await apply(configOf([environment('prod', ['live']), uat]));
    expect(await names()).toEqual(first);
    await apply(configOf([environment('prod'), environment('other', ['uat'])]));
    await apply(configOf([environment('uat', ['prod']), environment('other')]));
    await apply(configOf([environment('prod', ['other']), environment('uat')]));
    expect(await names()).toEqual(withName((name) => ({ prod: 'uat', uat: 'prod' })[name] ?? name));
    // The guards are back.
    for (const act of [
      sql`update failure_acknowledgements set reason = 'changed'`,
      sql`delete from failure_acknowledgements`,
      sql`insert or replace into failure_acknowledgements select * from failure_acknowledgements`,
    ])
      await expect(act.execute(db)).rejects.toThrow('acknowledgements are append-only');
    expect((await verifyAudit(db)).broken).toBeNull();
  });

  it('keeps what it has under its new name already, and ends the doubles', async () => {
    const { db, apply, clock } = await openState();
    const subscriptions = createSubscriptions({ db, clock });
    await subscriptions.subscribe({
      channel: GENERAL,
      environment: environment('live'),
      request: { kind: 'digest', schedule: { days: 'daily', time: '09:00' }, timezone: null },
      timezone: 'UTC',
      actor: 'cli:test',
    });
    await apply(renamed);
    expect(await listSubscriptions(db)).toHaveLength(1);
    expect(await db.selectFrom('subscriptions').select('environment').execute()).toEqual([
      { environment: 'live' },
      { environment: 'live' },
    ]);
    expect(await db.selectFrom('watched').select('environment').execute()).toEqual([{ environment: 'live' }]);
  });

  it('may have had several names, one after the other', async () => {
    const { db, apply } = await openState();
    await apply(renamed);
    await apply(configOf([environment('production', ['prod', 'live']), environment('uat')]));
    expect(await listSubscriptions(db)).toMatchObject([{ environment: 'production' }]);
  });
});
