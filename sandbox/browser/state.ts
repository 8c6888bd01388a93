import type { World } from '../world.ts';
import type { AdjustableClock } from './adjustable-clock.ts';
import type { BotSetup } from './northwind.ts';

export type FaultId = 'rateLimited' | 'serverError' | 'slow';

/** The simulated world with the bot, and what a person has changed in it. */
export interface Sandbox {
  world: World;
  clock: AdjustableClock;
  setup: BotSetup;
  /** Active faults of SpotDraft. */
  faults: Set<FaultId>;
  /** Last time production received a wrong signature, epoch ms; null when none counts any more. */
  badSignatureAt: number | null;
  /** How the integration makes and reports its calls. */
  calls: 'as configured' | 'to another region' | 'without request ids';
  /** The CRM takes nothing from the integration, which reports that. */
  crmRefuses: boolean;
  /** Time at which UAT was checked and found ready, epoch ms UTC; null before that. */
  validatedAt: number | null;
  /** Ids of the completed tour steps. */
  completedSteps: Set<string>;
  /** The activity log: sentences about what was done in SpotDraft, oldest first. */
  notes: string[];
  /** True while the bot restarts. */
  restarting(): boolean;
  /** Restarts the bot with a changed config. Restarts run one at a time; an unchanged config restarts nothing. */
  changeSetup(setup: Partial<BotSetup>): Promise<void>;
  stop(): Promise<void>;
}

const KEPT_NOTES = 50;

export function addNote({ notes }: Sandbox, ...sentences: string[]): void {
  notes.push(...sentences);
  notes.splice(0, Math.max(0, notes.length - KEPT_NOTES));
}
