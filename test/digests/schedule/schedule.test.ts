import { setTimeout } from 'node:timers/promises';
import pino from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { createCronJobs, createSchedule } from '../../../src/digests/schedule/schedule.ts';
import type {
  MakeReport,
  ReportRun,
  ScheduledReport,
} from '../../../src/digests/schedule/scheduled-report.ts';
import { slackPresenter } from '../../../src/slack/blocks/digest-presenter.ts';
import { textMessage } from '../outbox/process-parts.ts';
import { GENERAL, openTestOutbox, START } from '../outbox/test-outbox.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const HALF_MINUTE = MINUTE / 2;

const daily: ScheduledReport = {
  id: 'config:morning',
  name: 'morning',
  // One hour after START.
  cron: '0 9 * * *',
  timezone: 'UTC',
  channel: GENERAL,
  environments: ['prod'],
  sections: ['readiness'],
  when: 'changed',
  origin: 'config',
};

async function openSchedule(makeReport: MakeReport, reports: () => ScheduledReport[] = () => [daily]) {
  const office = await openTestOutbox();
  const { db, clock } = office;
  const logged: Record<string, unknown>[] = [];
  const logger = pino({}, { write: (line: string) => void logged.push(JSON.parse(line)) });
  const another = () =>
    createSchedule({
      db,
      clock,
      logger,
      reports: async () => reports(),
      makeReport,
      presenter: slackPresenter,
      tickMs: 20,
    });
  const schedule = another();
  await schedule.tick();
  return {
    ...office,
    logged,
    schedule,
    another,
    /** Ticks every `stepMs` of the clock for `ms`. */
    async pass(ms: number, stepMs = 10 * MINUTE) {
      for (let passed = 0; passed < ms; passed += stepMs) {
        clock.advance(stepMs);
        await schedule.tick();
      }
    },
    runs: () => db.selectFrom('report_runs').selectAll().orderBy('fired_for').execute(),
    enqueued: () => db.selectFrom('outbox').select(['key', 'channel']).orderBy('seq').execute(),
  };
}

const posting =
  (made: ReportRun[]): MakeReport =>
  async (run) => {
    made.push(run);
    const key = `${run.report.id} ${run.firedFor}`;
    return [{ channel: run.report.channel, key, kind: 'post', message: textMessage(key) }];
  };

describe('the schedule', () => {
  it('makes a report at its fire times only, and passes the time of the previous run', async () => {
    const made: ReportRun[] = [];
    const { pass } = await openSchedule(posting(made));
    await pass(49 * HOUR);
    expect(
      made.map(({ firedFor, late, previousRun }) => [
        firedFor - START,
        late,
        previousRun && previousRun - START,
      ]),
    ).toEqual([
      [HOUR, false, null],
      [25 * HOUR, false, HOUR],
      [49 * HOUR, false, 25 * HOUR],
    ]);
  });

  it('records a run without changes, posts nothing, and counts it as the previous run', async () => {
    const made: ReportRun[] = [];
    const { pass, runs, enqueued } = await openSchedule(async (run) => {
      made.push(run);
      return 'nothing changed';
    });
    await pass(25 * HOUR);
    expect((await runs()).map(({ state }) => state)).toEqual(['quiet', 'quiet']);
    expect(await enqueued()).toEqual([]);
    expect(made[1]?.previousRun).toBe(START + HOUR);
  });

  it.each([
    ['two hours', 2 * HOUR],
    ['a day', 25 * HOUR],
    ['100 days', 100 * 24 * HOUR],
  ])(
    'reports again at the right time after a clock that was %s ahead, in the same process and in a new one',
    async (_, ahead) => {
      for (const restarts of [false, true]) {
        const made: ReportRun[] = [];
        const { schedule, another, clock, enqueued } = await openSchedule(posting(made));
        clock.advance(ahead);
        await schedule.tick();
        expect(made).toHaveLength(1);
        clock.advance(-ahead);
        const now = restarts ? another() : schedule;
        await now.tick();
        for (let passed = 0; passed < 49 * HOUR; passed += 10 * MINUTE) {
          clock.advance(10 * MINUTE);
          await now.tick();
        }
        const after = made
          .slice(1)
          .map(({ firedFor, previousRun }) => [
            firedFor - START,
            previousRun !== null && previousRun > START + 49 * HOUR,
          ]);
        expect(after).toEqual([HOUR, 25 * HOUR, 49 * HOUR].map((at) => [at, false]));
        expect(await enqueued()).toHaveLength(4);
      }
    },
  );

  it('reports once about an occasion that a clock a few minutes ahead had reached', async () => {
    const made: ReportRun[] = [];
    const { schedule, clock, pass } = await openSchedule(posting(made));
    await pass(HOUR);
    clock.advance(-20 * MINUTE);
    await schedule.tick();
    await pass(HOUR);
    expect(made).toHaveLength(1);
  });

  it('goes on within minutes with a report of each minute after a clock that was half an hour ahead', async () => {
    const made: ReportRun[] = [];
    const { pass, clock } = await openSchedule(posting(made), () => [{ ...daily, cron: '* * * * *' }]);
    await pass(30 * MINUTE, MINUTE);
    clock.advance(-30 * MINUTE);
    const before = made.length;
    await pass(5 * MINUTE, MINUTE);
    expect(made.length - before).toBeGreaterThanOrEqual(4);
  });

  it('attempts a failing report five times and then says so in its channel', async () => {
    let tries = 0;
    const { pass, runs, enqueued, logged } = await openSchedule(async () => {
      tries += 1;
      throw new Error('the workspace is on fire');
    });
    await pass(HOUR, HALF_MINUTE);
    expect(tries).toBe(1);
    await pass(HOUR, HALF_MINUTE);
    expect(tries).toBe(5);
    const [run] = await runs();
    expect(run).toMatchObject({ state: 'failed', attempts: 5, error: expect.stringMatching(/^err_/) });
    expect(await enqueued()).toEqual([{ channel: GENERAL, key: expect.stringMatching(/failed$/) }]);
    expect(logged).toContainEqual(expect.objectContaining({ token: run?.error, level: 50 }));
  });

  it.each([
    ['at once', 0],
    ['after two kills', 2],
    ['after nine kills', 9],
    ['never, when every process is killed by it', 1_000],
  ])('a report in a loop of crashes is made %s', async (_when, kills) => {
    let begun = 0;
    const { another, clock, enqueued, runs } = await openSchedule(async (run) => {
      begun += 1;
      // A killed process neither ends nor renews its claim.
      if (begun <= kills) return new Promise(() => {});
      return [{ channel: GENERAL, key: `${run.firedFor}`, kind: 'post', message: textMessage('made') }];
    });
    clock.advance(HOUR);
    for (let starts = 0; starts < 40; starts += 1) {
      void another().tick();
      await vi.waitFor(async () => expect((await runs())[0]?.free_at).not.toBe(clock.now()), { interval: 1 });
      await setTimeout(5);
      clock.advance(MINUTE);
    }
    const isMade = kills < 1_000;
    expect(begun).toBe(isMade ? kills + 1 : 10);
    expect((await runs())[0]?.state).toBe(isMade ? 'posted' : 'failed');
    expect(await enqueued()).toHaveLength(1);
  });

  it('posts a report that succeeds at the third attempt once', async () => {
    let tries = 0;
    const made: ReportRun[] = [];
    const { pass, enqueued } = await openSchedule(async (run) => {
      tries += 1;
      if (tries < 3) throw new Error('not yet');
      return posting(made)(run);
    });
    await pass(1.5 * HOUR, HALF_MINUTE);
    expect(await enqueued()).toHaveLength(1);
    expect(made).toEqual([expect.objectContaining({ firedFor: START + HOUR, late: true })]);
  });

  it('discards the messages of a process whose run another process has taken over', async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const made: ReportRun[] = [];
    const { schedule, another, clock, enqueued } = await openSchedule(async (run) => {
      const which = made.push(run) - 1;
      await gates[which]?.promise;
      const key = `made by ${which}`;
      return [{ channel: run.report.channel, key, kind: 'post', message: textMessage(key) }];
    });
    clock.advance(HOUR);
    const first = schedule.tick();
    await vi.waitFor(() => expect(made).toHaveLength(1));
    clock.advance(3 * MINUTE);
    const second = another().tick();
    await vi.waitFor(() => expect(made).toHaveLength(2));
    gates[0]?.resolve();
    await first;
    expect(await enqueued()).toEqual([]);
    gates[1]?.resolve();
    await second;
    expect(await enqueued()).toEqual([{ channel: GENERAL, key: 'made by 1' }]);
  });

  it('does not make up for fire times from before a report existed or was rescheduled', async () => {
    const made: ReportRun[] = [];
    let reports: ScheduledReport[] = [];
    const { pass, clock, another } = await openSchedule(posting(made), () => reports);
    await pass(2 * HOUR);
    reports = [daily];
    await another().tick();
    expect(made).toEqual([]);
    // A day later: no process ran at the old time, and the new time has passed as well.
    clock.advance(24 * HOUR);
    reports = [{ ...daily, cron: '30 8 * * *' }];
    await another().tick();
    expect(made).toEqual([]);
  });

  it('covers missed fire times by one late run, for the last of them', async () => {
    const made: ReportRun[] = [];
    const { pass, clock, another, runs } = await openSchedule(posting(made));
    await pass(HOUR);
    clock.advance(72 * HOUR + 5 * MINUTE);
    await Promise.all([another().tick(), another().tick()]);
    expect(made.map(({ firedFor, late }) => [firedFor - START, late])).toEqual([
      [HOUR, false],
      [73 * HOUR, true],
    ]);
    expect(await runs()).toHaveLength(2);
  });
});

describe('two processes with different configs', () => {
  const at = (cron: string, changes: Partial<ScheduledReport> = {}) => ({ ...daily, cron, ...changes });

  /** Two processes tick every minute from 8:00 on; the newer one starts at `newStart`. Returns when runs were made for. */
  async function rolling(
    [older, newer]: [ScheduledReport[], ScheduledReport[]],
    { newStart, until = START + 2.5 * HOUR }: { newStart: number; until?: number },
  ): Promise<string[]> {
    const made: ReportRun[] = [];
    let isOld = true;
    const { clock, schedule, another } = await openSchedule(posting(made), () => (isOld ? older : newer));
    let second: ReturnType<typeof another> | null = null;
    while (clock.now() < until) {
      clock.advance(MINUTE);
      isOld = true;
      await schedule.tick();
      isOld = false;
      if (clock.now() >= newStart) {
        second ??= another();
        await second.tick();
      }
    }
    return made.map(({ firedFor }) => new Date(firedFor).toISOString().slice(11, 16));
  }

  it.each<[string, string, string, number, string[]]>([
    ['before both times', '0 9 * * *', '5 9 * * *', 50, ['09:05']],
    ['between them, after the earlier one fired', '0 9 * * *', '5 9 * * *', 62, ['09:00']],
    ['before both, to an earlier time', '5 9 * * *', '0 9 * * *', 50, ['09:00']],
    ['between them, to an earlier time', '5 9 * * *', '0 9 * * *', 62, ['09:00']],
    ['after both', '0 9 * * *', '5 9 * * *', 70, ['09:00']],
    ['to another time of the day', '0 9 * * *', '0 12 * * *', 70, ['09:00', '12:00']],
    ['to other days at the same time', '0 9 * * *', '0 9 * * 1-5', 50, ['09:00']],
  ])('fire a report that changed %s exactly once', async (_when, before, after, minutes, fired) => {
    const times = await rolling([[at(before)], [at(after)]], {
      newStart: START + minutes * MINUTE,
      until: START + 5 * HOUR,
    });
    expect(times).toEqual(fired);
  });

  it.each<[string, string, string, 'stops' | 'is killed', number[], number[]]>([
    ['stopped before both times', '0 9 * * *', '20 11 * * *', 'stops', [30, 40], [9, 33]],
    ['was killed before both times', '0 9 * * *', '20 11 * * *', 'is killed', [30, 40], [9, 33]],
    ['stopped after its own time', '0 9 * * *', '30 8 * * *', 'stops', [20, 40], [8.5, 9, 33]],
    ['had another weekday', '0 9 * * *', '0 9 * * 1', 'is killed', [10, 600], [9, 33]],
    ['had another time zone', '0 9 * * *', '0 9 * * *', 'stops', [10, 600], [9, 33]],
  ])('go on when the newer one %s', async (how, before, after, end, [from = 0, to = 0], expected) => {
    const made: ReportRun[] = [];
    let isOld = true;
    const changed = at(after, { timezone: how.includes('zone') ? 'Pacific/Apia' : 'UTC' });
    const { clock, schedule, another } = await openSchedule(posting(made), () => [
      isOld ? at(before) : changed,
    ]);
    const newer = another();
    for (let minutes = 0; minutes < 49 * 60; minutes += minutes < to ? 1 : 10) {
      isOld = false;
      if (minutes >= from && minutes < to) await newer.tick();
      if (minutes === to && end === 'stops') await newer.stop();
      isOld = true;
      await schedule.tick();
      clock.advance((minutes < to ? 1 : 10) * MINUTE);
    }
    expect(made.map(({ firedFor }) => (firedFor - START) / HOUR + 8)).toEqual(expected);
  });

  it('leave a report to the one that has it', async () => {
    const added = at('30 9 * * *', { id: 'config:added' });
    const newStart = START + 50 * MINUTE;
    expect(await rolling([[daily], [daily, added]], { newStart })).toEqual(['09:00', '09:30']);
    // The older one still has the other report.
    expect(await rolling([[daily], [added]], { newStart })).toEqual(['09:00', '09:30']);
  });

  it('leave a run that waits for its next attempt to the one that has the report', async () => {
    const added = at('0 9 * * *', { id: 'config:added' });
    let attempts = 0;
    let reports: ScheduledReport[] = [];
    const { clock, schedule, another, runs } = await openSchedule(
      async () => {
        attempts += 1;
        if (attempts === 1) throw new Error('not yet');
        return 'nothing changed';
      },
      () => reports,
    );
    const newer = another();
    for (let minutes = 0; minutes < 65; minutes += 1) {
      clock.advance(MINUTE);
      reports = [];
      await schedule.tick();
      reports = [added];
      await newer.tick();
    }
    expect(attempts).toBe(2);
    expect(await runs()).toMatchObject([{ report: 'config:added', state: 'quiet' }]);
  });
});

it('a report that is put back does not make up for the time without it', async () => {
  const made: ReportRun[] = [];
  let reports = [daily];
  const { clock, pass, another } = await openSchedule(posting(made), () => reports);
  await pass(HOUR);
  reports = [];
  await another().tick();
  clock.advance(30 * HOUR);
  reports = [daily];
  const back = another();
  await back.tick();
  expect(made).toHaveLength(1);
  clock.advance(18 * HOUR);
  await back.tick();
  expect(made.map(({ firedFor, late }) => [(firedFor - START) / HOUR, late])).toEqual([
    [1, false],
    [49, false],
  ]);
  // Within one process, as a subscription does.
  reports = [];
  await back.tick();
  clock.advance(30 * HOUR);
  reports = [daily];
  await back.tick();
  expect(made).toHaveLength(2);
});

it('ten thousand subscriptions are ready within two seconds and 150 MB', async () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'UTC'];
  const many = Array.from({ length: 10_000 }, (_, index) => {
    const minute = (index * 7) % 1_440;
    return {
      ...daily,
      id: `sub_${index}`,
      cron: `${minute % 60} ${Math.floor(minute / 60)} * * ${index % 2 ? '1-5' : '*'}`,
      timezone: zones[index % zones.length] as string,
    };
  });
  const made: ReportRun[] = [];
  let reports: ScheduledReport[] = [];
  const { clock, another } = await openSchedule(posting(made), () => reports);
  reports = many;
  const memory = process.memoryUsage().rss;
  const began = process.cpuUsage();
  const schedule = another();
  const jobs = createCronJobs(() => {}, pino({ level: 'silent' }));
  jobs.set(many);
  await schedule.tick();
  const { user, system } = process.cpuUsage(began);
  await jobs.stop();
  expect((user + system) / 1_000).toBeLessThan(2_000);
  expect((process.memoryUsage().rss - memory) / 1e6).toBeLessThan(150);
  clock.advance(MINUTE);
  await schedule.tick();
  expect(made.every(({ firedFor }) => firedFor === START + MINUTE)).toBe(true);
  expect(made.length).toBeGreaterThan(3);
});
