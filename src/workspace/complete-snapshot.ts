import type { WorkspaceFacts } from './facts.ts';
import { sameName } from './names.ts';
import { type Snapshot, snapshotOf, takeSnapshot } from './snapshot.ts';

/**
 * The snapshot of a reading of everything. It says of each feature flag that was asked for whether the answer holds it,
 * and of the webhook what the config expects, since SpotDraft shows nobody how a webhook is registered.
 */
export function takeCompleteSnapshot(
  facts: WorkspaceFacts,
  asked: { featureFlags: string[]; activities: string[] },
): Snapshot {
  const { content } = takeSnapshot(facts);
  return snapshotOf({
    ...content,
    scope: 'complete',
    webhooks: asked.activities.toSorted(),
    ...(content.featureFlags && 'known' in content.featureFlags
      ? { featureFlags: { known: withAbsent(content.featureFlags.known, asked.featureFlags) } }
      : {}),
  });
}

function withAbsent(
  answered: Record<string, boolean | null>,
  asked: string[],
): Record<string, boolean | null> {
  const absent = asked.filter((name) => !Object.keys(answered).some((other) => sameName(other, name)));
  return Object.fromEntries([...Object.entries(answered), ...absent.map((name) => [name, null] as const)]);
}
