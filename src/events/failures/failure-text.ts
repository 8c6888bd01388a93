import { pluralize } from '../../text/counts.ts';
import { DAY_MS } from '../../time/units.ts';
import { deliveriesText, reasonText, refusalRemedy } from '../log/refusal-text.ts';
import { signerRemedy } from '../log/signer-text.ts';
import type { FailureKind, GroupIdentity } from './group.ts';
import type { FailureOverview, GroupView } from './read-failures.ts';

/** "deliveries without a valid signature", "failed outcomes of CONTRACT_EXECUTED", "silence of CONTRACT_EXECUTED" */
export function groupText({ kind, activity }: Pick<GroupIdentity, 'kind' | 'activity'>): string {
  switch (kind) {
    case 'badly_signed':
      return 'deliveries without a valid signature';
    case 'refused':
      return 'deliveries refused for another reason';
    case 'failed':
      return `failed outcomes of ${activity ?? 'events whose activity is not known'}`;
    case 'silence':
      return `silence of ${activity}`;
    case 'missing':
      return `missing events: ${activity} of executed contracts`;
  }
}

/** Rejections in words; the integration's codes and contract ids unchanged, so that people can search for them. */
export const reasonTexts = (kind: FailureKind, reasons: readonly string[]): string[] =>
  kind === 'failed' || kind === 'missing' ? [...reasons] : reasons.map(reasonText);

/** The same of a group, each with its number where there are several. */
export const countedReasons = ({
  kind,
  reasons,
  counts = [],
}: Pick<GroupView, 'kind' | 'reasons' | 'counts'>): string[] =>
  reasonTexts(kind, reasons).map((text, index) => {
    const count = counts[index];
    return reasons.length < 2 || count === undefined || kind === 'missing'
      ? text
      : `${text}: ${count.toLocaleString('en-US')}`;
  });

/** The count with its unit: "413 deliveries, 12 of them kept", "12 outcomes", "1 time". */
export function countText(group: Pick<GroupView, 'kind' | 'count' | 'kept' | 'isExact'>): string {
  const { kind, count } = group;
  if (count === 0) return 'none in the log any more';
  if (kind === 'silence') return pluralize(count, 'time');
  if (kind === 'failed') return pluralize(count, 'outcome');
  if (kind === 'missing') return pluralize(count, 'contract');
  return deliveriesText(group);
}

/** "2 open, 1 acknowledged, 3 resolved": exact counts, whatever is shown. */
export function stateCounts(groups: readonly Pick<GroupView, 'state'>[]): string {
  const of = (state: GroupView['state']) => groups.filter((group) => group.state === state).length;
  return `${of('open')} open, ${of('acknowledged')} acknowledged, ${of('resolved')} resolved`;
}

/** The reason for the current state; null for a group that is simply open or acknowledged. */
export function stateText({ reopened, state, kind, count, hint }: GroupView): string | null {
  if (state === 'resolved') {
    if (count === 0) return 'resolved: no failure is left in the log';
    if (kind === 'missing') return `resolved: ${hint ?? 'all of them arrived'}`;
    return kind === 'silence'
      ? 'resolved: it arrives again'
      : 'resolved: no failure for 24 h, and others succeeded since';
  }
  if (reopened === null) return null;
  return reopened.by === 'again'
    ? 'open again: it was resolved, and it happened again'
    : `open again: new reason ${reasonTexts(kind, reopened.reasons).join(', ')}`;
}

const FIND_SENDER =
  "Check this environment: webhooks.signature says whether the receiver verifies with the workspace's current key. If it does, somebody else sends these: the sample names the sender";
const FIND_SAMPLE =
  'Find the sample: it names the sender. If that is SpotDraft or your proxy, a proxy in between removes the header X-SD-WEBHOOK-CONTENT-HASH';

/** The next steps of all reasons, most failures first, each with the number of failures for which it is. */
function stepsByReason({ reasons, counts = [] }: GroupView, stepOf: (reason: string) => string): string {
  const known = reasons.map((reason, index) => ({ reason, count: counts[index] ?? 0, step: stepOf(reason) }));
  const total = known.reduce((sum, { count }) => sum + count, 0);
  const steps = [...Map.groupBy(known, ({ step }) => step)]
    .map(([step, own]) => ({ step, own, count: own.reduce((sum, { count }) => sum + count, 0) }))
    .sort((left, right) => right.count - left.count);
  if (steps.length <= 1 || total === 0) return steps.map(({ step }) => step).join('. ');
  return steps
    .map(
      ({ step, own, count }) =>
        `${count.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} (${own.map(({ reason }) => reasonText(reason)).join(', ')}): ${step}`,
    )
    .join('. ');
}

/** The next step for a group. */
export function nextStep(group: GroupView): string {
  const { kind, sample, activity, environment, hint = null } = group;
  switch (kind) {
    case 'badly_signed':
      return stepsByReason(group, (reason) => signerRemedy(reason, environment) ?? FIND_SENDER);
    case 'refused':
      return stepsByReason(group, (reason) =>
        reason === 'missing_signature'
          ? FIND_SAMPLE
          : refusalRemedy({ rejection: reason, signed_with: null }, environment),
      );
    case 'failed':
      return sample === null
        ? 'Look for the code in the log of the integration'
        : 'Find the sample: its timeline has the event and the request to look for in the log of the integration';
    case 'missing':
      if (hint !== null)
        return `${hint}. See to it that such deliveries are accepted, then send the newest event of each contract again: webhooks retrigger. The group ends when the events arrive`;
      return `SpotDraft lists these contracts as executed, and the log has no ${activity} of them. Check in SpotDraft (Settings, Developer settings) that its webhook is active, then send the newest event of each contract again: webhooks retrigger. The group ends when the events arrive, or the contracts are voided or deleted`;
    case 'silence':
      return `Check in SpotDraft (Settings, Developer settings) that the webhook for ${activity} is still active: SpotDraft disables it after failures and then sends nothing`;
  }
}

/** Notes about all groups: what the numbers count, and what is not watched. */
export function footnotes({ groups, keepMs, notWatched }: FailureOverview): string[] {
  const sampled = groups.some(({ kind }) => kind === 'badly_signed' || kind === 'refused');
  const days = Math.round(keepMs / DAY_MS);
  return [
    `The log keeps ${keepMs < 2 * DAY_MS ? `${Math.round(keepMs / 3_600_000)} h` : `${days} days`}; counts cover that time.`,
    ...(sampled
      ? [
          'Refused deliveries are sampled: one per sender, signer, reason and minute is kept, and 60 of a known signer; the others are counted.',
        ]
      : []),
    ...notWatched.map((what) => `Not watched: ${what}.`),
  ];
}
