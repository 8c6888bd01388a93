import type { Button, KnownBlock, RichTextElement } from '@slack/types';
import {
  countedReasons,
  countText,
  footnotes,
  groupText,
  nextStep,
  stateCounts,
  stateText,
} from '../../events/failures/failure-text.ts';
import type { FailureOverview, GroupView } from '../../events/failures/read-failures.ts';
import type { Acknowledgement } from '../../store/acknowledgements.ts';
import { personText } from '../../text/acceptance-text.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { Message } from '../../text/message.ts';
import { actionIds } from '../action-ids.ts';
import { fitBlocks } from './budget.ts';
import { bold, clip, code, dateElement, lineBreak, paragraph, plain, quoted, richText } from './text.ts';

export interface FailuresView {
  environment: { name: string; production: boolean };
  overview: FailureOverview;
  /** True when resolved groups are included. */
  all: boolean;
  isPrivate: boolean;
}

const MAX_REASONS = 6;

/** The failure groups of an environment, open ones first, each with a button to acknowledge it. */
export function failuresMessage(view: FailuresView): Message {
  const { environment, overview, all, isPrivate } = view;
  const { groups, unknown } = overview;
  const shown = all ? groups : groups.filter(({ state }) => state !== 'resolved');
  const title = `${markOf(overview)} ${environmentLabel(environment)}, failure groups: ${stateCounts(groups)}${unknown.length > 0 ? `; ${unknown.length} could not be checked` : ''}`;
  const body = [
    ...unknown.map(({ what, why }) => [
      richText(paragraph(bold(`❔ Could not check ${what}: `), plain(clip(why, 400)))),
    ]),
    ...shown.map((group) => groupBlocks(group, view)),
  ];
  const hidden = groups.length - shown.length;
  const foot = [
    ...footnotes(overview),
    ...(hidden > 0 ? [`Resolved groups: /envcheck failures ${environment.name} --all`] : []),
  ].join(' ');
  return {
    text: quoted(title, 1_000),
    blocks: fitBlocks(
      [richText(paragraph(bold(title)))],
      body,
      [richText(paragraph(plain(foot, { italic: true }))), ...(isPrivate ? [shareButton(view)] : [])],
      (leftOut) =>
        richText(
          paragraph(
            plain(
              `${leftOut} ${leftOut === 1 ? 'part does' : 'parts do'} not fit in this message. Full list: npm run -s envcheck -- failures ${environment.name}${all ? ' --all' : ''}`,
            ),
          ),
        ),
    ),
  };
}

function markOf({ groups, unknown }: FailureOverview): string {
  if (groups.some(({ state }) => state === 'open')) return '❌';
  return unknown.length > 0 ? '❔' : '✅';
}

const marks = { open: '❌ Open', acknowledged: '👁️ Acknowledged', resolved: '✅ Resolved' } as const;

function groupBlocks(group: GroupView, { all, environment }: FailuresView): KnownBlock[] {
  const state = stateText(group);
  const elements: RichTextElement[] = [
    bold(`${marks[group.state]}: ${clip(groupText(group), 120)}`),
    plain(`: ${countText(group)}${reasonList(group)}`),
    lineBreak,
    plain(group.isBeyondKeep ? 'first seen before the oldest log entry, known since ' : 'first seen '),
    dateElement(group.firstSeen),
    plain(', last seen '),
    dateElement(group.lastSeen),
    lineBreak,
    ...(group.sample === null
      ? [plain('no sample is kept')]
      : [plain('sample '), code(`/envcheck find ${group.sample}`)]),
    ...(state === null ? [] : [lineBreak, plain(clip(state, 800))]),
    ...(group.acknowledgement === null ? [] : [lineBreak, ...acknowledgementLine(group.acknowledgement)]),
    ...(group.state === 'resolved' ? [] : [lineBreak, bold('Next: '), plain(nextStep(group))]),
  ];
  const text = richText({ type: 'rich_text_section', elements });
  if (group.state !== 'open') return [text];
  const button: Button = {
    type: 'button',
    text: { type: 'plain_text', text: 'Acknowledge…' },
    action_id: actionIds.acknowledgeFailure,
    value: JSON.stringify({ environment: environment.name, all, group: group.id, seen: seenOf(group) }),
    accessibility_label: clip(`Acknowledge ${groupText(group)}`, 75),
  };
  return [text, { type: 'actions', elements: [button] }];
}

/** Characters of a button's value for the reasons that were shown; Slack allows 2,000 for the whole value. */
const MAX_SEEN = 1_200;
function seenOf({ reasons }: GroupView): string[] | null {
  // Null when the codes do not fit: the form then reads the current ones.
  return JSON.stringify(reasons).length > MAX_SEEN ? null : reasons;
}

/** Such as " (CRM_TIMEOUT, CRM_REFUSED)"; empty for a silence, which has no cause. */
function reasonList(group: GroupView): string {
  const { kind, reasons } = group;
  if (kind === 'silence' || reasons.length === 0) return '';
  const shown = countedReasons(group)
    .slice(0, MAX_REASONS)
    .map((reason) => clip(reason, 70));
  const more = reasons.length - shown.length;
  return ` (${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''})`;
}

function acknowledgementLine({ actor, at, reason }: Acknowledgement): RichTextElement[] {
  const slackId = /^slack:([UW][A-Z0-9]+)$/.exec(actor)?.[1];
  return [
    slackId ? { type: 'user', user_id: slackId } : plain(clip(personText(actor), 80)),
    plain(' acknowledged it '),
    dateElement(at),
    plain(`: ${clip(reason, 500)}`),
  ];
}

const shareButton = ({ environment, all }: FailuresView): KnownBlock => ({
  type: 'actions',
  elements: [
    {
      type: 'button',
      text: { type: 'plain_text', text: 'Share' },
      action_id: actionIds.shareFailures,
      value: JSON.stringify({ environment: environment.name, all }),
    },
  ],
});
