import type { World } from '../world.ts';
import type { FaultId } from './faults.ts';
import type { MovedClock } from './moved-clock.ts';
import type { Setup } from './northwind.ts';

/** The simulated world with the bot in it, and what a person has changed in it. */
export interface Sandbox {
  world: World;
  clock: MovedClock;
  setup: Setup;
  /** Faults of SpotDraft that are on. */
  faults: Set<FaultId>;
  /** When production last got a delivery with a wrong signature, epoch ms; null: none that still counts. */
  wronglySignedAt: number | null;
  /** Steps of the tour that were done. */
  tourDone: Set<string>;
  /** What was done in SpotDraft, in sentences, oldest first. */
  notes: string[];
  /** Whether the bot is being started anew. */
  restarting(): boolean;
  /** Starts the bot anew with a changed config. One after the other; what is unchanged changes nothing. */
  change(setup: Partial<Setup>): Promise<void>;
  stop(): Promise<void>;
}

const KEPT_NOTES = 50;

export function note({ notes }: Sandbox, ...sentences: string[]): void {
  notes.push(...sentences);
  notes.splice(0, Math.max(0, notes.length - KEPT_NOTES));
}
