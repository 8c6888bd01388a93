import type { Config } from '../../config/config.ts';
import type { Database } from '../../store/database.ts';
import { logCompleteSince, newestEventAt } from '../../store/events.ts';
import { countEventsOf } from '../../store/find-counts.ts';
import { loggedEnvironments } from '../../store/logged-environments.ts';
import type { Clock } from '../../time/clock.ts';
import { type Answers, answersFor, ask, type Question } from './ask.ts';
import type { LookTools } from './contract-look.ts';
import { find } from './find.ts';
import { type EventPage, type ListQuery, listEventPage } from './list-events.ts';
import { isKnownId } from './matches.ts';
import type { Conventions } from './pasted-ids.ts';
import type { FindQuery, FindResult, NotStored } from './result.ts';
import { withContract } from './stories.ts';
import { findUnderOtherIds } from './under-other-ids.ts';

/** Queries to the event log for every surface. */
export interface LogReader {
  /** From the log alone. */
  find(query: FindQuery): Promise<FindResult>;
  /** The same, with what SpotDraft says of the contract; after a short time without it. */
  look(query: FindQuery): Promise<FindResult>;
  /** Answers these ids, up to a limit. */
  answer(queries: FindQuery[]): Promise<Omit<Answers, 'note'>>;
  /** Answers anything that was pasted. A single answer has what SpotDraft says of the contract. */
  ask(question: Question): Promise<Answers>;
  list(query: ListQuery): Promise<EventPage>;
  /** When the newest event of an activity (null: any) arrived, epoch ms; null when none is kept. */
  newestEventAt(environment: string, activity: string | null): Promise<number | null>;
  /** Names of environments that the log knows and the config no longer has. */
  formerEnvironments(): Promise<string[]>;
  /** True when the log has exactly this id. */
  knows(id: string): Promise<boolean>;
}

export const createLogReader = (
  db: Database,
  config: Pick<Config, 'log' | 'environments' | 'drift' | 'externalMetadata' | 'trustedHosts'>,
  clock: Clock,
  clientOf: LookTools['clientOf'] | null = null,
  readNotStored: () => Promise<NotStored> = async () => NOTHING,
): LogReader => {
  const { log, environments, drift } = config;
  const conventions = conventionsOf(config);
  const formerEnvironments = async () =>
    (await loggedEnvironments(db)).filter((name) => !environments.some((each) => each.name === name));
  const findOne = async (query: FindQuery) => {
    // First, so that it finds the rows of what could not be stored before.
    const notStored = await readNotStored();
    const now = clock.now();
    const former = (await formerEnvironments()).map(
      (name) => ({ name, production: false, isFormer: true }) as const,
    );
    const all = [...environments, ...former];
    return find(db, query, { keepMs: log.keepMs, now, environments: all, pairs: drift.pairs, notStored });
  };
  const completeSince = async (environment: string) => {
    const { isLost, outages } = await readNotStored();
    const now = clock.now();
    if (isLost || outages.some((outage) => outage.environment === environment)) return now;
    return logCompleteSince(db, environment, now - log.keepMs);
  };
  const look = async (result: FindResult, environment: string | null) => {
    if (clientOf === null) return result;
    const countEvents = (name: string, contract: number) =>
      countEventsOf(db, { matches: [{ kind: 'contract', value: String(contract) }], environment: name });
    const tools = { config, clientOf, completeSince, countEvents };
    const seen = await withContract(result, environment, tools);
    const other = await findUnderOtherIds(seen, findOne);
    return other === null ? seen : withContract(other, environment, tools);
  };
  return {
    find: findOne,
    look: async (query) => look(await findOne(query), query.environment),
    answer: (queries) => answersFor(queries, findOne),
    async ask(question) {
      const answers = await ask(db, question, {
        conventions,
        environments: environments.map(({ name }) => name),
        payloads: log.payloads,
        find: findOne,
      });
      const [only, ...more] = answers.answered;
      if (!only || more.length > 0) return answers;
      return { ...answers, answered: [{ ...only, result: await look(only.result, only.environment) }] };
    },
    list: (query) => listEventPage(db, query, clock.now()),
    newestEventAt: (environment, activity) => newestEventAt(db, environment, activity, clock.now()),
    formerEnvironments,
    knows: (id) => isKnownId(db, id),
  };
};

const NOTHING: NotStored = { isLost: false, outages: [] };

/** Forms of external ids from the config. */
export const conventionsOf = ({ externalMetadata }: Pick<Config, 'externalMetadata'>): Conventions =>
  (externalMetadata?.rules ?? []).map(({ id }) => id).filter((pattern) => pattern !== null);
