import type { Overrides } from '../../src/app.ts';
import { startWorld } from '../world.ts';
import { createAdjustableClock } from './adjustable-clock.ts';
import { finishContract } from './contracts.ts';
import { type BotSetup, configure } from './northwind.ts';
import type { Sandbox } from './state.ts';

/**
 * Nothing rings when the clock is moved on; what is due then is seen at the next of the ticks that are for all else. Whoever
 * moved it should not wait 15 s for that.
 */
const REPORTS_TICK_MS = 100;

export interface SandboxOptions extends Overrides {
  /** At which both sides work: what SpotDraft allows and what the bot takes. Default: SpotDraft's own 10, and 9. */
  requestsPerSecond?: number;
}

/**
 * Starts everything but the page: a simulated SpotDraft and Slack on loopback, the real bot between them, its database in
 * a temporary folder. Production is as seeded: with the mistakes that teams find on the day before they go live.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const clock = createAdjustableClock();
  const world = await startWorld({ reportsTickMs: REPORTS_TICK_MS, ...options, clock });
  const setup: BotSetup = { sharedWebhookUrl: true, prodCredentials: 'prod' };
  let running: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  const restart = () => {
    waiting += 1;
    const next = running
      .then(() =>
        world.startBot(configure({ world, setup, requestsPerSecond: options.requestsPerSecond ?? null })),
      )
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
    badSignatureAt: null,
    completedSteps: new Set(),
    notes: [],
    restarting: () => waiting > 0,
    async changeSetup(changed) {
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
