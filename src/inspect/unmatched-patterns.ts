import type { Config } from '../config/config.ts';
import { isRuleActive } from '../config/drift-rules.ts';
import type { ConfigWarning } from '../config/warnings.ts';
import { isUsed, openDatabase } from '../store/database.ts';
import { pendingMigrations } from '../store/migrate.ts';
import { newestSnapshot } from '../store/snapshots.ts';
import { NoDatabaseError } from '../store/sqlite.ts';
import { innermostMessage } from '../text/innermost-message.ts';
import { isCoverUsed, isRuleUsed, type Paths, pathsOf } from '../workspace/diff/unmatched.ts';
import type { SnapshotContent } from '../workspace/snapshot.ts';

const NEXT = 'copy a path as diff prints it, or remove this one';

/**
 * Returns the patterns of `covers` and `drift.ignore` that match nothing in the newest readings: most are misspelled. Creates no
 * database. Environments that were never read are left out.
 * @param now epoch ms UTC
 */
export async function unmatchedPatterns(config: Config, now: number): Promise<ConfigWarning[]> {
  if (config.drift.ignore.length === 0 && config.signOffs.every(({ covers }) => covers === null)) return [];
  const read = await newestPaths(config);
  if (read instanceof Map)
    return [...unmatchedCovers(config, read), ...unmatchedRules(config, [...read.values()], now)];
  return [
    {
      text: `covers and drift.ignore could not be compared with the newest readings: ${read}`,
      remedy: 'run envcheck doctor',
    },
  ];
}

function unmatchedCovers(
  { signOffs, environments }: Config,
  read: ReadonlyMap<string, Paths>,
): ConfigWarning[] {
  return signOffs.flatMap(({ covers, environments: asked }, index) => {
    const names = (asked ?? environments.map(({ name }) => name)).filter((name) => read.has(name));
    const paths = names.flatMap((name) => read.get(name) ?? []);
    return (covers ?? []).flatMap((pattern, at) =>
      paths.length === 0 || paths.some((each) => isCoverUsed(pattern, each))
        ? []
        : [
            {
              text: `signOffs[${index}].covers[${at}] (${JSON.stringify(pattern)}) matches nothing in the newest reading of ${names.join(', ')}, so no change of today's configuration voids a signature by it`,
              remedy: NEXT,
            },
          ],
    );
  });
}

/** A difference may be of either side, so a rule has to match in one of the environments. */
const unmatchedRules = ({ drift }: Config, paths: readonly Paths[], now: number): ConfigWarning[] =>
  drift.ignore.flatMap((rule, index) =>
    paths.length === 0 || !isRuleActive(rule, now) || paths.some((each) => isRuleUsed(rule.path, each))
      ? []
      : [
          {
            text: `drift.ignore[${index}] (path: ${JSON.stringify(rule.path)}) matches nothing in the newest readings`,
            remedy: NEXT,
          },
        ],
  );

/** The newest paths by environment, or the reason why they could not be read. */
async function newestPaths(config: Config): Promise<Map<string, Paths> | string> {
  try {
    const db = openDatabase(config.database, 'existing');
    try {
      const read = new Map<string, Paths>();
      if (!(await isUsed(db)) || (await pendingMigrations(db)).length > 0) return read;
      for (const { name } of config.environments) {
        const snapshot = await newestSnapshot<SnapshotContent>(db, name);
        if (snapshot) read.set(name, pathsOf(snapshot.content));
      }
      return read;
    } finally {
      await db.destroy();
    }
  } catch (error) {
    return error instanceof NoDatabaseError ? new Map() : innermostMessage(error);
  }
}
