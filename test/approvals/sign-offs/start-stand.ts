import { actOnSignOff, type Signer } from '../../../src/approvals/sign-offs/act-on-sign-off.ts';
import type { SignOff } from '../../../src/config/config.ts';
import type { CheckResult } from '../../../src/readiness/report.ts';
import type { ActResult } from '../../../src/text/act-result.ts';
import { type ConfigFile, checkOf, type Stand, type StandOptions, startStand } from '../../environment.ts';

export const DAY_MS = 86_400_000;
export const ALICE = { actor: 'slack:U0ALICE', personName: 'alice', person: null };
export const BOB = { actor: 'slack:U0BOB', personName: 'bob', person: null };

export interface SignOffStand extends Stand {
  clock: { at: number; now(): number };
  sign(id: string, how?: Partial<Parameters<typeof actOnSignOff>[2]>, who?: Signer): Promise<ActResult>;
  /** Checks prod and returns the check of that sign-off. */
  judged(id: string): Promise<CheckResult>;
}

/** Starts the stand with these sign-offs for prod and a clock that the test moves. */
export async function startSignOffStand(
  signOffs: (Pick<SignOff, 'id'> & Partial<NonNullable<ConfigFile['signOffs']>[number]>)[],
  options: StandOptions = {},
): Promise<SignOffStand> {
  const clock = { at: Date.now(), now: () => clock.at };
  const stand = await startStand({
    ...options,
    edit(file, spotdraft) {
      file.signOffs = signOffs.map((each) => ({ title: `Title of ${each.id}`, ...each }));
      options.edit?.(file, spotdraft);
    },
    overrides: { clock, ...options.overrides },
  });
  return {
    ...stand,
    clock,
    sign: (id, how = {}, who = ALICE) =>
      actOnSignOff(
        { config: stand.config, db: stand.core.db, clock },
        stand.environment('prod'),
        { act: 'sign', signOff: id, note: '', link: '', seen: null, seenComplete: null, ...how },
        who,
      ),
    judged: async (id) => checkOf(await stand.check(), `sign-offs.${id}`),
  };
}
