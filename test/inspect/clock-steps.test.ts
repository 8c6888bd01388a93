import { expect, test } from 'vitest';
import { startWatch } from '../../src/inspect/watch-environments.ts';
import { idsOf, startStand } from '../environment.ts';
import { remove, template } from '../readiness/northwind.ts';
import { movableClock } from '../time/movable-clock.ts';

const HOUR_MS = 3_600_000;
const nothing = () => {};

test('a report from a clock that was ahead is not shown again once the clock is right', async () => {
  const clock = movableClock();
  const stand = await startStand({ overrides: { clock } });
  clock.move(2 * HOUR_MS);
  const prod = stand.environment('prod');
  const ahead = await stand.core.checker.check(prod, { fresh: false, onProgress: nothing });
  expect(ahead.verdict).toBe('ready');
  clock.move(-2 * HOUR_MS);
  remove(stand.prod.templates, ({ id }) => id === template(stand.prod).id);
  for (const later of [10_000, HOUR_MS, HOUR_MS - 20_000]) {
    clock.move(later);
    const report = await stand.core.checker.check(prod, { fresh: false, onProgress: nothing });
    expect([report.verdict, idsOf(report, 'fail')]).toEqual(['not_ready', ['config.templates']]);
  }
  // The time at which the report from the wrong clock looks new is just over.
  expect((await stand.core.checker.newest(prod))?.verdict).toBe('not_ready');
});

test('the regular checks go on after the clock was set back', async () => {
  const clock = movableClock();
  const stand = await startStand({ overrides: { clock } });
  const { checker, drift, db, logger } = stand.core;
  const prod = stand.environment('prod');
  clock.move(100 * 24 * HOUR_MS);
  const ahead = await checker.check(prod, { fresh: true, onProgress: nothing });
  clock.move(-100 * 24 * HOUR_MS);
  const watch = startWatch(
    { config: stand.config, db, checker, drift, clock, logger, otherDueWork: async () => {} },
    HOUR_MS,
  );
  await watch.runDue();
  await watch.stop();
  const newest = await checker.newest(prod);
  expect(newest?.id).not.toBe(ahead.id);
  expect(newest?.checkedAt).toBe(clock.now());
});
