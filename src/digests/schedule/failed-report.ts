import { escapeMrkdwn } from '../../slack/blocks/text.ts';
import type { OutboxItem } from '../outbox/outbox.ts';
import type { ScheduledReport } from './scheduled-report.ts';

/** A report that could not be made is told where it was expected: silence would mean that all is quiet. */
export function failedReportItem(report: ScheduledReport, firedFor: number, token: string): OutboxItem {
  const when = new Date(firedFor).toISOString();
  const text = `❔ The report ${escapeMrkdwn(report.name)} of ${when} could not be made. The log of Envcheck has the reason under ${token}. Next: \`/envcheck self\``;
  return {
    channel: report.channel,
    key: `${report.id} ${firedFor} failed`,
    kind: 'post',
    message: { text, blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] },
  };
}
