import { expect, test } from 'vitest';
import { createContract } from '../../../sandbox/spotdraft/create-records.ts';
import { readBotHealth } from '../../../src/commands/self.ts';
import { comparisonText } from '../../../src/commands/self-text.ts';
import type { Environment } from '../../../src/config/config.ts';
import { noticeMissingEvents } from '../../../src/digests/notices/missing-events.ts';
import { nextStep } from '../../../src/events/failures/failure-text.ts';
import type { FailureOverview } from '../../../src/events/failures/read-failures.ts';
import { GRACE_MS, reconcileDue } from '../../../src/events/failures/reconcile.ts';
import type { NewDelivery } from '../../../src/events/log/delivery.ts';
import { prepareDelivery } from '../../../src/events/log/prepare-delivery.ts';
import { slackPresenter } from '../../../src/slack/blocks/digest-presenter.ts';
import { openEventLogWriter } from '../../../src/store/event-log.ts';
import { unpack } from '../../../src/store/packed-json.ts';
import { claimReconciliation, reconciliationOf } from '../../../src/store/reconciliations.ts';
import { inTransaction } from '../../../src/store/transaction.ts';
import { insertRegistration } from '../../../src/store/webhook-registrations.ts';
import { type Stand, startStand } from '../../environment.ts';
import { type MovableClock, movableClock } from '../../time/movable-clock.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface World extends Stand {
  clock: MovableClock;
  /** Compares what is due and returns the failures of production. */
  compare(changes?: Partial<Environment>): Promise<FailureOverview>;
  missing(): Promise<FailureOverview['groups'][number] | undefined>;
  execute(
    name: string,
    more?: Partial<Parameters<typeof createContract>[1]>,
  ): { id: string; internalId: number; lastUpdated: string };
  deliver(
    contract: number | string,
    activity?: string,
    occurredAt?: number | null,
    environment?: string,
  ): void;
  reads(): number;
  announced(): Promise<string[]>;
}

type Executed = ReturnType<World['execute']>;

const deliveryOf = (body: string, changes: Partial<NewDelivery>): NewDelivery => ({
  environment: 'prod',
  receivedAt: 0,
  requestId: 'request-1',
  source: '127.0.0.1',
  rejection: null,
  signedWith: null,
  headerEventId: null,
  body: Buffer.from(body),
  ...changes,
});

/** Production whose first delivery arrived ten days ago. */
async function openWorld({
  activities = ['CONTRACT_CREATED', 'CONTRACT_EXECUTED'],
  arrived = ['CONTRACT_CREATED', 'CONTRACT_EXECUTED'],
} = {}): Promise<World> {
  const clock = movableClock();
  const stand = await startStand({
    overrides: { clock },
    prepare: ({ prod }) => {
      prod.contracts = [];
    },
    log: { at: clock.now() - 10 * DAY, activities: arrived },
    edit: (file) => {
      const { environments } = file;
      for (const name of ['uat', 'prod']) {
        const environment = environments[name];
        if (!environment?.webhooks) throw new Error('no webhooks');
        environment.webhooks = { ...environment.webhooks, activities: activities as never };
      }
      if (environments.uat) delete environments.uat.webhooks;
      file.reports = [
        {
          name: 'morning',
          cron: '0 9 * * *',
          timezone: 'UTC',
          channel: 'C0123456789',
          environments: ['prod'],
        },
      ] as never;
    },
  });
  const { core, config, prod } = stand;
  const read = () => core.failures.read(stand.environment('prod'));
  return {
    ...stand,
    clock,
    async compare(changes = {}) {
      const environments = config.environments.map((each) =>
        each.name === 'prod' ? { ...each, ...changes } : each,
      );
      const dependencies = { ...core, config: { ...config, environments } };
      await reconcileDue({ ...dependencies, clientOf: core.clients.of });
      await noticeMissingEvents({ ...dependencies, presenter: slackPresenter });
      return read();
    },
    missing: async () => (await read()).groups.find(({ kind }) => kind === 'missing'),
    execute: (name, more = {}) => {
      const at = new Date(clock.now() - 2 * HOUR).toISOString();
      const contract = createContract(prod, {
        name,
        status: 'EXECUTED',
        created: new Date(clock.now() - 2 * DAY).toISOString(),
        lastUpdated: at,
        ...more,
      });
      prod.contracts.push(contract);
      return contract;
    },
    deliver(contract_id, activity = 'CONTRACT_EXECUTED', occurredAt = null, environment = 'prod') {
      const log = openEventLogWriter(config.database);
      const timestamp = occurredAt === null ? undefined : new Date(occurredAt).toISOString();
      const body = JSON.stringify({ activity, contract_id, activity_data: { timestamp } });
      const delivery = deliveryOf(body, { environment, receivedAt: clock.now() });
      log.write([prepareDelivery(delivery, { payloads: 'redacted', eventIdFields: {} })]);
      log.close();
    },
    reads: () => stand.spotdraft.requests.filter(({ path }) => path.endsWith('/contracts/')).length,
    announced: async () => {
      const rows = await core.db.selectFrom('outbox').selectAll().orderBy('seq').execute();
      return rows.map(({ message }) => (unpack(message) as { text: string }).text);
    },
  };
}

test('an executed contract without its event is a group, until the event comes', async () => {
  const { compare, missing, execute, deliver, clock, announced, reads } = await openWorld();
  const silent = execute('Silent');
  const heard = execute('Heard');
  deliver(heard.internalId);
  const overview = await compare();
  expect(overview.unknown).toEqual([]);
  expect(await missing()).toMatchObject({
    state: 'open',
    activity: 'CONTRACT_EXECUTED',
    count: 1,
    reasons: [silent.id],
    sample: silent.id,
  });
  expect(await announced()).toEqual([
    `❌ prod (production): 1 contract was executed in SpotDraft and CONTRACT_EXECUTED did not arrive: ${silent.id}. Next: \`/envcheck failures prod\``,
  ]);
  const before = reads();
  await compare();
  expect(reads()).toBe(before);
  clock.move(HOUR);
  await compare();
  expect(reads()).toBeGreaterThan(before);
  expect(await announced()).toHaveLength(1);
  deliver(silent.internalId);
  expect(await missing()).toMatchObject({ state: 'resolved', count: 1 });
});

test('contracts that changed a moment ago, before the log, or without proof are no alarm', async () => {
  const { compare, missing, execute, clock } = await openWorld();
  const fresh = execute('Fresh', { lastUpdated: new Date(clock.now() - GRACE_MS + 60_000).toISOString() });
  const year = new Date(clock.now() - 365 * DAY).toISOString();
  execute('Old and edited', { created: year, executed: year });
  const signed = execute('Old and signed now', { created: year });
  await compare();
  expect((await missing())?.reasons).toEqual([signed.id]);
  clock.move(HOUR);
  await compare();
  expect((await missing())?.reasons.toSorted()).toEqual([fresh.id, signed.id].toSorted());
});

test('a list that cannot be read is unknown with its reason, and neither a group nor a pass', async () => {
  const { compare, execute, spotdraft, clock, missing } = await openWorld();
  const silent = execute('Silent');
  spotdraft.faults.add({ workspace: 'prod', path: /\/contracts\/$/, fault: { kind: 'status', status: 403 } });
  const { unknown, groups } = await compare();
  expect(unknown).toEqual([
    {
      what: 'missing events',
      why: expect.stringMatching(/^SpotDraft's list of contracts could not be read: .*403/),
    },
  ]);
  expect(groups.filter(({ kind }) => kind === 'missing')).toEqual([]);
  spotdraft.faults.clear();
  clock.move(HOUR);
  expect((await compare()).unknown).toEqual([]);
  expect((await missing())?.reasons).toEqual([silent.id]);
});

test('nothing is read for an activity that is not expected, or without webhooks', async () => {
  const { compare, execute, reads, announced } = await openWorld({ activities: ['CONTRACT_CREATED'] });
  execute('Silent');
  const { groups, notWatched } = await compare();
  expect(groups.filter(({ kind }) => kind === 'missing')).toEqual([]);
  expect(notWatched).toContain('missing events: `webhooks.activities` does not name CONTRACT_EXECUTED');
  expect(reads()).toBe(0);
  expect(await announced()).toEqual([]);
});

test('a delivery of several activities that names the contract is no alarm, and ends one', async () => {
  const { compare, missing, execute, config, clock } = await openWorld();
  const [first, second] = [execute('First'), execute('Second')];
  const both = (contracts: { internalId: number }[]) => {
    const log = openEventLogWriter(config.database);
    const body = contracts.flatMap(({ internalId: contract_id }) => [
      { activity: 'CONTRACT_SIGNED', contract_id },
      { activity: 'CONTRACT_EXECUTED', contract_id },
    ]);
    const delivery = deliveryOf(JSON.stringify(body), { receivedAt: clock.now() });
    log.write([prepareDelivery(delivery, { payloads: 'redacted', eventIdFields: {} })]);
    log.close();
  };
  both([first]);
  await compare();
  expect((await missing())?.reasons).toEqual([second.id]);
  clock.move(HOUR);
  await compare();
  both([second]);
  expect((await missing())?.state).toBe('resolved');
});

test('two processes compare an environment once', async () => {
  const { compare, execute, reads } = await openWorld();
  execute('Silent');
  await Promise.all([compare(), compare(), compare()]);
  // The list, and which of its contracts were not uploaded.
  expect(reads()).toBe(2);
});

test('a message is edited while contracts arrive, and says in its thread how it ended', async () => {
  const { compare, execute, deliver, announced, clock } = await openWorld();
  const contracts = ['First', 'Second', 'Third'].map((name) => execute(name));
  const [first, second, third] = contracts as [Executed, Executed, Executed];
  await compare();
  deliver(first.internalId);
  await compare();
  // The message waits for Slack, so its text is replaced there.
  expect((await announced())[0]).toMatch(
    /2 contracts were .* arrive: T-\d+, T-\d+ \(1 arrived since\)\. Next/,
  );
  deliver(second.internalId, 'CONTRACT_VOIDED');
  deliver(third.internalId);
  clock.move(HOUR);
  const { groups } = await compare();
  expect(groups.find(({ kind }) => kind === 'missing')).toMatchObject({
    state: 'resolved',
    hint: '2 arrived, 1 contract was voided or deleted since',
  });
  const texts = await announced();
  expect(texts[0]).toMatch(
    /^✅ prod \(production\): no CONTRACT_EXECUTED is missing any more: 2 arrived since, 1 voided or deleted since\. It was missing of T-/,
  );
  expect(texts.at(-1)).toMatch(/^✅ prod .* missing any more after 60 min: 2 arrived since, 1 voided/);
  const count = texts.length;
  await compare();
  expect(await announced()).toHaveLength(count);
});

test('maintenance delays the announcement and not the comparison, and everything since the last look is caught up', async () => {
  const { compare, execute, deliver, announced, clock, missing, spotdraft } = await openWorld();
  await compare();
  const from = clock.now();
  const maintenance = [{ kind: 'once' as const, from, until: from + 10 * HOUR, reason: 'migration' }];
  spotdraft.faults.add({ workspace: 'prod', path: /\/contracts\/$/, fault: { kind: 'status', status: 503 } });
  clock.move(HOUR);
  const early = execute('Early');
  const healed = execute('Healed');
  for (let hour = 0; hour < 4; hour += 1) {
    clock.move(HOUR);
    expect((await compare({ maintenance })).unknown).toHaveLength(1);
  }
  spotdraft.faults.clear();
  clock.move(HOUR);
  await compare({ maintenance });
  expect((await missing())?.reasons.toSorted()).toEqual([early.id, healed.id].toSorted());
  expect(await announced()).toEqual([]);
  deliver(healed.internalId);
  clock.move(10 * HOUR);
  await compare({ maintenance });
  expect(await announced()).toEqual([expect.stringContaining(`did not arrive: ${early.id}. Next`)]);
});

test('more contracts than two reads show are unknown until all were compared, whatever changes meanwhile', async () => {
  const { compare, execute, deliver, clock, missing, prod, reads, core, config } = await openWorld();
  const contracts = Array.from({ length: 430 }, (_, index) => execute(`Contract ${index}`));
  const silent = contracts.filter((_, index) => index % 61 === 0);
  for (const contract of contracts) if (!silent.includes(contract)) deliver(contract.internalId);
  const seen: string[] = [];
  for (let hour = 0; hour < 12; hour += 1) {
    const before = reads();
    const { unknown } = await compare();
    expect(reads() - before).toBeLessThanOrEqual(2);
    if (unknown.length === 0) break;
    seen.push(unknown.map(({ why }) => why).join('\n'));
    const { comparisons } = await readBotHealth(core, config);
    const text = comparisonText(
      comparisons.find(({ environment }) => environment === 'prod') as never,
      clock.now(),
    );
    expect(text).toContain('not certain: ');
    // Contracts that change leave the period, and those behind them move forward.
    for (const contract of contracts.slice(hour * 7, hour * 7 + 5))
      contract.lastUpdated = new Date(clock.now()).toISOString();
    clock.move(HOUR);
  }
  expect(seen[0]).toMatch(/^\d+ of 430 executed contracts that changed from .* are compared; the rest/);
  expect(seen.length).toBeGreaterThan(2);
  for (let hour = 0; hour < 6; hour += 1) {
    clock.move(HOUR);
    await compare();
  }
  expect((await missing())?.reasons.toSorted()).toEqual(silent.map(({ id }) => id).toSorted());
  expect(prod.contracts).toHaveLength(430);
});

test('uploaded contracts with a T-… id are no alarm, and their kind is asked for once', async () => {
  const { compare, execute, missing, clock, reads } = await openWorld();
  execute('Uploaded', { kind: 'EXECUTED_CONTRACT' });
  const drawnUp = execute('Drawn up', { kind: 'THIRD_PARTY_CONTRACT' });
  const { notWatched } = await compare();
  expect((await missing())?.reasons).toEqual([drawnUp.id]);
  expect(notWatched.join('\n')).toMatch(
    /1 executed contract, uploaded as executed: SpotDraft does not document/,
  );
  expect(reads()).toBe(2);
  clock.move(3 * HOUR);
  await compare();
  expect(reads()).toBe(3);
});

test('a delivery that was refused is said to have arrived, whichever receiver refused it', async () => {
  for (const [environment, rejection, signedWith, text, activity] of [
    ['prod', 'bad_signature', 'prod undecoded', "signed with prod's key, not base64-decoded"],
    ['uat', 'bad_signature', 'prod current', "signed with prod's key"],
    ['prod', 'missing_signature', null, 'missing signature'],
    ['prod', 'bad_signature', 'uat current', null],
    ['prod', 'bad_signature', 'unknown_key', null],
    ['prod', 'bad_signature', 'prod current', null, 'CONTRACT_CREATED'],
    ['prod', 'bad_signature', 'prod current', "signed with prod's key", 'CONTRACT_EXECUTED'],
  ] as const) {
    const { compare, execute, missing, config, clock, announced, core } = await openWorld();
    execute('Refused');
    const log = openEventLogWriter(config.database);
    const delivery = { environment, receivedAt: clock.now() - HOUR, rejection, signedWith };
    log.write([prepareDelivery(deliveryOf('{}', delivery), { payloads: 'redacted', eventIdFields: {} })]);
    log.close();
    await core.db
      .updateTable('deliveries')
      .set({ activity: activity ?? null, alike: 0 })
      .where('rejection', 'is not', null)
      .execute();
    await compare();
    const hint =
      text === null
        ? null
        : `1 delivery of that time arrived and was refused (${text}): CONTRACT_EXECUTED of these contracts may be among them`;
    const group = await missing();
    expect(group, text ?? signedWith ?? '').toMatchObject({ state: 'open', hint });
    expect(nextStep(group as never)).toContain(hint ?? 'the log has no CONTRACT_EXECUTED of them');
    expect((await announced())[0]?.includes('refused')).toBe(text !== null);
  }
});

test('a contract whose event was refused is named when its ids are kept, and the others are not', async () => {
  const { compare, execute, missing, config, clock } = await openWorld();
  const refused = execute('Refused');
  execute('Lost');
  const log = openEventLogWriter(config.database);
  const write = (contract_id: number, activity: string, how: Partial<NewDelivery>) =>
    log.write([
      prepareDelivery(
        deliveryOf(JSON.stringify({ activity, contract_id }), { receivedAt: clock.now() - HOUR, ...how }),
        {
          payloads: 'redacted',
          eventIdFields: {},
        },
      ),
    ]);
  write(refused.internalId, 'CONTRACT_EXECUTED', {
    rejection: 'bad_signature',
    signedWith: 'prod undecoded',
  });
  await compare();
  const told = `CONTRACT_EXECUTED of ${refused.id} arrived and was refused (signed with prod's key, not base64-decoded)`;
  expect(await missing()).toMatchObject({ count: 2, hint: told });
  write(9, 'CONTRACT_EXECUTED', { rejection: 'missing_signature' });
  expect(await missing()).toMatchObject({
    hint: `${told}; the rest may be among 1 refused delivery whose ids are not kept`,
  });
  log.close();
});

test('an activity that was subscribed to or expected later is no alarm for earlier executions', async () => {
  const { compare, execute, missing, clock, core, environment } = await openWorld({
    arrived: ['CONTRACT_CREATED'],
  });
  execute('Before it was expected');
  const { notWatched } = await compare();
  expect(notWatched.join('\n')).toMatch(/expected for too short a time/);
  for (let hour = 0; hour < 4; hour += 1) {
    clock.move(HOUR);
    await compare();
  }
  expect(await missing()).toBeUndefined();
  const at = (hours: number) => new Date(clock.now() + hours * HOUR).toISOString();
  const times = { created: at(-1), lastUpdated: at(0) };
  const late = execute('After it', times);
  clock.move(HOUR);
  await compare();
  expect((await missing())?.reasons).toEqual([late.id]);
  // The config stops to expect it, and expects it again two days later.
  const { webhooks } = environment('prod');
  const paused = { webhooks: webhooks && { ...webhooks, activities: ['CONTRACT_CREATED'] as never } };
  clock.move(HOUR);
  await compare(paused);
  clock.move(DAY);
  const inThePause = execute('In the pause', { created: at(-1), lastUpdated: at(0) });
  clock.move(DAY);
  await compare(paused);
  for (let hour = 0; hour < 3; hour += 1) {
    clock.move(HOUR);
    await compare();
  }
  expect((await missing())?.reasons).not.toContain(inThePause.id);
  const { progress } = (await reconciliationOf(core.db, 'prod')) ?? {};
  expect(progress).toContain('"doubts":[]');
});

test('a webhook that was deleted is not expected to announce anything until another one does', async () => {
  const { compare, execute, missing, clock, core, environment, deliver } = await openWorld();
  const url = environment('prod').webhooks?.url ?? '';
  const row = {
    environment: 'prod',
    origin: 'created' as const,
    title: 'Envcheck',
    url,
    activities: ['CONTRACT_EXECUTED'],
    headerNames: [],
    registeredAt: clock.now() - 5 * DAY,
  };
  await inTransaction(core.db, (transaction) =>
    insertRegistration(transaction, { ...row, webhookId: 1, state: 'deleted', deletedAt: clock.now() - DAY }),
  );
  execute('Silent');
  const { notWatched } = await compare();
  expect(await missing()).toBeUndefined();
  expect(notWatched).toContain(
    'missing events: no delivery shows yet that a webhook announces CONTRACT_EXECUTED',
  );
  deliver(1);
  clock.move(5 * HOUR);
  const later = execute('Later', { created: new Date(clock.now() - 3 * HOUR).toISOString() });
  await compare();
  expect((await missing())?.reasons).toEqual([later.id]);
});

test('deliveries that usually come late, or clocks that differ, delay the comparison', async () => {
  const { compare, execute, deliver, missing, clock } = await openWorld();
  for (let count = 0; count < 21; count += 1)
    deliver(50_000 + count, 'CONTRACT_EXECUTED', clock.now() - 3 * HOUR);
  clock.move(2 * DAY);
  await compare();
  const silent = execute('Silent');
  clock.move(HOUR);
  await compare();
  expect(await missing()).toBeUndefined();
  clock.move(2 * HOUR);
  await compare();
  expect((await missing())?.reasons).toEqual([silent.id]);
});

test('a contract_id of T-… in an event is read, and the two environments are kept apart', async () => {
  const { compare, execute, deliver, missing } = await openWorld();
  const [composite, other, number] = ['Composite', 'Other environment', 'Number'].map((name) =>
    execute(name),
  ) as [Executed, Executed, Executed];
  deliver(composite.id);
  deliver(other.internalId, 'CONTRACT_EXECUTED', null, 'uat');
  deliver(` ${number.internalId} `);
  await compare();
  expect((await missing())?.reasons).toEqual([other.id]);
});

test('self says when the contracts were compared, how many there were, and with what result', async () => {
  const { compare, execute, core, config, clock } = await openWorld();
  const text = async (name: string) => {
    const { comparisons } = await readBotHealth(core, config);
    const own = comparisons.find(({ environment }) => environment === name);
    return comparisonText(own as NonNullable<typeof own>, clock.now());
  };
  expect(await text('prod')).toBe('not yet');
  expect(await text('uat')).toBe('never: `webhooks.activities` does not name CONTRACT_EXECUTED');
  await compare();
  clock.move(5 * 60_000);
  expect(await text('prod')).toBe('5 min ago, 0 executed contracts changed in SpotDraft; none is missing');
  execute('Silent', { lastUpdated: new Date(clock.now()).toISOString() });
  clock.move(2 * HOUR);
  await compare();
  clock.move(12 * 60_000);
  expect(await text('prod')).toBe(
    '12 min ago, 1 executed contract changed in SpotDraft; 1 contract without CONTRACT_EXECUTED',
  );
});

test('a comparison whose process was killed begins again within minutes, and one that ended waits for the hour', async () => {
  const { compare, execute, reads, clock, core } = await openWorld();
  execute('Silent');
  expect(await claimReconciliation(core.db, 'prod', clock.now())).not.toBeNull();
  await compare();
  expect(reads()).toBe(0);
  clock.move(6 * MINUTE);
  await compare();
  const once = reads();
  expect(once).toBeGreaterThan(0);
  clock.move(6 * MINUTE);
  await compare();
  expect(reads()).toBe(once);
});

test.each([
  ['an hour', HOUR],
  ['a day', DAY],
  ['100 days', 100 * DAY],
])('contracts are compared soon after the clock was %s ahead for one comparison', async (_how, ahead) => {
  const { compare, execute, clock, missing } = await openWorld();
  await compare();
  clock.move(ahead);
  await compare();
  clock.move(-ahead);
  // Nothing ran for a while.
  const pause = Math.min(2 * DAY, 0.9 * ahead);
  clock.move(pause);
  execute('Silent', { lastUpdated: new Date(clock.now() - 0.6 * pause).toISOString() });
  await compare();
  expect(await missing()).toBeDefined();
});
