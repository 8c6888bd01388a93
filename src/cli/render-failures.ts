import {
  countedReasons,
  countText,
  footnotes,
  groupText,
  nextStep,
  stateCounts,
  stateText,
} from '../events/failures/failure-text.ts';
import type { FailureOverview, GroupView } from '../events/failures/read-failures.ts';
import { personText } from '../text/acceptance-text.ts';
import { printable } from '../text/printable.ts';
import { iso } from './event-json.ts';
import type { Terminal } from './terminal.ts';
import { hangingIndent } from './wrap.ts';

/** The contract of `failures --json`. */
export const failuresJson = (overview: FailureOverview, all: boolean): object => {
  const of = (state: GroupView['state']) => overview.groups.filter((group) => group.state === state).length;
  return {
    environment: overview.environment,
    at: iso(overview.at),
    open: of('open'),
    acknowledged: of('acknowledged'),
    resolved: of('resolved'),
    groups: overview.groups.filter(({ state }) => all || state !== 'resolved').map(groupJson),
    unknown: overview.unknown,
    notWatched: overview.notWatched,
  };
};

export const groupJson = (group: GroupView): object => ({
  id: group.id,
  kind: group.kind,
  activity: group.activity,
  state: group.state,
  count: group.count,
  countOf: group.isExact ? 'all' : 'at_least',
  kept: group.kept,
  firstSeen: iso(group.firstSeen),
  lastSeen: iso(group.lastSeen),
  beyondKeep: group.isBeyondKeep,
  reasons: group.reasons,
  sample: group.sample,
  acknowledged: group.acknowledgement && {
    id: group.acknowledgement.id,
    at: iso(group.acknowledgement.at),
    by: group.acknowledgement.actor,
    reason: group.acknowledgement.reason,
    covers: group.acknowledgement.covers,
  },
  reopened: group.reopened,
});

const MAX_REASONS = 20;

const firstOf = (reasons: readonly string[]): string =>
  reasons.length > MAX_REASONS
    ? `${reasons.slice(0, MAX_REASONS).join(', ')} and ${reasons.length - MAX_REASONS} more (--json lists all)`
    : reasons.join(', ');

const marks = { open: '✗ open', acknowledged: '~ acknowledged', resolved: '✓ resolved' } as const;
const colours = { open: 'red', acknowledged: 'yellow', resolved: 'green' } as const;

export function renderFailures(
  label: string,
  overview: FailureOverview,
  all: boolean,
  terminal: Terminal,
): string {
  const { groups, unknown } = overview;
  const shown = groups.filter(({ state }) => all || state !== 'resolved');
  const hidden = groups.length - shown.length;
  const unread = unknown.length > 0 ? `; ${unknown.length} could not be read` : '';
  return [
    terminal.style('bold', `${label}, groups of failures: ${stateCounts(groups)}${unread}`),
    ...unknown.map(({ what, why }) => hangingIndent('? ', `Could not read: ${what}. ${why}`, terminal.width)),
    ...shown.flatMap((group) => ['', ...renderGroup(group, terminal)]),
    '',
    ...footnotes(overview).map((words) => hangingIndent('', words, terminal.width)),
    ...(hidden > 0 ? ['Resolved groups are hidden; --all shows them.'] : []),
    '',
  ].join('\n');
}

function renderGroup(group: GroupView, terminal: Terminal): string[] {
  const row = (text: string) => hangingIndent('    ', text, terminal.width);
  const mark = terminal.style(colours[group.state], marks[group.state]);
  const first = group.isBeyondKeep ? 'first seen before the log begins, known since' : 'first seen';
  const state = stateText(group);
  const { acknowledgement } = group;
  return [
    `${mark}  ${printable(groupText(group))}: ${countText(group)}`,
    row(group.id),
    ...(group.kind === 'silence' ? [] : [row(firstOf(countedReasons(group)))]),
    row(`${first} ${iso(group.firstSeen)}, last seen ${iso(group.lastSeen)}`),
    row(group.sample === null ? 'no sample stored' : `sample: find ${group.sample}`),
    ...(state === null ? [] : [row(state)]),
    ...(acknowledgement === null
      ? []
      : [
          row(
            `${personText(acknowledgement.actor)} acknowledged it ${iso(acknowledgement.at)}: ${acknowledgement.reason}`,
          ),
        ]),
    ...(group.state === 'resolved' ? [] : [row(`Next: ${nextStep(group)}`)]),
  ];
}
