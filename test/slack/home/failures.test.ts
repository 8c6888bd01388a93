import { expect, it } from 'vitest';
import type { FailureOverview } from '../../../src/events/failures/read-failures.ts';
import { createHomeFailures } from '../../../src/slack/home/failures.ts';
import { systemClock } from '../../../src/time/clock.ts';
import { startStand } from '../../environment.ts';

it('an environment without webhooks has no line about failures, except when it has some or they could not be counted', async () => {
  const stand = await startStand();
  const environment = { ...stand.environment('prod'), webhooks: null };
  const told = (overview: Partial<FailureOverview>) =>
    createHomeFailures(
      {
        read: async () => ({
          environment: 'prod',
          at: 0,
          keepMs: 1,
          groups: [],
          unknown: [],
          notWatched: [],
          ...overview,
        }),
      },
      systemClock,
    )(environment);
  expect(await told({})).toBeNull();
  expect(await told({ unknown: [{ what: 'failed outcomes', why: 'the log cannot be read' }] })).toEqual({
    open: 0,
    acknowledged: 0,
    newest: null,
    unknown: ['failed outcomes'],
  });
});
