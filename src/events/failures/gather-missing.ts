import type { Environment } from '../../config/config.ts';
import type { Database } from '../../store/database.ts';
import { listMissingEvents, type MissingEvent, reconciliationOf } from '../../store/missing-events.ts';
import { durationText } from '../../time/duration-text.ts';
import type { GatheredFailures, GatheredGroup } from './gathered.ts';
import { groupOccurrences, lastSeen, type Occurrences } from './group.ts';
import { EXECUTED } from './judge-missing.ts';
import { isReconciled } from './reconcile.ts';

/** A comparison older than this is not current, ms. */
const STALE_MS = 3 * 3_600_000;

/** Adds the group of executed contracts without their event, and what is not known about it. */
export async function gatherMissing(
  db: Database,
  environment: Environment,
  { now, keepMs }: { now: number; keepMs: number },
  gathered: GatheredFailures,
): Promise<void> {
  const note = (what: string) => void gathered.notWatched.push(`missing events: ${what}`);
  if (!environment.webhooks) return;
  if (!isReconciled(environment)) return note(`\`webhooks.activities\` does not name ${EXECUTED}`);
  const row = await reconciliationOf(db, environment.name);
  if (!row) return note("SpotDraft's contracts have not been compared with the log yet");
  if (row.unread !== null) gathered.unknown.push({ what: 'missing events', why: row.unread });
  for (const each of (JSON.parse(row.notes ?? 'null') as string[] | null) ?? []) note(each);
  if (now - row.tried_at > STALE_MS)
    note(`SpotDraft's contracts were last compared with the log ${durationText(now - row.tried_at)} ago`);
  const missing = await listMissingEvents(db, environment.name, EXECUTED, now - keepMs);
  gathered.groups.push(...missingGroup(environment.name, missing));
}

/** The group of the contracts whose event is still missing; when all came, the resolved group of all. */
function missingGroup(
  environment: string,
  all: readonly (MissingEvent & { arrivedAt: number | null })[],
): GatheredGroup[] {
  const open = all.filter(({ arrivedAt }) => arrivedAt === null);
  const occurrences = (open.length > 0 ? open : all).map(
    ({ contract, activity, noticedAt, arrivedAt }): Occurrences => ({
      kind: 'missing',
      activity,
      reason: contract,
      count: 1,
      first: noticedAt,
      last: arrivedAt ?? noticedAt,
    }),
  );
  return groupOccurrences(environment, occurrences).map((group) => ({
    group,
    healed: open.length > 0 ? [] : [{ from: lastSeen(group), to: null }],
    sample: group.occurrences.at(-1)?.reason ?? null,
  }));
}
