import type { ActionsBlock, Button, StaticSelect } from '@slack/types';
import type { CheckResult, Report } from '../../readiness/report.ts';
import { actionIds } from '../action-ids.ts';
import type { ReportView } from './report.ts';
import { clip } from './text.ts';

/** Slack's limit for a menu. */
const MAX_OPTIONS = 100;

const button = (text: string, action_id: string, value: string): Button => ({
  type: 'button',
  text: { type: 'plain_text', text },
  action_id,
  value,
});

/** What is there already has no button: a report in the channel is not shared, a full one not shown in full. */
export function reportButtons(report: Report, { detail, isPrivate }: ReportView): ActionsBlock {
  const failed = detail === 'short' ? report.items.flatMap(({ checks }) => checks).filter(isAcceptable) : [];
  return {
    type: 'actions',
    // A choice in a menu carries no more than itself: the id of its block says of which report.
    ...(failed.length > 0 ? { block_id: report.id } : {}),
    elements: [
      button('Re-check', actionIds.recheck, report.environment),
      ...(detail === 'short' ? [button('Show all', actionIds.showAll, report.id)] : []),
      ...(isPrivate ? [button('Share', actionIds.share, report.id)] : []),
      ...(failed.length > 0 ? [acceptMenu(failed)] : []),
    ],
  };
}

/** A failure of which a part could not be judged is not known yet, and cannot be accepted. */
const isAcceptable = ({ status, unjudged }: CheckResult): boolean => status === 'fail' && !unjudged;

const acceptMenu = (failed: readonly CheckResult[]): StaticSelect => ({
  type: 'static_select',
  action_id: actionIds.acceptCheck,
  placeholder: { type: 'plain_text', text: 'Accept…' },
  options: failed.slice(0, MAX_OPTIONS).map(({ id, title }) => ({
    text: { type: 'plain_text', text: clip(title, 75) },
    value: clip(id, 75),
  })),
});
