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

/** The next step for a group. */
export function nextStep({ kind, sample, activity, environment, reasons, hint = null }: GroupView): string {
  switch (kind) {
    case 'badly_signed': {
      const [known] = reasons
        .map((reason) => signerRemedy(reason, environment))
        .filter((remedy) => remedy !== null);
      if (known !== undefined) return known;
      return "Check this environment: webhooks.signature says whether the receiver verifies with the workspace's current key. If it does, somebody else sends these: the sample names the sender";
    }
    case 'refused':
      return reasons.every((reason) => reason === 'missing_signature')
        ? 'Find the sample: it names the sender. If that is SpotDraft or your proxy, a proxy in between removes the header X-SD-WEBHOOK-CONTENT-HASH'
        : reasons
            .filter((reason) => reason !== 'missing_signature')
            .map((reason) => refusalRemedy({ rejection: reason, signed_with: null }, environment))
            .filter((remedy, index, all) => all.indexOf(remedy) === index)
            .join('. ');
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
