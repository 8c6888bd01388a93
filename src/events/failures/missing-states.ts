import { type ContractIdentifier, eventsOfContracts } from '../../store/contract-events.ts';
import type { Database } from '../../store/database.ts';
import {
  type MissingState,
  missingEventsSince,
  type StoredMissingEvent,
} from '../../store/missing-events.ts';
import { type Doubt, progressOf, reconciliationOf } from '../../store/reconciliations.ts';
import {
  EXECUTED,
  type KnownEvents,
  type Numbering,
  type Relation,
  relatedEvents,
} from './contract-match.ts';

/** Activities after which the execution is no longer announced. */
const ENDS = new Set(['CONTRACT_VOIDED', 'CONTRACT_DELETED']);

/** The state of a missing event in the log now. `at`: when it came or its contract ended, epoch ms. */
export function missingState(
  { ids, activity }: { ids: readonly ContractIdentifier[]; activity: string },
  known: KnownEvents,
  numbering: Numbering | null,
): { state: Exclude<MissingState, 'forgotten' | 'not judged'>; at: number | null } {
  const related = relatedEvents(ids, known);
  const isOwn = (relation: Relation): boolean =>
    relation === 'exact' ||
    relation === 'reference' ||
    relation === (numbering ?? 'link') ||
    (relation === 'elsewhere' && numbering === 'reference');
  const first = (matches: (relation: Relation, activity: string | null) => boolean): number | null =>
    related
      .filter(({ event, relation }) => matches(relation, event.activity))
      .reduce<number | null>(
        (earliest, { event: { at } }) => (earliest === null || at < earliest ? at : earliest),
        null,
      );
  // An event without one activity may be it.
  const isIt = (given: string | null) => given === activity || given === null;
  const arrived = first((relation, given) => isOwn(relation) && isIt(given));
  if (arrived !== null) return { state: 'arrived', at: arrived };
  const over = first((relation, given) => isOwn(relation) && given !== null && ENDS.has(given));
  if (over !== null) return { state: 'over', at: over };
  const isUnclear = numbering === null && related.some(({ event }) => event.activity === activity);
  return { state: isUnclear ? 'unclear' : 'missing', at: null };
}

export type JudgedMissing = StoredMissingEvent & ReturnType<typeof missingState>;

/** The missing events of an environment noticed since `since` (epoch ms), oldest first, and what became of each. */
export async function judgedMissing(
  db: Database,
  environment: string,
  since: number,
): Promise<{ missing: JudgedMissing[]; doubts: Doubt[] }> {
  const progress = progressOf((await reconciliationOf(db, environment)) ?? null);
  const stored = await missingEventsSince(db, environment, EXECUTED, since);
  const doubts = (progress?.doubts ?? []).filter(({ at }) => at >= since);
  const ids = [...stored, ...doubts].flatMap((each) => each.ids);
  const known = await eventsOfContracts(db, environment, ids);
  const numbering = progress?.numbering ?? null;
  return {
    missing: stored.map((each) => ({ ...each, ...missingState(each, known, numbering) })),
    doubts: doubts.filter(({ ids: own }) => {
      const { state } = missingState({ ids: own, activity: EXECUTED }, known, numbering);
      return state === 'missing' || state === 'unclear';
    }),
  };
}
