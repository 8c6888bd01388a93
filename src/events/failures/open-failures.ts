import type { OpenFailure } from '../../store/prune-holds.ts';
import { type FailureDependencies, gatherFailures } from './gather.ts';
import { groupId } from './group.ts';
import { groupView } from './read-failures.ts';

/**
 * The groups of failures that are open: nobody acknowledged them and they are not over. Pruning leaves their rows. Throws
 * when a kind cannot be read, because its rows would be pruned.
 */
export async function openFailures(dependencies: FailureDependencies): Promise<OpenFailure[]> {
  const { config, clock } = dependencies;
  const now = clock.now();
  const open: OpenFailure[] = [];
  for (const environment of config.environments) {
    const { groups, acknowledgements, complete } = await gatherFailures(dependencies, environment, now);
    const unread = (['badly_signed', 'refused', 'failed', 'silence', 'missing'] as const).find(
      (kind) => !complete.has(kind),
    );
    if (unread) throw new Error(`failures of ${environment.name} cannot be read: ${unread}`);
    const acts = Map.groupBy(acknowledgements, groupId);
    for (const gathered of groups) {
      const own = acts.get(gathered.group.id) ?? [];
      const { kind, activity, state, since } = groupView(gathered, own, now - config.log.keepMs);
      if (state === 'open') open.push({ environment: environment.name, kind, activity, since });
    }
  }
  return open;
}
