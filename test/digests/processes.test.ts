import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ReportSchedule } from '../../src/config/config.ts';
import { fireTimes } from '../../src/digests/schedule/fire-times.ts';
import { long } from '../long.ts';
import { fileClock } from './outbox/process-parts.ts';
import { GENERAL, openTestOutbox } from './outbox/test-outbox.ts';

const script = fileURLToPath(new URL('./reporting-process.ts', import.meta.url));
const DAY = 86_400_000;

const report = (name: string, cron: string, timezone: string): ReportSchedule => ({
  name,
  cron,
  timezone,
  channel: GENERAL,
  environments: [],
  sections: ['readiness'],
  when: 'always',
});

async function openDatabaseForProcesses(startsAt: number, reports: ReportSchedule[]) {
  const folder = join(import.meta.dirname, '../..');
  const outbox = await openTestOutbox({ clock: { now: () => clock.now() } });
  const clockFile = join(outbox.file, '../clock');
  const moveTo = (at: number) => {
    // Renaming replaces the file in one step: no process reads half a number.
    writeFileSync(`${clockFile}.new`, String(at - Date.now()));
    renameSync(`${clockFile}.new`, clockFile);
  };
  moveTo(startsAt);
  const clock = fileClock(clockFile);
  const { slack, file, db } = outbox;
  return {
    ...outbox,
    moveTo,
    async start(more: { dies?: boolean } = {}): Promise<ChildProcess> {
      const child = spawn(process.execPath, [script], { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
      onTestFinished(() => void child.kill('SIGKILL'));
      child.stdin?.end(
        JSON.stringify({
          file,
          apiUrl: slack.apiUrl,
          token: slack.botToken,
          clockFile,
          reports,
          dies: false,
          ...more,
        }),
      );
      await once(child.stdout as NodeJS.ReadableStream, 'data');
      return child;
    },
    /** Resolves when a process has stored every report, so that fire times count from here on. */
    scheduled: () =>
      vi.waitFor(async () =>
        expect(await db.selectFrom('report_schedules').select('report').execute()).toHaveLength(
          reports.length,
        ),
      ),
    /** Resolves when this many runs have ended and no message waits. */
    async settled(runs: number): Promise<void> {
      for (let tries = 0; tries < 1_500; tries += 1) {
        const over = await db
          .selectFrom('report_runs')
          .select('report')
          .where('ended_at', 'is not', null)
          .execute();
        const waiting = await db.selectFrom('outbox').select('id').where('state', '=', 'waiting').execute();
        if (over.length >= runs && waiting.length === 0) return;
        await sleep(10);
      }
      const [open, waiting] = [
        await db.selectFrom('report_runs').selectAll().where('ended_at', 'is', null).execute(),
        await db
          .selectFrom('outbox')
          .select(['key', 'owner', 'attempts', 'due_at', 'error'])
          .where('state', '=', 'waiting')
          .execute(),
      ];
      throw new Error(`not settled at ${clock.now()}: ${JSON.stringify({ runs, open, waiting })}`);
    },
  };
}

describe('three processes on one database', () => {
  it('post each fire time of two reports exactly once', { timeout: 240_000 }, async () => {
    // Summer time ends in New York at 06:00 UTC on 1 November.
    let at = Date.parse('2026-10-31T22:10:00Z');
    const count = long ? 200 : 24;
    const reports = [
      report('hourly', '0 * * * *', 'America/New_York'),
      report('quarter', '15 */2 * * *', 'Australia/Adelaide'),
    ];
    const { start, scheduled, moveTo, settled, texts } = await openDatabaseForProcesses(at, reports);
    await Promise.all([start(), start(), start()]);
    await scheduled();
    const times = reports.map(fireTimes);
    const expected: string[] = [];
    while (expected.length < count) {
      const next = Math.min(...times.map((each) => each.after(at) ?? Number.POSITIVE_INFINITY));
      for (const [index, each] of times.entries())
        if (each.upTo(next) === next)
          expected.push(`${reports[index]?.name} ${new Date(next).toISOString()}`);
      moveTo(next);
      await settled(expected.length);
      at = next;
    }
    const posted = texts().map((text) => text.split(' ').slice(0, 2).join(' '));
    expect(posted.toSorted()).toEqual(expected.toSorted());
    expect(texts().filter((text) => text.includes(' late '))).toEqual([]);
  });

  it('make at once the report of a process that was killed while making it', async () => {
    const at = Date.parse('2026-11-24T08:59:00Z');
    const { start, scheduled, moveTo, settled, texts } = await openDatabaseForProcesses(at, [
      report('morning', '0 9 * * *', 'UTC'),
    ]);
    const dying = await start({ dies: true });
    await scheduled();
    moveTo(at + 60_000);
    await once(dying, 'exit');
    await Promise.all([start(), start()]);
    await settled(1);
    expect(texts()).toEqual(['morning 2026-11-24T09:00:00.000Z on time first']);
  });
});

describe('a process that was down for two days', () => {
  it('posts one late digest per report and then continues on time', async () => {
    const at = Date.parse('2026-11-20T12:00:00Z');
    const reports = [report('morning', '0 9 * * *', 'UTC'), report('evening', '0 18 * * *', 'UTC')];
    const { start, scheduled, moveTo, settled, texts } = await openDatabaseForProcesses(at, reports);
    const before = await start();
    await scheduled();
    moveTo(Date.parse('2026-11-20T18:00:00Z'));
    await settled(1);
    moveTo(Date.parse('2026-11-21T09:00:00Z'));
    await settled(2);
    before.kill('SIGKILL');
    await once(before, 'exit');
    moveTo(Date.parse('2026-11-21T09:00:00Z') + 2.25 * DAY);
    await start();
    await settled(4);
    moveTo(Date.parse('2026-11-23T18:00:00Z'));
    await settled(5);
    moveTo(Date.parse('2026-11-24T09:00:00Z'));
    await settled(6);
    expect(texts().slice(2, 4).toSorted()).toEqual([
      'evening 2026-11-22T18:00:00.000Z late since 2026-11-20T18:00',
      'morning 2026-11-23T09:00:00.000Z late since 2026-11-21T09:00',
    ]);
    expect(texts()).toEqual([
      'evening 2026-11-20T18:00:00.000Z on time first',
      'morning 2026-11-21T09:00:00.000Z on time first',
      // These two are made at the same time, in any order.
      ...texts().slice(2, 4),
      'evening 2026-11-23T18:00:00.000Z on time since 2026-11-23T15:00',
      'morning 2026-11-24T09:00:00.000Z on time since 2026-11-23T15:00',
    ]);
  });
});
