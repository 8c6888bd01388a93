import type { Button, KnownBlock, RichTextElement } from '@slack/types';
import { ruleText } from '../../approvals/waivers/rule-text.ts';
import type { Waiver } from '../../approvals/waivers/waiver.ts';
import type { IgnoreRule } from '../../approvals/waivers/waivers.ts';
import { lastDay, personText } from '../../text/acceptance-text.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { Message } from '../../text/message.ts';
import { actionIds } from '../action-ids.ts';
import { fitBlocks } from './budget.ts';
import {
  bold,
  bullets,
  clip,
  code,
  dateElement,
  lineBreak,
  paragraph,
  plain,
  quoted,
  richText,
} from './text.ts';

export interface WaiversView {
  environments: readonly { name: string; production: boolean }[];
  /** Null for all environments. */
  environment: string | null;
  /** Active and ended waivers, newest first. */
  waivers: Waiver[];
  rules: IgnoreRule[];
  /** The result of the last act; null when there is none. */
  result: { done: boolean; text: string } | null;
  /** Identifies this copy of the buttons: each copy acts once. */
  showing: string;
}

const MAX_RULES = 8;
const MAX_TEXT = 300;
const ALL = 'npm run -s envcheck -- waivers list --all';

/** The active waivers, each with a button to revoke it; ended ones are only counted. */
export function waiversMessage(view: WaiversView): Message {
  const own = view.waivers.filter(
    ({ subject }) =>
      view.environment === null ||
      subject.environment === view.environment ||
      (subject.kind === 'difference' && subject.left === view.environment),
  );
  const active = own.filter(({ state }) => state === 'active');
  const ended = own.length - active.length;
  const where = view.environment === null ? '' : ` in ${label(view, view.environment)}`;
  const counts = `${active.length} accepted${where}${ended > 0 ? `, ${ended} ended` : ''}`;
  const { result } = view;
  const outcome = result ? ` ${result.text}` : '';
  return {
    text: quoted(`Waivers: ${counts}.${outcome}`, 1_000),
    blocks: fitBlocks(
      [
        { type: 'header', text: { type: 'plain_text', text: 'Waivers' } },
        ...(result
          ? [richText(paragraph(bold(`${result.done ? '✅' : '❌'} ${clip(result.text, 2 * MAX_TEXT)}`)))]
          : []),
        richText(paragraph(bold(counts), plain(active.length === 0 ? `. ${HOW}` : ''))),
      ],
      active.map((waiver) => [waiverText(waiver, view), revokeButton(waiver, view)]),
      [...rulesBlock(view), ...(ended > 0 ? [endedBlock(own)] : [])],
      (leftOut) =>
        richText(
          paragraph(bold(`${leftOut} more do not fit in this message. `), plain('Full list: '), code(ALL)),
        ),
    ),
  };
}

const HOW =
  'To accept a failing check or a difference between two environments, use “Accept…” below a report or a comparison.';

type Named = Pick<WaiversView, 'environments'>;

const label = ({ environments }: Named, name: string): string => {
  const environment = environments.find((each) => each.name === name);
  return environment ? environmentLabel(environment) : name;
};

/** Such as "config.templates in prod (production)". */
export const subjectText = (subject: Waiver['subject'], named: Named): string => {
  const [what, where] = subjectParts(subject, named);
  return `${what} in ${where}`;
};

const subjectParts = (subject: Waiver['subject'], named: Named): [what: string, where: string] =>
  subject.kind === 'check'
    ? [subject.check, label(named, subject.environment)]
    : [subject.path, `${label(named, subject.left)} → ${label(named, subject.environment)}`];

function waiverText({ id, subject, shown, by, reason, at, until }: Waiver, view: WaiversView): KnownBlock {
  const [what, where] = subjectParts(subject, view);
  return richText({
    type: 'rich_text_section',
    elements: [
      code(clip(what, MAX_TEXT)),
      plain(` in ${where}: ${clip(shown, MAX_TEXT)}`),
      lineBreak,
      ...personElements(by),
      plain(' on '),
      dateElement(at),
      plain(`, until ${lastDay(until)} `),
      code(id),
      lineBreak,
      plain(clip(reason, 500)),
    ],
  });
}

/** A mention notifies nobody here, because only one person sees the message. */
const personElements = (by: string): RichTextElement[] =>
  /^slack:[UW][A-Z0-9]+$/.test(by)
    ? [{ type: 'user', user_id: by.slice('slack:'.length) }]
    : [plain(personText(by))];

function revokeButton({ id, subject, until }: Waiver, { showing }: WaiversView): KnownBlock {
  const what = subject.kind === 'check' ? subject.check : subject.path;
  const button: Button = {
    type: 'button',
    style: 'danger',
    text: { type: 'plain_text', text: 'Revoke' },
    action_id: actionIds.revokeWaiver,
    value: `${id} ${showing}`,
    confirm: {
      title: { type: 'plain_text', text: 'Revoke this waiver' },
      text: {
        type: 'plain_text',
        text: clip(`${clip(what, 200)} counts again from now on instead of after ${lastDay(until)}.`, 300),
      },
      confirm: { type: 'plain_text', text: 'Revoke' },
      deny: { type: 'plain_text', text: 'Cancel' },
    },
  };
  return { type: 'actions', elements: [button] };
}

function rulesBlock({ rules }: WaiversView): KnownBlock[] {
  if (rules.length === 0) return [];
  // Rules without effect come first: somebody should review them.
  const isIdle = ({ isOver, matches }: IgnoreRule) => isOver || matches === 0;
  const sorted = [...rules.filter(isIdle), ...rules.filter((rule) => !isIdle(rule))];
  const shown = sorted.slice(0, MAX_RULES);
  const more = rules.length - shown.length;
  return [
    richText(
      paragraph(bold(`Config rules (drift.ignore): ${rules.length}`)),
      bullets([
        ...shown.map((rule): RichTextElement[] => [
          code(clip(rule.path, 150)),
          plain(` ${clip(rule.reason, 150)} (${ruleText(rule)})`),
        ]),
        ...(more > 0 ? [[plain(`…and ${more} more`)]] : []),
      ]),
    ),
  ];
}

function endedBlock(waivers: readonly Waiver[]): KnownBlock {
  const count = (state: Waiver['state']) => waivers.filter((each) => each.state === state).length;
  const stateLabels = {
    expired: 'expired',
    revoked: 'revoked',
    changed: 'changed',
    resolved: 'resolved',
    'not judged': 'not judged any more',
  } as const;
  const counts = (Object.keys(stateLabels) as (keyof typeof stateLabels)[])
    .filter((state) => count(state) > 0)
    .map((state) => `${count(state)} ${stateLabels[state]}`);
  return richText(paragraph(plain(`Ended: ${counts.join(', ')}. List them with `), code(ALL)));
}
