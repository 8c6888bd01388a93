import { expect, test } from 'vitest';
import { afterPage, beginLook } from '../../../src/events/failures/continue-look.ts';
import type { ListedContract } from '../../../src/events/failures/contract-match.ts';
import { judgeMissing } from '../../../src/events/failures/judge-missing.ts';
import { receivingSince } from '../../../src/events/failures/reconcile.ts';
import type { KnownEvent } from '../../../src/store/contract-events.ts';
import type { Look } from '../../../src/store/reconciliations.ts';
import fc, { runs as runsOf } from '../../fast-check.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 10, 1);
const NOW = START + 20 * DAY;
const runs = { numRuns: runsOf(300) };

/** The history of a contract, in hours since the start. Numbers are few, so that those of different contracts coincide. */
const history = fc.record({
  link: fc.integer({ min: 1, max: 12 }),
  composite: fc.integer({ min: 1, max: 12 }),
  reference: fc.option(fc.constantFrom('SF-1', 'SF-2'), { nil: null }),
  created: fc.integer({ min: -400, max: 400 }),
  life: fc.integer({ min: 0, max: 500 }),
  isUploaded: fc.boolean(),
  signed: fc.option(fc.integer({ min: 0, max: 200 }), { nil: null }),
  /** Hours until the event arrived; null: it was lost. */
  arrives: fc.option(fc.integer({ min: 0, max: 100 }), { nil: null }),
});

test('no history raises a false alarm, and no missed event goes without a word', () => {
  let found = 0;
  const world = fc.record({
    contracts: fc.uniqueArray(history, { maxLength: 8, selector: ({ link }) => link }),
    subscribed: fc.integer({ min: 0, max: 300 }),
    expected: fc.integer({ min: 0, max: 400 }),
    unread: fc.constantFrom(0, 0, 0, 1),
  });
  fc.assert(
    fc.property(world, ({ contracts, subscribed, expected, unread }) => {
      const at = (hours: number) => START + hours * HOUR;
      const known = new Map<string, KnownEvent[]>();
      const executedAt: number[] = [];
      const announced = new Set<unknown>();
      for (const each of contracts) {
        const executed = each.created + each.life;
        const put = (activity: string, occurredAt: number, arrived: number) => {
          if (arrived > NOW) return;
          const event = { activity, at: arrived, occurredAt, names: [`contract ${each.link}`] };
          for (const key of [`contract ${each.link}`, `reference ${each.reference}`])
            known.set(key, [...(known.get(key) ?? []), event]);
        };
        const { signed, arrives } = each;
        // A signature from before the log may arrive in it late.
        if (signed !== null) put('CONTRACT_SIGNED', at(executed - signed), Math.max(START, at(executed)));
        if (each.isUploaded || arrives === null || executed < subscribed || at(executed) > NOW) continue;
        put('CONTRACT_EXECUTED', at(executed), at(executed + arrives));
        if (at(executed + arrives) > NOW) continue;
        executedAt.push(at(executed + arrives));
        announced.add(each);
      }
      const baseline = receivingSince({
        completeSince: 0,
        expectedSince: at(expected),
        registeredAt: [at(subscribed)],
        firstExecuted: executedAt.length > 0 ? Math.min(...executedAt) : null,
        firstEvent: START,
      });
      if (baseline === null) throw new Error('a webhook was registered');
      const executed = contracts.filter(({ created, life }) => at(created + life) <= NOW - HOUR);
      const idOf = ({ composite, link }: (typeof contracts)[number]) =>
        `T-${composite}${'ABCDEFGHIJKLM'[link]}`;
      const idsOf = (own: typeof contracts) => ({ ids: own.map(idOf), isWhole: true });
      const judged = judgeMissing({
        contracts: executed.map(
          (each): ListedContract => ({
            id: idOf(each),
            link: `https://app.spotdraft.com/contracts/v2/${each.link}`,
            referenceId: each.reference,
            status: 'EXECUTED',
            created: new Date(at(each.created)).toISOString(),
          }),
        ),
        executedSince: idsOf(
          executed.filter(
            ({ created, life, isUploaded }) => !isUploaded && at(created + life) >= baseline + 2 * DAY,
          ),
        ),
        drawnUp: idsOf(executed.filter(({ isUploaded }) => !isUploaded)),
        uploaded: null,
        baseline,
        known,
        numbering: 'link',
        announced: 0,
        unread,
      });
      const missed = executed.filter((each) => !each.isUploaded && !announced.has(each));
      const alarms = judged.missing.map(({ contract }) => contract);
      for (const id of alarms) {
        const own = missed.find((each) => idOf(each) === id);
        expect(own, `${id} is no miss`).toBeDefined();
        // The config may expect the activity before somebody subscribes to it.
        const executedAfter = Math.min(subscribed, expected);
        expect((own?.created ?? 0) + (own?.life ?? 0)).toBeGreaterThanOrEqual(executedAfter);
      }
      const named = [...alarms, ...judged.undated, ...judged.doubts.map(({ contract }) => contract)];
      for (const each of missed) expect(named).toContain(idOf(each));
      if (unread > 0) expect(alarms).toEqual([]);
      found += alarms.length;
    }),
    runs,
  );
  expect(found).toBeGreaterThan(runs.numRuns / 10);
});

test('every contract that stays in the list is seen before a look ends, whatever leaves it and whatever its page size', () => {
  const world = fc.record({
    count: fc.integer({ min: 0, max: 60 }),
    limit: fc.integer({ min: 1, max: 9 }),
    leaves: fc.array(fc.array(fc.nat(59), { maxLength: 3 }), { maxLength: 40 }),
  });
  fc.assert(
    fc.property(world, ({ count, limit, leaves }) => {
      let list = Array.from({ length: count }, (_, index) => `T-${index}`);
      const seen = new Set<string>();
      let look: Look | null = beginLook(0, 1);
      for (let read = 0; look; read += 1) {
        if (read > 200) throw new Error('the look does not end');
        const ids = list.slice((look.page - 1) * limit, look.page * limit);
        for (const id of ids) seen.add(id);
        look = afterPage(look, { total: list.length, limit, ids });
        const gone = new Set((leaves[read] ?? []).map((index) => `T-${index}`));
        if (look) list = list.filter((id) => !gone.has(id));
      }
      expect(list.filter((id) => !seen.has(id))).toEqual([]);
    }),
    runs,
  );
});
