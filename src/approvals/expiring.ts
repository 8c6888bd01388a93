import type { Config, Environment } from '../config/config.ts';
import { ruleEnd } from '../config/drift-rules.ts';
import { endOf, stateOf } from '../readiness/sign-off-state.ts';
import { signOffsOf } from '../readiness/sign-offs.ts';
import type { Database } from '../store/database.ts';
import { signOffActs } from '../store/sign-offs.ts';
import { openWaivers, type WaiverSubject } from '../store/waivers.ts';
import { personText } from '../text/acceptance-text.ts';
import { toWaiver } from './waivers/waiver.ts';

const SOON_MS = 14 * 86_400_000;

/** A waiver, ignore rule or sign-off that expires soon. */
export type ExpiringItem = {
  /** End, exclusive; epoch ms UTC. */
  until: number;
  /** Name of the person, or "the config". */
  by: string;
} & (
  | { kind: 'waiver'; subject: WaiverSubject }
  /** An ignore rule of the config for this path. */
  | { kind: 'rule'; path: string }
  | { kind: 'sign-off'; title: string; environment: Environment }
);

/** Waivers, ignore rules and sign-offs of these environments that expire within 14 days; soonest first. */
export async function loadExpiringItems(
  { config, db }: { config: Config; db: Database },
  environments: readonly Environment[],
  now: number,
): Promise<ExpiringItem[]> {
  const names = environments.map(({ name }) => name);
  const waivers = (await openWaivers(db))
    .map((row) => toWaiver(row, now))
    .filter(
      ({ subject }) =>
        names.includes(subject.environment) ||
        (subject.kind === 'difference' && names.includes(subject.left)),
    )
    .map(({ subject, by, until }): ExpiringItem => ({ kind: 'waiver', subject, by: personText(by), until }));
  const rules = config.drift.ignore.flatMap((rule): ExpiringItem[] => {
    const until = ruleEnd(rule);
    return until === null ? [] : [{ kind: 'rule', path: rule.path, by: 'the config', until }];
  });
  const signed = await Promise.all(environments.map((each) => signatures(config, db, each, now)));
  return [...waivers, ...signed.flat(), ...rules]
    .filter(({ until }) => until > now && until - now <= SOON_MS)
    .sort((left, right) => left.until - right.until);
}

/** Valid signatures that expire. */
async function signatures(
  { signOffs }: Config,
  db: Database,
  environment: Environment,
  now: number,
): Promise<ExpiringItem[]> {
  const acts = await signOffActs(db, environment.name);
  return signOffsOf(signOffs, environment.name).flatMap((signOff) => {
    const own = acts.filter((act) => act.signOff === signOff.id);
    return stateOf(signOff, own, now).approvals.flatMap((approval): ExpiringItem[] => {
      const until = endOf(approval, signOff);
      const { title } = signOff;
      return until === null ? [] : [{ kind: 'sign-off', title, environment, by: approval.personName, until }];
    });
  });
}
