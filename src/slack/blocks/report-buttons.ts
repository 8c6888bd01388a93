import type { ActionsBlock, Button } from '@slack/types';
import type { Report } from '../../readiness/report.ts';
import { actionIds } from '../action-ids.ts';
import type { ReportView } from './report.ts';

const button = (text: string, action_id: string, value: string): Button => ({
  type: 'button',
  text: { type: 'plain_text', text },
  action_id,
  value,
});

/** What is there already has no button: a report in the channel is not shared, a full one not shown in full. */
export function reportButtons(report: Report, { detail, isPrivate }: ReportView): ActionsBlock {
  return {
    type: 'actions',
    elements: [
      button('Re-check', actionIds.recheck, report.environment),
      ...(detail === 'short' ? [button('Show all', actionIds.showAll, report.id)] : []),
      ...(isPrivate ? [button('Share', actionIds.share, report.id)] : []),
    ],
  };
}
