import type { Environment } from '../../config/config.ts';
import { type HowRefused, refusedContracts, refusedOfWorkspace } from '../../store/contract-events.ts';
import type { Database } from '../../store/database.ts';
import {
  type Doubt,
  progressOf,
  type Reconciliation,
  reconciliationOf,
} from '../../store/reconciliations.ts';
import { pluralize } from '../../text/counts.ts';
import { AHEAD_TEXT, isAhead, isYoung } from '../../time/age.ts';
import { durationText } from '../../time/duration-text.ts';
import { utcText } from '../../time/since.ts';
import { readSigner, signerText } from '../log/signer-text.ts';
import { CONTINUED } from './continue-look.ts';
import { EXECUTED } from './contract-match.ts';
import type { GatheredFailures, GatheredGroup } from './gathered.ts';
import { groupOccurrences, lastSeen, type Occurrences } from './group.ts';
import { type JudgedMissing, judgedMissing } from './missing-states.ts';
import { isReconciled } from './reconcile.ts';

/** A comparison older than this is not current, ms. */
const STALE_MS = 3 * 3_600_000;
/** Contracts named in a reason. */
const MAX_NAMED = 5;

/** Adds the group of executed contracts without their event, and what is not known about it. */
export async function gatherMissing(
  db: Database,
  environment: Environment,
  { now, keepMs }: { now: number; keepMs: number },
  gathered: GatheredFailures,
): Promise<void> {
  const { name } = environment;
  const note = (what: string) => void gathered.notWatched.push(`missing events: ${what}`);
  if (!environment.webhooks) return;
  if (!isReconciled(environment)) return note(`\`webhooks.activities\` does not name ${EXECUTED}`);
  const row = await reconciliationOf(db, name);
  if (!row) return note("SpotDraft's contracts have not been compared with the log yet");
  for (const each of (JSON.parse(row.notes ?? 'null') as string[] | null) ?? []) note(each);
  const { comparedFrom = null } = progressOf(row) ?? {};
  if (comparedFrom !== null && comparedFrom > now - keepMs)
    note(`executed contracts that last changed before ${utcText(comparedFrom)}, which were not compared`);
  if (!isYoung(row.tried_at, now, STALE_MS))
    note(
      `SpotDraft's contracts were last compared with the log ${isAhead(row.tried_at, now) ? `at a time ${AHEAD_TEXT}` : `${durationText(now - row.tried_at)} ago`}`,
    );
  const { missing, doubts } = await judgedMissing(db, name, now - keepMs);
  const unclear = missing
    .filter(({ state }) => state === 'unclear')
    .map(({ contract }) => ({
      contract,
      why: `the log has ${EXECUTED} under a number that may be its own`,
    }));
  for (const why of unknownReasons(row, [...doubts, ...unclear]))
    gathered.unknown.push({ what: 'missing events', why });
  gathered.groups.push(...(await missingGroup(db, name, missing)));
}

/** Reasons why some contracts, or all, could not be compared. */
export function unknownReasons(
  row: Reconciliation,
  doubts: readonly Pick<Doubt, 'contract' | 'why'>[],
): string[] {
  const look = progressOf(row)?.look;
  const rest =
    look && look.total !== null
      ? [
          `${look.seen.length.toLocaleString('en-US')} of ${pluralize(look.total, 'executed contract')} that changed from ${utcText(look.from)} to ${utcText(look.until)} are compared; the rest, and those changed later, follow in the next hours`,
        ]
      : [];
  return [
    ...(row.unread === null || row.unread === CONTINUED ? [] : [row.unread]),
    ...(row.unread === CONTINUED && rest.length === 0
      ? ['SpotDraft has to be asked once more about some contracts; this follows in the next hour']
      : rest),
    ...[...Map.groupBy(doubts, ({ why }) => why)].map(([why, own]) => `${namedText(own)}: ${why}`),
  ];
}

/** The group of the contracts whose event is still missing; when there is none any more, the resolved group of all. */
async function missingGroup(
  db: Database,
  environment: string,
  all: readonly JudgedMissing[],
): Promise<GatheredGroup[]> {
  const open = all.filter(({ state }) => state === 'missing');
  const isOver = open.length === 0 && all.every(({ state }) => state !== 'unclear');
  if (open.length === 0 && !isOver) return [];
  const occurrences = (open.length > 0 ? open : all).map(
    ({ contract, activity, noticedAt, at }): Occurrences => ({
      kind: 'missing',
      activity,
      reason: contract,
      count: 1,
      first: noticedAt,
      last: at ?? noticedAt,
    }),
  );
  const hint = open.length > 0 ? await refusedHint(db, environment, open) : endHint(all);
  return groupOccurrences(environment, occurrences).map((group) => ({
    group,
    healed: isOver ? [{ from: lastSeen(group), to: null }] : [],
    sample: group.occurrences.at(-1)?.reason ?? null,
    hint,
  }));
}

/**
 * The missing events that arrived and were refused: those of the contracts whose ids are kept, and otherwise how many deliveries may
 * be among them. null when nothing was refused.
 */
export async function refusedHint(
  db: Database,
  environment: string,
  open: readonly Pick<JudgedMissing, 'contract' | 'ids' | 'changedFrom' | 'noticedAt'>[],
): Promise<string | null> {
  const since = Math.min(...open.map((each) => each.changedFrom ?? each.noticedAt));
  const query = { environment, activity: EXECUTED, since };
  const refused = await refusedOfWorkspace(db, query);
  const count = refused.reduce((sum, each) => sum + each.count, 0);
  if (count === 0) return null;
  const found = await refusedContracts(
    db,
    query,
    open.flatMap(({ ids }) => ids),
  );
  const named = open.filter(({ ids }) =>
    ids.some((id) => found.some(({ kind, value }) => id.kind === kind && id.value === value)),
  );
  if (named.length === 0)
    return `${pluralize(count, 'delivery', 'deliveries')} of that time arrived and ${count === 1 ? 'was' : 'were'} refused (${howText(refused)}): ${EXECUTED} of these contracts may be among them`;
  // Only of what a known key signed the ids are kept.
  const unnamed = refused.reduce(
    (sum, each) => sum + (readSigner(each.signedWith) || each.rejection === 'not_stored' ? 0 : each.count),
    0,
  );
  const others =
    named.length < open.length && unnamed > 0
      ? `; the rest may be among ${pluralize(unnamed, 'refused delivery', 'refused deliveries')} whose ids are not kept`
      : '';
  return `${EXECUTED} of ${namedText(named)} arrived and was refused (${howText(found)})${others}`;
}

const howText = (refused: readonly HowRefused[]): string =>
  [
    ...new Set(
      refused.map(({ rejection, signedWith }) =>
        readSigner(signedWith) ? signerText(signedWith) : rejection.replaceAll('_', ' '),
      ),
    ),
  ].join('; ');

function namedText(contracts: readonly { contract: string }[]): string {
  const named = contracts.slice(0, MAX_NAMED).map(({ contract }) => contract);
  const more = contracts.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more.toLocaleString('en-US')} more` : ''}`;
}

const endHint = (all: readonly JudgedMissing[]): string => {
  const over = all.filter(({ state }) => state === 'over').length;
  if (over === 0) return 'all of them arrived';
  const arrived = all.length - over;
  const ended = `${pluralize(over, 'contract was', 'contracts were')} voided or deleted since`;
  return arrived === 0 ? ended : `${arrived.toLocaleString('en-US')} arrived, ${ended}`;
};
