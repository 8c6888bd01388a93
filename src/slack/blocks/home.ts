import type { Button, HomeView, KnownBlock, RichTextElement } from '@slack/types';
import { verdictLabels } from '../../readiness/status-text.ts';
import type { ReadResult } from '../../spotdraft/fact.ts';
import { lastDay } from '../../text/acceptance-text.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { actionIds, homeDiffIds } from '../action-ids.ts';
import type { HomeEnvironment, HomeExpiry, HomeFacts, HomeReport, HomeSection } from '../home/facts.ts';
import { fitBlocks, HOME_BUDGET } from './budget.ts';
import {
  driftLines,
  eventsLine,
  failureLines,
  maintenanceLines,
  reportLines,
  signOffLines,
  unreadLine,
} from './home-lines.ts';
import { bold, bullets, clip, code, dateElement, lineBreak, paragraph, plain, richText } from './text.ts';

export interface HomePage {
  facts: HomeFacts;
  /** Epoch ms UTC at which the facts were read. */
  at: number;
  /** An answer that could not be sent to this person as a message; null when there is none. */
  notice: string | null;
}

/** All environments at a glance, the worst first. Every fact has its date, because a page does not show when it was drawn. */
export function homeView({ facts, at, notice }: HomePage): HomeView {
  const environments = facts.environments.toSorted((left, right) => rankOf(left) - rankOf(right));
  const head: KnownBlock[] = [
    { type: 'header', text: { type: 'plain_text', text: 'Environments' } },
    richText({
      type: 'rich_text_section',
      elements: [bold(countsOf(facts.environments)), plain('. As of '), dateElement(at)],
    }),
    ...(notice === null ? [] : [richText(paragraph(bold(`❌ ${notice}`)))]),
    {
      type: 'context',
      elements: [
        {
          type: 'mrkdwn',
          text: 'Answers to these buttons arrive as direct messages: see the Messages tab.',
        },
      ],
    },
  ];
  const foot = [...expiringBlocks(facts), ...facts.sections.flatMap(sectionBlocks), HELP];
  const parts = environments.map((environment): KnownBlock[] => [
    { type: 'divider' },
    environmentText(environment),
    { type: 'actions', elements: buttonsOf(environment) },
  ]);
  const cut = (leftOut: number): KnownBlock =>
    richText(
      paragraph(
        bold(`${leftOut} more ${leftOut === 1 ? 'environment does' : 'environments do'} not fit here. `),
        plain('/envcheck <environment> shows each of them; the counts above include them.'),
      ),
    );
  return { type: 'home', blocks: fitBlocks(head, parts, foot, cut, HOME_BUDGET) };
}

const HELP: KnownBlock = {
  type: 'context',
  elements: [{ type: 'mrkdwn', text: '`/envcheck help` lists all commands.' }],
};

/** `old` means that the last verdict was ready and a newer check is overdue. */
type State = 'not_ready' | 'unread' | 'unknown' | 'old' | 'unchecked' | 'ready';
const order: readonly State[] = ['not_ready', 'unread', 'unknown', 'old', 'unchecked', 'ready'];
const stateLabels: Record<State, string> = {
  not_ready: verdictLabels.not_ready.word,
  unread: 'could not be read',
  unknown: verdictLabels.unknown.word,
  old: 'not checked recently',
  unchecked: 'not checked yet',
  ready: verdictLabels.ready.word,
};

function stateOf({ report }: { report: ReadResult<HomeReport | null> }): State {
  if ('unknown' in report) return 'unread';
  if (report.known === null) return 'unchecked';
  const { verdict } = report.known.report;
  return report.known.isOld && verdict === 'ready' ? 'old' : verdict;
}

const rankOf = (environment: HomeEnvironment): number => order.indexOf(stateOf(environment));

/** Such as "20 environments: 3 not ready, 1 not checked yet, 16 ready". */
function countsOf(environments: readonly HomeEnvironment[]): string {
  const counts = order.flatMap((state) => {
    const count = environments.filter((each) => stateOf(each) === state).length;
    return count > 0 ? [`${count} ${stateLabels[state]}`] : [];
  });
  const total = environments.length;
  return `${total} ${total === 1 ? 'environment' : 'environments'}: ${counts.join(', ')}`;
}

function environmentText(environment: HomeEnvironment): KnownBlock {
  const lines: RichTextElement[][] = [
    ...reportLines(environment),
    ...maintenanceLines(environment),
    ...driftLines(environment),
    ...eventsLine(environment),
    ...failureLines(environment),
    ...signOffLines(environment),
  ];
  return richText({
    type: 'rich_text_section',
    elements: lines.flatMap((line, index) => (index === 0 ? line : [lineBreak, ...line])),
  });
}

const MAX_PAIRS = homeDiffIds.length;

function buttonsOf(environment: HomeEnvironment): Button[] {
  const { name, report, drift } = environment;
  const label = environmentLabel(environment);
  const kept = 'known' in report ? (report.known?.report ?? null) : null;
  const pairs = 'known' in drift ? drift.known : [];
  const button = (text: string, action_id: string, value: string): Button => ({
    type: 'button',
    text: { type: 'plain_text', text },
    action_id,
    value,
    // Without it a screen reader calls the buttons of all environments the same.
    accessibility_label: clip(`${text}: ${label}`, 75),
  });
  return [
    button(kept ? 'Re-check' : 'Check', actionIds.homeCheck, name),
    ...(kept ? [button('Show report', actionIds.homeReport, kept.id)] : []),
    ...pairs.slice(0, MAX_PAIRS).map(({ left }, index) =>
      // Slack allows each action id once per block.
      button(clip(`Differences from ${left.name}`, 75), homeDiffIds[index] ?? '', `${left.name} ${name}`),
    ),
    button('History', actionIds.homeHistory, name),
    button('Waivers', actionIds.homeWaivers, name),
    ...('known' in environment.failures && environment.failures.known
      ? [button('Failures', actionIds.homeFailures, name)]
      : []),
    button('Checklist', actionIds.homeChecklist, name),
  ];
}

const MAX_LINES = 8;
const MAX_TEXT = 250;

/** Waivers, config rules and sign-offs that end within 14 days. */
function expiringBlocks({ expiring, environments }: HomeFacts): KnownBlock[] {
  const title = 'Ends within 14 days';
  if ('unknown' in expiring)
    return withDivider(
      richText({ type: 'rich_text_section', elements: unreadLine(title, expiring.unknown) }),
    );
  const all = expiring.known;
  if (all.length === 0) return [];
  const labelOf = (name: string | null) => {
    const environment = environments.find((each) => each.name === name);
    return environment ? ` in ${environmentLabel(environment)}` : '';
  };
  return withDivider(
    listed(
      `⏳ ${title}: ${all.length}`,
      all.map(({ kind, what, environment, until }) => [
        plain(`${kindLabels[kind]} `),
        code(clip(what, 150)),
        plain(`${labelOf(environment)}, last day ${lastDay(until)}`),
      ]),
    ),
  );
}

const kindLabels: Record<HomeExpiry['kind'], string> = {
  waiver: 'waiver of',
  rule: 'config rule for',
  'sign-off': 'sign-off',
};

/** A section that another part of the program provides. */
function sectionBlocks({ title, lines, none }: HomeSection): KnownBlock[] {
  if ('unknown' in lines)
    return withDivider(richText({ type: 'rich_text_section', elements: unreadLine(title, lines.unknown) }));
  if (lines.known.length === 0) return withDivider(richText(paragraph(bold(`${title}: `), plain(none))));
  return withDivider(
    listed(
      title,
      lines.known.map(({ mark, text }) => [plain(`${mark} ${clip(text, MAX_TEXT)}`)]),
    ),
  );
}

const withDivider = (block: KnownBlock): KnownBlock[] => [{ type: 'divider' }, block];

function listed(title: string, lines: RichTextElement[][]): KnownBlock {
  const more = lines.length - MAX_LINES;
  const shown = more > 0 ? [...lines.slice(0, MAX_LINES), [plain(`…and ${more} more`)]] : lines;
  return richText(paragraph(bold(title)), bullets(shown));
}
