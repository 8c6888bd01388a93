import { ruleText } from '../approvals/waivers/rule-text.ts';
import { subjectText, type Waiver } from '../approvals/waivers/waiver.ts';
import { endText, type IgnoreRule } from '../approvals/waivers/waivers.ts';
import { lastDay, personText } from '../text/acceptance-text.ts';
import { printable } from '../text/printable.ts';
import { iso } from './event-json.ts';
import type { Terminal } from './terminal.ts';
import { hangingIndent } from './wrap.ts';

/** The contract of `waivers --json`. */
export const waiverJson = (waiver: Waiver): object => ({
  id: waiver.id,
  state: waiver.state,
  ...waiver.subject,
  shown: waiver.shown,
  reason: waiver.reason,
  by: waiver.by,
  at: iso(waiver.at),
  until: iso(waiver.until),
  endedAt: waiver.endedAt === null ? null : iso(waiver.endedAt),
  endedBy: waiver.endedBy,
  endedReason: waiver.endedReason,
});

export const ruleJson = ({ path, reason, until, isOver, matches }: IgnoreRule): object => ({
  path,
  reason,
  until,
  isOver,
  matches,
});

export function renderWaivers(
  waivers: readonly Waiver[],
  ended: number,
  rules: readonly IgnoreRule[],
  terminal: Terminal,
): string {
  const active = waivers.filter(({ state }) => state === 'active').length;
  return [
    terminal.style('bold', `${active} accepted, ${ended} ended`),
    ...waivers.flatMap((waiver) => ['', ...renderWaiver(waiver, terminal)]),
    ...(rules.length > 0 ? ['', terminal.style('bold', 'Rules in drift.ignore')] : []),
    ...rules.map((rule) =>
      hangingIndent(
        '  ',
        `${printable(rule.path)}: ${ruleText(rule)}. ${printable(rule.reason)}`,
        terminal.width,
      ),
    ),
    '',
  ].join('\n');
}

function renderWaiver(waiver: Waiver, terminal: Terminal): string[] {
  const row = (text: string) => hangingIndent('    ', text, terminal.width);
  return [
    `${waiver.id}  ${printable(subjectText(waiver.subject))}`,
    row(waiver.shown),
    row(`${personText(waiver.by)}, ${iso(waiver.at)}, until ${lastDay(waiver.until)}: ${waiver.reason}`),
    ...(waiver.state === 'active' ? [] : [row(`Does not count: ${endedText(waiver)}`)]),
  ];
}

const endedText = (waiver: Waiver): string =>
  waiver.endedBy === null
    ? endText(waiver)
    : `${endText(waiver)} by ${personText(waiver.endedBy)}: ${waiver.endedReason}`;
