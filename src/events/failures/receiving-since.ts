/** Evidence of when the webhook of an environment announced executions. Times are epoch ms. */
export interface ReceivingEvidence {
  /** The log lacks events from before this time. */
  completeSince: number;
  /** Since when the config names the activity. */
  expectedSince: number;
  /** Active webhooks for the activity that Envcheck registered. */
  registeredAt: readonly number[];
  /** The oldest CONTRACT_EXECUTED in the log, and the oldest event of any activity, since a webhook was deleted; null: none. */
  firstExecuted: number | null;
  firstEvent: number | null;
}

/**
 * From when on every CONTRACT_EXECUTED should be in the log; null while nothing shows that a webhook is active. Events of other
 * activities do not show that this one was subscribed to: from them on it counts since the config expects it.
 */
export function receivingSince(evidence: ReceivingEvidence): number | null {
  const { completeSince, expectedSince, registeredAt, firstExecuted, firstEvent } = evidence;
  const shown = [
    ...registeredAt,
    ...(firstExecuted === null ? [] : [firstExecuted]),
    ...(firstEvent === null ? [] : [Math.max(firstEvent, expectedSince)]),
  ];
  return shown.length === 0 ? null : Math.max(completeSince, Math.min(...shown));
}
