import type { Logger } from 'pino';
import type { Environment, SignOff } from '../../config/config.ts';
import { resettle, verdictOf } from '../../readiness/evaluate.ts';
import type { Report } from '../../readiness/report.ts';
import { type SignOffState, samePerson, stateOf } from '../../readiness/sign-off-state.ts';
import { canRenew, judgeSignOffs, signOffsOf, withSignOffs } from '../../readiness/sign-offs.ts';
import { known } from '../../spotdraft/fact.ts';
import { reportById } from '../../store/reports.ts';
import { type SignOffAct, signOffActs } from '../../store/sign-offs.ts';
import { newestCompleteSnapshot, snapshotContent } from '../../store/snapshots.ts';
import { openWaivers } from '../../store/waivers.ts';
import type { ActResult } from '../../text/act-result.ts';
import type { SnapshotContent } from '../../workspace/snapshot.ts';
import { waiveChecks } from '../waivers/apply-to-checks.ts';
import { actOnSignOff, type Signer, type SignOffDependencies } from './act-on-sign-off.ts';
import { readSignOffs } from './read-sign-offs.ts';
import type { SignOffRequest } from './request.ts';

/** State of one sign-off for its form. */
export interface SignOffForm {
  signOff: SignOff;
  state: SignOffState;
  /** The person's last act that could be withdrawn; null when there is none. */
  mine: SignOffAct | null;
  /** True when this person has not signed, or the signature ends soon. */
  maySign: boolean;
  /** Report that would be signed; null when it is no longer kept. */
  report: Report | null;
  /** Hash of the newest complete snapshot; null when there is none. */
  complete: string | null;
}

export interface SignOffs {
  act(environment: Environment, request: SignOffRequest, who: Signer): Promise<ActResult>;
  /** Returns null when the config has no such sign-off for this environment. */
  form(environment: Environment, id: string, report: string, actor: string): Promise<SignOffForm | null>;
  /** Returns the report with the current sign-offs. The results of all other checks stay. */
  refresh(environment: Environment, report: Report): Promise<Report>;
}

export function createSignOffs(dependencies: SignOffDependencies & { logger: Logger }): SignOffs {
  const { config, db, clock } = dependencies;
  return {
    act: (environment, request, who) => actOnSignOff(dependencies, environment, request, who),
    async form({ name }, id, reportId, actor) {
      const signOff = signOffsOf(config.signOffs, name).find((each) => each.id === id);
      if (!signOff) return null;
      const acts = (await signOffActs(db, name)).filter((act) => act.signOff === id);
      const state = stateOf(signOff, acts, clock.now());
      const said = [...(state.refusal ? [state.refusal] : []), ...state.approvals];
      const mine =
        said.find((act) => samePerson(act, { actor, person: null, personName: '' }, signOff.people)) ?? null;
      const maySign = mine?.act !== 'sign' || canRenew(mine, signOff, clock.now());
      const complete = (await newestCompleteSnapshot(db, name))?.hash ?? null;
      return { signOff, state, mine, maySign, report: await reportById(db, reportId), complete };
    },
    async refresh(environment, report) {
      const at = clock.now();
      const now = report.snapshot
        ? { hash: report.snapshot, content: await snapshotContent<SnapshotContent>(db, report.snapshot) }
        : { unread: 'nothing could be read at the last check' };
      const facts = known(await readSignOffs(dependencies, environment, now, at), []);
      const wanted = signOffsOf(config.signOffs, environment.name);
      const waivers = await openWaivers(db, { kind: 'check', environment: environment.name });
      const [own] = waiveChecks(
        withSignOffs([], judgeSignOffs(wanted, facts, environment, at)),
        waivers,
        at,
      ).items;
      const items = resettle(withSignOffs(report.items, own?.checks ?? []));
      return { ...report, items, verdict: verdictOf(items) };
    },
  };
}
