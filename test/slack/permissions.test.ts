import { describe, it } from 'vitest';
import { runningClock } from '../time/movable-clock.ts';
import { acts } from './acts.ts';
import { forActsOfBob, traces, waitForText } from './bob.ts';
import { BOB, openScene } from './scene.ts';

const allowed = acts.filter(({ access }) => access !== null);

/** Longer than a group is cached. */
const CACHE_EXPIRED_MS = 61_000;

describe.concurrent('an act by someone who is no longer allowed', () => {
  it.concurrent.for(allowed)(
    '$name changes nothing and says that the account is deactivated',
    async (act, ctx) => {
      const { expect } = ctx;
      const scene = await openScene(ctx, { mode: 'http', adjust: forActsOfBob(act) });
      const perform = await act.prepare(scene);
      const before = traces(scene);
      scene.slack.deactivate(BOB);
      expect(await perform()).toMatchObject({ ok: true });
      await waitForText(scene, /The account of <@U0BOB> is deactivated\./);
      expect(traces(scene)).toEqual(before);
    },
  );

  it.concurrent.for(allowed)(
    '$name changes nothing and says that the group cannot be read',
    async (act, ctx) => {
      const { expect } = ctx;
      const clock = runningClock();
      const scene = await openScene(ctx, { mode: 'http', clock, adjust: forActsOfBob(act) });
      const perform = await act.prepare(scene);
      const before = traces(scene);
      clock.move(CACHE_EXPIRED_MS);
      const fault = { kind: 'error', error: 'internal_error' } as const;
      scene.slack.faults.add({ method: 'usergroups.users.list', fault });
      expect(await perform()).toMatchObject({ ok: true });
      await waitForText(
        scene,
        /I couldn’t check whether you are in <!subteam\^S0OPERATORS> \(Slack says internal_error; try again/,
      );
      expect(traces(scene)).toEqual(before);
    },
  );
});
