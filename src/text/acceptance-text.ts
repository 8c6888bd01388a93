import type { Acceptance } from '../approvals/waivers/acceptance.ts';

/** A person as a line of text names them; Slack shows ids of its own kind as mentions. */
export const personText = (actor: string): string =>
  actor.startsWith('slack:') ? `Slack member ${actor.slice('slack:'.length)}` : actor.replace(/^cli:/, '');

/** The last day on which it counts. */
export const lastDay = (until: number): string => new Date(until - 1).toISOString().slice(0, 10);

/** "accepted by ada until 2026-12-31: trial templates stay in UAT" */
export function acceptanceText(acceptance: Acceptance): string {
  const until = acceptance.until === null ? '' : ` until ${lastDay(acceptance.until)}`;
  const by = acceptance.kind === 'waiver' ? ` by ${personText(acceptance.by)}` : ' by a rule of the config';
  return `accepted${by}${until}: ${acceptance.reason}`;
}
