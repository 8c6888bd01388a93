import type { Config } from '../../config/config.ts';
import { endOf, type SignOffState, stateOf } from '../../readiness/sign-off-state.ts';
import { signOffsOf } from '../../readiness/sign-offs.ts';
import type { Database } from '../../store/database.ts';
import { type SignOffAct, signOffActs } from '../../store/sign-offs.ts';
import type { HomeSignOffs } from './facts.ts';

interface State {
  signOff: Config['signOffs'][number];
  acts: SignOffAct[];
  state: SignOffState;
}

/** From what persons did and what voided it, as far as it was written down: a check compares with the configuration of now. */
const statesOf = async (
  { config, db }: { config: Config; db: Database },
  environment: string,
  now: number,
): Promise<State[]> => {
  const acts = await signOffActs(db, environment);
  return signOffsOf(config.signOffs, environment).map((signOff) => {
    const own = acts.filter((act) => act.signOff === signOff.id);
    return { signOff, acts: own, state: stateOf(signOff, own, now) };
  });
};

/** Whether somebody said something, or something that was said ended, after `since` (epoch ms). */
export async function signOffsChangedSince(
  from: { config: Config; db: Database },
  environment: string,
  since: number,
  now: number,
): Promise<boolean> {
  const states = await statesOf(from, environment, now);
  return states.some(
    ({ signOff, acts, state }) =>
      acts.some(({ at }) => at > since) ||
      state.expired.some((approval) => (endOf(approval, signOff) ?? 0) > since),
  );
}

/** Null: none is wanted in this environment. */
export async function homeSignOffs(
  from: { config: Config; db: Database },
  environment: string,
  now: number,
): Promise<HomeSignOffs | null> {
  const states = await statesOf(from, environment, now);
  const open = states.filter(
    ({ signOff, state }) => state.refusal !== null || state.approvals.length < signOff.approvals,
  );
  return states.length === 0
    ? null
    : { required: states.length, open: open.map(({ signOff }) => signOff.title) };
}
