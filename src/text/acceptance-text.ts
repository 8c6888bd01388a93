/** A person as plain text names them. Slack shows its own ids as mentions instead. */
export const personText = (actor: string): string =>
  actor.startsWith('slack:') ? `Slack member ${actor.slice('slack:'.length)}` : actor.replace(/^cli:/, '');

/** The last day on which an acceptance counts, `2026-12-31` (UTC). `until` is its end in epoch ms, not included. */
export const lastDay = (until: number): string => new Date(until - 1).toISOString().slice(0, 10);

/** "accepted by ada until 2026-12-31: trial templates stay in UAT" */
export function acceptanceText(
  acceptance: { reason: string; until: number | null } & (
    | { kind: 'waiver'; by: string }
    | { kind: 'ignored' }
  ),
): string {
  const until = acceptance.until === null ? '' : ` until ${lastDay(acceptance.until)}`;
  const by = acceptance.kind === 'waiver' ? ` by ${personText(acceptance.by)}` : ' by a rule of the config';
  return `accepted${by}${until}: ${acceptance.reason}`;
}
