import type { World } from '../world.ts';
import type { AdjustableClock } from './adjustable-clock.ts';
import type { BotSetup } from './northwind.ts';

export type FaultId = 'rateLimited' | 'serverError' | 'slow';

/** The simulated world with the bot in it, and what a person has changed in it. */
export interface Sandbox {
  world: World;
  clock: AdjustableClock;
  setup: BotSetup;
  /** Faults of SpotDraft that are on. */
  faults: Set<FaultId>;
  /** When production last got a delivery with a wrong signature, epoch ms; null: none that still counts. */
  badSignatureAt: number | null;
  /** Steps of the tour that were done. */
  completedSteps: Set<string>;
  /** What was done in SpotDraft, in sentences, oldest first. */
  notes: string[];
  /** Whether the bot is being started anew. */
  restarting(): boolean;
  /** Starts the bot anew with a changed config. One after the other; what is unchanged changes nothing. */
  changeSetup(setup: Partial<BotSetup>): Promise<void>;
  stop(): Promise<void>;
}

const KEPT_NOTES = 50;

export function addNote({ notes }: Sandbox, ...sentences: string[]): void {
  notes.push(...sentences);
  notes.splice(0, Math.max(0, notes.length - KEPT_NOTES));
}
