import type { Logger } from 'pino';
import type { Config, Environment, SignOff } from '../../config/config.ts';
import { stateOf } from '../../readiness/sign-off-state.ts';
import { type SignOffFacts, signOffsOf } from '../../readiness/sign-offs.ts';
import { insertAudit } from '../../store/audit.ts';
import type { Database } from '../../store/database.ts';
import { insertSignOffAct, type SignOffAct, signOffActs } from '../../store/sign-offs.ts';
import { newestCompleteSnapshot, type StoredSnapshot, snapshotContent } from '../../store/snapshots.ts';
import { inTransaction } from '../../store/transaction.ts';
import { canonicalJson } from '../../text/canonical-json.ts';
import { compareWithCauses } from '../../workspace/diff/compare-snapshots.ts';
import { coversDifference } from '../../workspace/diff/covers.ts';
import type { Difference, NotComparedCause } from '../../workspace/diff/difference.ts';
import { changeLine } from '../../workspace/diff/difference-text.ts';
import type { Snapshot, SnapshotContent } from '../../workspace/snapshot.ts';

export interface SignOffReading {
  config: Config;
  db: Database;
  logger: Logger;
}

/** Actor of a void in the audit: it is not a person. */
const ENVCHECK = 'envcheck';
const MAX_SHOWN = 20;
const MAX_LINE = 300;

/**
 * Reads the sign-offs of an environment against its current configuration. A signature is void for good once something that
 * its item covers has changed; this function records that, with the paths.
 * @param now the current configuration, or the reason why there is none
 */
export async function readSignOffs(
  { config, db, logger }: SignOffReading,
  { name }: Environment,
  now: Snapshot | { unread: string },
  at: number,
): Promise<SignOffFacts> {
  const signOffs = signOffsOf(config.signOffs, name);
  // A report shows the moment at which it began: acts during the check belong to the next report.
  const acts = await signOffActs(db, name, at);
  if ('unread' in now) return { acts, notCompared: new Map(), unread: now.unread };
  const standing = signOffs.flatMap((signOff) => {
    const own = acts.filter((act) => act.signOff === signOff.id);
    return stateOf(signOff, own, at).approvals.map((approval) => ({ signOff, approval }));
  });
  const compare = createComparing(db, name, now);
  const notCompared = new Map<string, NotComparedCause[]>();
  const voiding: Voiding[] = [];
  for (const { signOff, approval } of standing) {
    const { differences, unknown } = await compare(approval);
    notCompared.set(approval.id, unknown);
    const covered = differences.filter((difference) => coversDifference(signOff.covers, difference));
    if (covered.length > 0) voiding.push({ signOff, approval, differences: covered });
  }
  const voids = voiding.map((each) => voidOf(name, each, at));
  if (voids.length > 0)
    await writeVoids(db, voids).catch((error) =>
      // The signature is void all the same: the next check finds the same change and records it.
      logger.error({ err: error, environment: name }, 'void sign-offs not written down'),
    );
  return {
    acts: [...acts, ...voids.map((act) => ({ ...act, id: '', remindedAt: null }))],
    notCompared,
    unread: null,
  };
}

interface Voiding {
  signOff: SignOff;
  approval: SignOffAct;
  differences: Difference[];
}

type NewAct = Omit<SignOffAct, 'id' | 'remindedAt'>;

function voidOf(environment: string, { signOff, approval, differences }: Voiding, at: number): NewAct {
  const lines = differences.map(changeLine);
  return {
    environment,
    signOff: signOff.id,
    act: 'void',
    at,
    actor: ENVCHECK,
    person: null,
    personName: 'Envcheck',
    note: null,
    link: null,
    title: signOff.title,
    snapshot: null,
    completeSnapshot: null,
    expiresAt: null,
    about: approval.id,
    changes: { total: lines.length, shown: lines.slice(0, MAX_SHOWN).map((line) => line.slice(0, MAX_LINE)) },
  };
}

const writeVoids = (db: Database, voids: NewAct[]): Promise<void> =>
  inTransaction(db, async (transaction) => {
    for (const act of voids) {
      // Another process may have recorded the same change.
      const known = (await signOffActs(transaction, act.environment)).some(
        (each) => each.act === 'void' && each.about === act.about,
      );
      if (known) continue;
      const id = await insertSignOffAct(transaction, act);
      await insertAudit(transaction, {
        at: act.at,
        actor: ENVCHECK,
        act: 'sign-off.void',
        environment: act.environment,
        subject: act.signOff,
        detail: { id, about: act.about, ...act.changes },
      });
    }
  });

interface Compared {
  differences: Difference[];
  unknown: NotComparedCause[];
}

/**
 * Compares the signed configuration with the current one. A check reads what the requirements name, a comparison reads
 * everything. Each reading is compared with its own kind, so that either of them shows a change.
 */
function createComparing(
  db: Database,
  environment: string,
  now: Snapshot,
): (approval: SignOffAct) => Promise<Compared> {
  const known = new Map<string, Promise<Compared>>();
  let complete: Promise<StoredSnapshot<SnapshotContent> | null> | null = null;
  const pair = (before: string, hash: string, content: () => Promise<SnapshotContent>): Promise<Compared> => {
    if (before === hash) return Promise.resolve({ differences: [], unknown: [] });
    const key = `${before} ${hash}`;
    const comparison = known.get(key) ?? compareHashes(db, before, content);
    known.set(key, comparison);
    return comparison;
  };
  return async (approval) => {
    const { snapshot, completeSnapshot } = approval;
    if (completeSnapshot) complete ??= newestCompleteSnapshot(db, environment);
    const everything = await complete;
    const none: Compared = { differences: [], unknown: [] };
    const ofCheck = snapshot ? await pair(snapshot, now.hash, async () => now.content) : none;
    const ofAll =
      completeSnapshot && everything && everything.takenAt > approval.at
        ? await pair(completeSnapshot, everything.hash, async () => everything.content)
        : none;
    // The signed check may have shown a change since the complete reading before it: that change was signed.
    const signed =
      completeSnapshot && snapshot && ofAll.differences.length > 0
        ? await pair(completeSnapshot, snapshot, () => snapshotContent(db, snapshot))
        : none;
    const signedChanges = new Set(signed.differences.map(changeKey));
    // The newest complete reading may be old, so its failed parts say nothing about the current state.
    const seen = new Set(ofCheck.differences.map(({ path }) => path));
    return {
      differences: [
        ...ofCheck.differences,
        ...ofAll.differences.filter((each) => !seen.has(each.path) && !signedChanges.has(changeKey(each))),
      ],
      unknown: ofCheck.unknown,
    };
  };
}

/** Equal for two changes that led to the same value at the same path. */
const changeKey = ({ path, right }: Difference): string => canonicalJson([path, right ?? null]);

async function compareHashes(
  db: Database,
  before: string,
  content: () => Promise<SnapshotContent>,
): Promise<Compared> {
  return compareWithCauses(
    { label: 'what was signed', content: await snapshotContent(db, before) },
    { label: 'the check of now', content: await content() },
  );
}
