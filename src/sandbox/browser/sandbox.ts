import type { Overrides } from '../../app.ts';
import { startWorld } from '../world.ts';
import { finishContract } from './contracts.ts';
import { createMovedClock } from './moved-clock.ts';
import { configure, type Setup } from './northwind.ts';
import type { Sandbox } from './state.ts';

/**
 * Starts everything but the page: a simulated SpotDraft and Slack on loopback, the real bot between them, its database in
 * a temporary folder. Production is as seeded: with the mistakes that teams find on the day before they go live.
 */
export async function startSandbox(overrides: Overrides = {}): Promise<Sandbox> {
  const clock = createMovedClock();
  const world = await startWorld({ ...overrides, clock });
  const setup: Setup = { sharedWebhookUrl: true, prodCredentials: 'prod' };
  let running: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  const restart = () => {
    waiting += 1;
    const next = running
      .then(() => world.startBot(configure({ world, setup })))
      .finally(() => {
        waiting -= 1;
      });
    // One that fails does not stop the next.
    running = next.catch(() => {});
    return next;
  };
  const sandbox: Sandbox = {
    world,
    clock,
    setup,
    faults: new Set(),
    wronglySignedAt: null,
    tourDone: new Set(),
    notes: [],
    restarting: () => waiting > 0,
    async change(changed) {
      const before = JSON.stringify(setup);
      Object.assign(setup, changed);
      if (JSON.stringify(setup) !== before) await restart();
    },
    async stop() {
      await running;
      await world.stop();
    },
  };
  try {
    await restart();
    await finishContract(sandbox, 'uat');
    return sandbox;
  } catch (error) {
    await world.stop();
    throw error;
  }
}
