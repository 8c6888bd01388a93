import type { Button, KnownBlock } from '@slack/types';
import type { Report } from '../../readiness/report.ts';
import { countsLine, nextStepOf, verdictLabels } from '../../readiness/status-text.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { Message } from '../../text/message.ts';
import type { Progress } from '../../workspace/progress.ts';
import { actionIds } from '../action-ids.ts';
import { fitBlocks } from './budget.ts';
import { bold, clip, escapeMrkdwn, lineBreak, paragraph, plain, richText } from './text.ts';

export interface OverviewRow {
  name: string;
  production: boolean;
  /** `running` until the check ends. */
  state:
    | { kind: 'report'; report: Report }
    | { kind: 'running'; progress: Progress }
    | { kind: 'failed'; token: string }
    /** Envcheck stopped before the check ended. */
    | { kind: 'interrupted' };
}

/** All environments at a glance: verdict, counts and next step for each. */
export function overviewMessage(rows: OverviewRow[]): Message {
  const title = 'Environments';
  const lines = rows.map((row) => `${environmentLabel(row)}: ${stateText(row)}`);
  const parts = rows.map((row): KnownBlock[] => [rowText(row), ...rowButtons(row)]);
  return {
    text: escapeMrkdwn(clip(`${title}. ${lines.join('. ')}`, 1000)),
    blocks: fitBlocks([{ type: 'header', text: { type: 'plain_text', text: title } }], parts, [], (leftOut) =>
      richText(paragraph(plain(`${leftOut} more do not fit here: /envcheck <environment> shows each one.`))),
    ),
  };
}

function stateText({ state }: OverviewRow): string {
  switch (state.kind) {
    case 'running':
      return state.progress.planned > 0
        ? `reading, ${state.progress.done} of ${state.progress.planned}`
        : 'checking…';
    case 'failed':
      return `the check failed unexpectedly (${state.token} in Envcheck’s log)`;
    case 'interrupted':
      return 'not checked, because Envcheck stopped; check again in a minute';
    case 'report':
      return `${verdictLabels[state.report.verdict].word} (${countsLine(state.report)})`;
  }
}

function rowText(row: OverviewRow): KnownBlock {
  const { state } = row;
  const next = state.kind === 'report' ? nextStepOf(state.report) : null;
  return richText(
    paragraph(
      bold(`${markOf(row)} ${environmentLabel(row)}: `),
      plain(stateText(row)),
      ...(next ? [lineBreak, plain(`Next: ${clip(next, 300)}`)] : []),
    ),
  );
}

function markOf({ state }: OverviewRow): string {
  if (state.kind === 'report') return verdictLabels[state.report.verdict].mark;
  return state.kind === 'running' ? '⏳' : verdictLabels.unknown.mark;
}

/** No buttons while it runs: a re-check would edit the same message as the overview. */
function rowButtons({ name, state }: OverviewRow): KnownBlock[] {
  if (state.kind === 'running') return [];
  const button: Button =
    state.kind === 'report'
      ? {
          type: 'button',
          text: { type: 'plain_text', text: `Show ${name}` },
          action_id: actionIds.showAll,
          value: state.report.id,
        }
      : {
          type: 'button',
          text: { type: 'plain_text', text: `Check ${name}` },
          action_id: actionIds.recheck,
          value: name,
        };
  return [{ type: 'actions', elements: [button] }];
}
