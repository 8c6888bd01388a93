import { expect, test } from 'vitest';
import { createContract } from '../../../sandbox/spotdraft/create-records.ts';
import { noticeMissingEvents } from '../../../src/digests/notices/missing-events.ts';
import type { FailureOverview } from '../../../src/events/failures/read-failures.ts';
import { GRACE_MS, reconcileDue } from '../../../src/events/failures/reconcile.ts';
import { prepareDelivery } from '../../../src/events/log/prepare-delivery.ts';
import { slackPresenter } from '../../../src/slack/blocks/digest-presenter.ts';
import { openEventLogWriter } from '../../../src/store/event-log.ts';
import { unpack } from '../../../src/store/packed-json.ts';
import { type Stand, startStand } from '../../environment.ts';
import { type MovableClock, movableClock } from '../../time/movable-clock.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface World extends Stand {
  clock: MovableClock;
  /** Compares what is due and returns the failures of production. */
  compare(): Promise<FailureOverview>;
  missing(): Promise<FailureOverview['groups'][number] | undefined>;
  execute(
    name: string,
    more?: Partial<Parameters<typeof createContract>[1]>,
  ): { id: string; internalId: number };
  deliver(contract: number, activity?: string): void;
  reads(): number;
  announced(): Promise<string[]>;
}

/** Production whose first delivery arrived ten days ago. */
async function openWorld(activities = ['CONTRACT_CREATED', 'CONTRACT_EXECUTED']): Promise<World> {
  const clock = movableClock();
  const stand = await startStand({
    overrides: { clock },
    prepare: ({ prod }) => {
      prod.contracts = [];
    },
    log: { at: clock.now() - 10 * DAY },
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
    async compare() {
      const dependencies = { ...core, config };
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
    deliver(contract, activity = 'CONTRACT_EXECUTED') {
      const log = openEventLogWriter(config.database);
      log.write([
        prepareDelivery(
          {
            environment: 'prod',
            receivedAt: clock.now(),
            requestId: `request-${contract}`,
            source: '127.0.0.1',
            rejection: null,
            signedWith: null,
            headerEventId: null,
            body: Buffer.from(JSON.stringify({ activity, contract_id: contract })),
          },
          { payloads: 'redacted', eventIdFields: {} },
        ),
      ]);
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
  const { compare, execute, reads, announced } = await openWorld(['CONTRACT_CREATED']);
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
    const delivery = {
      environment: 'prod',
      receivedAt: clock.now(),
      requestId: 'request-both',
      signedWith: null,
      source: '127.0.0.1',
      rejection: null,
      headerEventId: null,
      body: Buffer.from(JSON.stringify(body)),
    };
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
