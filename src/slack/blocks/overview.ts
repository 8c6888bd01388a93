import type { KnownBlock } from '@slack/types';
import { environmentLabel } from '../../readiness/environment-label.ts';
import type { Report } from '../../readiness/report.ts';
import { countsLine, nextStepOf, verdictWords } from '../../readiness/words.ts';
import type { Progress } from '../../workspace/progress.ts';
import { actionIds } from '../action-ids.ts';
import { fitBlocks } from './budget.ts';
import type { Message } from './message.ts';
import { bold, clip, escapeMrkdwn, lineBreak, paragraph, plain, richText } from './text.ts';

export interface OverviewRow {
  name: string;
  production: boolean;
  /** `running`: not answered yet. */
  state:
    | { kind: 'report'; report: Report }
    | { kind: 'running'; progress: Progress }
    | { kind: 'failed'; token: string };
}

/** All environments at a glance: a verdict, the counts and the one next step for each. */
export function overviewMessage(rows: OverviewRow[]): Message {
  const title = 'Environments';
  const lines = rows.map((row) => `${environmentLabel(row)}: ${stateWords(row)}`);
  const parts = rows.map((row): KnownBlock[] => [rowText(row), rowButtons(row)]);
  return {
    text: escapeMrkdwn(clip(`${title}. ${lines.join('. ')}`, 1000)),
    blocks: fitBlocks([{ type: 'header', text: { type: 'plain_text', text: title } }], parts, [], (leftOut) =>
      richText(paragraph(plain(`${leftOut} more do not fit here: /envcheck <environment> shows each.`))),
    ),
  };
}

function stateWords({ state }: OverviewRow): string {
  switch (state.kind) {
    case 'running':
      return state.progress.planned > 0
        ? `reading, ${state.progress.done} of ${state.progress.planned}`
        : 'checking…';
    case 'failed':
      return `the check failed unexpectedly (${state.token} in the log of Envcheck)`;
    case 'report':
      return `${verdictWords[state.report.verdict].word} (${countsLine(state.report)})`;
  }
}

function rowText(row: OverviewRow): KnownBlock {
  const { state } = row;
  const mark =
    state.kind === 'report' ? verdictWords[state.report.verdict].mark : state.kind === 'failed' ? '❔' : '⏳';
  const next = state.kind === 'report' ? nextStepOf(state.report) : null;
  return richText(
    paragraph(
      bold(`${mark} ${environmentLabel(row)}: `),
      plain(stateWords(row)),
      ...(next ? [lineBreak, plain(`Next: ${clip(next, 300)}`)] : []),
    ),
  );
}

function rowButtons({ name, state }: OverviewRow): KnownBlock {
  const report = state.kind === 'report' ? state.report.id : null;
  return {
    type: 'actions',
    elements: [
      report
        ? {
            type: 'button',
            text: { type: 'plain_text', text: `Show ${name}` },
            action_id: actionIds.showAll,
            value: report,
          }
        : {
            type: 'button',
            text: { type: 'plain_text', text: `Check ${name}` },
            action_id: actionIds.recheck,
            value: name,
          },
    ],
  };
}
