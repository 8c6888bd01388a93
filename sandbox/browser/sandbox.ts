import type { Overrides } from '../../src/app.ts';
import { startWorld } from '../world.ts';
import { createAdjustableClock } from './adjustable-clock.ts';
import { finishContract } from './contracts.ts';
import { type BotSetup, configure } from './northwind.ts';
import type { Sandbox } from './state.ts';

/**
 * Interval at which the bot looks for due reports. Moving the clock triggers nothing by itself, and a person who moved it
 * should not wait for the regular 15 s.
 */
const REPORTS_TICK_MS = 100;

export interface SandboxOptions extends Overrides {
  /** Requests per second, for both SpotDraft's limit and the bot. Default: SpotDraft's real limit of 10, and 9 for the bot. */
  requestsPerSecond?: number;
}

/**
 * Starts everything but the page: a simulated SpotDraft and Slack on loopback and the real bot, with its database in a
 * temporary folder. Production has the seeded mistakes: those that teams find on the day before they go live.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const clock = createAdjustableClock();
  const world = await startWorld({ reportsTickMs: REPORTS_TICK_MS, ...options, clock });
  const setup: BotSetup = { sharedWebhookUrl: true, prodCredentials: 'prod', sharedReceiver: false };
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
    // A failed restart does not block the next one.
    running = next.catch(() => {});
    return next;
  };
  const sandbox: Sandbox = {
    world,
    clock,
    setup,
    faults: new Set(),
    badSignatureAt: null,
    calls: 'as configured',
    crmRefuses: false,
    validatedAt: null,
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
