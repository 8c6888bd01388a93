import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { type ExpiringItem, loadExpiringItems } from '../../approvals/expiring.ts';
import type { SignOffs } from '../../approvals/sign-offs/sign-offs.ts';
import type { Config, Environment } from '../../config/config.ts';
import { maintenanceAt } from '../../digests/schedule/maintenance.ts';
import { trackedDifferences } from '../../inspect/track-differences.ts';
import type { Report } from '../../readiness/report.ts';
import { endOf, type SignOffState, stateOf } from '../../readiness/sign-off-state.ts';
import { signOffsOf } from '../../readiness/sign-offs.ts';
import type { ReadResult } from '../../spotdraft/fact.ts';
import type { Database } from '../../store/database.ts';
import { newestVerifiedAt } from '../../store/deliveries.ts';
import { newestComparison } from '../../store/differences.ts';
import { newestEventAt } from '../../store/events.ts';
import { newestReport } from '../../store/reports.ts';
import { type SignOffAct, signOffActs } from '../../store/sign-offs.ts';
import { isYoung } from '../../time/age.ts';
import type { Clock } from '../../time/clock.ts';
import type {
  HomeDrift,
  HomeEnvironment,
  HomeEvents,
  HomeExpiry,
  HomeFacts,
  HomeFailures,
  HomeLine,
  HomeReport,
  HomeSection,
  HomeSignOffs,
} from './facts.ts';

/** Tolerance for the age of a report, ms: a check takes time and waits for its turn. */
const LATE_MS = 15 * 60_000;

export interface HomeDependencies {
  config: Config;
  db: Database;
  clock: Clock;
  logger: Logger;
  signOffs: Pick<SignOffs, 'refresh'>;
  failuresOf(environment: Environment): Promise<HomeFailures | null>;
  /** Sections of other parts of the program, in order. */
  sections: readonly HomeSectionReader[];
}

/** Reads one section of the App Home. */
export interface HomeSectionReader extends Pick<HomeSection, 'title' | 'none'> {
  /** May throw; the section then says that it could not be read. */
  read(): Promise<HomeLine[]>;
}

/** Loads the content of the App Home from the store, without calls to SpotDraft. Never throws. */
export async function gatherHome(dependencies: HomeDependencies): Promise<HomeFacts> {
  const { config, sections, logger, clock } = dependencies;
  const tell = createTelling(logger);
  return {
    environments: await Promise.all(
      config.environments.map(async (environment): Promise<HomeEnvironment> => {
        const { name, production } = environment;
        return {
          name,
          production,
          report: await tell(`report of ${name}`, () => reportOf(dependencies, environment)),
          drift: await tell(`drift of ${name}`, () => driftOf(dependencies, environment)),
          events: await tell(`events of ${name}`, () => eventsOf(dependencies, environment)),
          failures: await tell(`failures of ${name}`, () => dependencies.failuresOf(environment)),
          signOffs: await tell(`sign-offs of ${name}`, () => homeSignOffs(dependencies, name, clock.now())),
          maintenance: maintenanceAt(environment.maintenance, clock.now()),
        };
      }),
    ),
    expiring: await tell('waivers', () => expiringSoon(dependencies)),
    sections: await Promise.all(
      sections.map(async ({ title, none, read }) => ({ title, none, lines: await tell(title, read) })),
    ),
  };
}

/** Logs equal errors once, however many parts could not be read. */
function createTelling(logger: Logger) {
  const tokens = new Map<string, string>();
  return async <T>(what: string, read: () => Promise<T>): Promise<ReadResult<T>> => {
    try {
      return { known: await read() };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const token = tokens.get(why) ?? `err_${randomBytes(5).toString('hex')}`;
      if (!tokens.has(why))
        logger.error({ err: error, token, what }, 'failed to read a part of the App Home');
      tokens.set(why, token);
      return { unknown: token };
    }
  };
}

/** The stored report, updated for sign-offs that were given or expired since. */
async function reportOf(
  { db, clock, config, signOffs }: HomeDependencies,
  environment: Environment,
): Promise<HomeReport | null> {
  const kept = await newestReport<Report>(db, environment.name);
  if (!kept) return null;
  const moved = await signOffsChangedSince({ config, db }, environment.name, kept.checkedAt, clock.now());
  const report = moved ? await signOffs.refresh(environment, kept) : kept;
  return { report, isOld: !isYoung(report.checkedAt, clock.now(), config.drift.snapshotEveryMs + LATE_MS) };
}

const driftOf = ({ config, db, clock }: HomeDependencies, { name }: Environment): Promise<HomeDrift[]> =>
  Promise.all(
    config.drift.pairs
      .filter(([, right]) => right === name)
      .map(async ([left]): Promise<HomeDrift> => {
        const pair = { left, right: name };
        const compared = await newestComparison(db, pair);
        const all = await trackedDifferences(db, pair, config.drift.ignore, clock.now());
        const open = all.filter(({ accepted }) => accepted === null);
        const count = (weight: 'breaking' | 'risky' | 'cosmetic') =>
          open.filter((each) => each.weight === weight).length;
        return {
          left: {
            name: left,
            production: config.environments.find((each) => each.name === left)?.production ?? false,
          },
          compared: compared && { at: compared.at, notCompared: compared.notCompared },
          open: { breaking: count('breaking'), risky: count('risky'), cosmetic: count('cosmetic') },
          accepted: all.length - open.length,
        };
      }),
  );

/** Applies the rule of the check `webhooks.delivering` to the present. */
async function eventsOf(
  { db, clock }: HomeDependencies,
  { name, webhooks }: Environment,
): Promise<HomeEvents | null> {
  if (!webhooks) return null;
  const newest = await newestVerifiedAt(db, name, clock.now());
  const arrivals = await Promise.all(
    webhooks.activities.map(async (activity) => ({
      activity,
      at: await newestEventAt(db, name, activity, clock.now()),
    })),
  );
  const { maxSilenceMs } = webhooks;
  return {
    newestAt: newest,
    maxSilenceMs,
    isSilent: maxSilenceMs !== null && newest !== null && !isYoung(newest, clock.now(), maxSilenceMs + 1),
    expected: arrivals.length,
    neverReceived: arrivals.filter(({ at }) => at === null).map(({ activity }) => activity),
  };
}

/** A sign-off by two people expires with the first of their signatures. */
async function expiringSoon({ config, db, clock }: HomeDependencies): Promise<HomeExpiry[]> {
  const endings = (await loadExpiringItems({ config, db }, config.environments, clock.now())).map(toExpiry);
  const isSame = (one: HomeExpiry, other: HomeExpiry): boolean =>
    one.kind === other.kind && one.environment === other.environment && one.what === other.what;
  return endings.filter((each, index) => endings.findIndex((other) => isSame(each, other)) === index);
}

function toExpiry(ending: ExpiringItem): HomeExpiry {
  const { until } = ending;
  switch (ending.kind) {
    case 'waiver': {
      const { subject } = ending;
      const what = subject.kind === 'check' ? subject.check : `${subject.left} → ${subject.path}`;
      return { kind: 'waiver', until, what, environment: subject.environment };
    }
    case 'rule':
      return { kind: 'rule', until, what: ending.path, environment: null };
    case 'sign-off':
      return { kind: 'sign-off', until, what: ending.title, environment: ending.environment.name };
  }
}

interface State {
  signOff: Config['signOffs'][number];
  acts: SignOffAct[];
  state: SignOffState;
}

/** States from the stored acts alone. Only a check compares them with the current configuration. */
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

/** True when somebody signed, refused or withdrew, or a signature expired, after `since` (epoch ms). */
async function signOffsChangedSince(
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

/** Returns null when the environment requires none. */
async function homeSignOffs(
  from: { config: Config; db: Database },
  environment: string,
  now: number,
): Promise<HomeSignOffs | null> {
  const states = await statesOf(from, environment, now);
  const open = states.filter(
    ({ signOff, state }) => state.refusal !== null || state.people < signOff.approvals,
  );
  return states.length === 0
    ? null
    : { required: states.length, open: open.map(({ signOff }) => signOff.title) };
}
