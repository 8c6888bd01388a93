import { expect, it } from 'vitest';
import { seededMistakes } from '../../sandbox/spotdraft/mistakes.ts';
import { DAY_MS, HOUR_MS } from '../../src/time/units.ts';
import { checksOf, startStand } from '../environment.ts';
import { runningClock } from '../time/movable-clock.ts';

const steps: [name: string, ms: number][] = [
  ['an hour back', -HOUR_MS],
  ['an hour forward', HOUR_MS],
  ['a day back', -DAY_MS],
  ['a day forward', DAY_MS],
  ['100 days back', -100 * DAY_MS],
  ['100 days forward', 100 * DAY_MS],
];

it.each(steps)(
  'a report from before the clock went %s is not the answer to a change after it',
  async (_, ms) => {
    const clock = runningClock();
    const { core, environment, prod } = await startStand({ overrides: { clock } });
    const ask = () => core.checker.check(environment('prod'), { fresh: false, onProgress: () => {} });
    const before = await ask();
    seededMistakes.missingTemplate.introduce(prod);
    clock.move(ms);
    const after = await ask();
    expect(after.id).not.toBe(before.id);
    const templates = checksOf(after).find(({ id }) => id === 'config.templates');
    expect(templates?.status).toBe('fail');
  },
);

it.each(steps)(
  'a clock that goes %s during a check changes no finding about the workspace',
  async (_, ms) => {
    const clock = runningClock();
    const { check, prod } = await startStand({ overrides: { clock } });
    seededMistakes.unpublishedWorkflow.introduce(prod);
    const findings = (report: Awaited<ReturnType<typeof check>>) =>
      checksOf(report)
        .filter(({ item }) => item === 'configuration')
        .map(({ id, status }) => `${id} ${status}`);
    const usual = findings(await check());
    expect(usual).toContain('config.workflows fail');
    let isMoved = false;
    const moved = await check('prod', () => {
      if (!isMoved) clock.move(ms);
      isMoved = true;
    });
    expect(isMoved).toBe(true);
    expect(findings(moved)).toEqual(usual);
  },
);
