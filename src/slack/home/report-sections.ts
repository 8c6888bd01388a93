import type { Config } from '../../config/config.ts';
import { outboxState } from '../../digests/outbox/outbox.ts';
import { type ReportStatus, reportsOverview } from '../../digests/schedule/overview.ts';
import { lastRunText, nextRunText } from '../../digests/schedule/report-status-text.ts';
import type { Database } from '../../store/database.ts';
import type { Clock } from '../../time/clock.ts';
import type { HomeLine } from './facts.ts';
import type { HomeSectionReader } from './gather.ts';

interface Dependencies {
  db: Database;
  config: Config;
  clock: Clock;
}

/** Sections about scheduled reports and about messages that Slack has not accepted. */
export const reportSections = (dependencies: Dependencies): HomeSectionReader[] => [
  {
    title: 'Reports',
    none: 'none are scheduled. /envcheck subscribe in a channel schedules one.',
    read: () => readReports(dependencies),
  },
  {
    title: 'Messages to channels',
    none: 'nothing waits to be posted, and none was given up within 7 days.',
    read: () => readOutbox(dependencies),
  },
];

const marks: Record<NonNullable<ReportStatus['last']>['state'], HomeLine['mark']> = {
  posted: '✅',
  quiet: '✅',
  waiting: '⏳',
  'given up': '❌',
  failed: '❌',
};
/** Problems come first. */
const order: readonly HomeLine['mark'][] = ['❌', '❔', '⏳', '✅'];

async function readReports({ db, config, clock }: Dependencies): Promise<HomeLine[]> {
  const { reports } = await reportsOverview(db, config, clock);
  return reports
    .map((line): HomeLine => {
      const { name, timezone } = line.report;
      return {
        mark: line.last ? marks[line.last.state] : '⏳',
        text: `${name}: ${lastRunText(line, timezone)}; ${nextRunText(line, timezone)}`,
      };
    })
    .sort((left, right) => order.indexOf(left.mark) - order.indexOf(right.mark));
}

async function readOutbox({ db, clock }: Dependencies): Promise<HomeLine[]> {
  const { waiting, oldestAt, held, stopped, givenUp } = await outboxState(db, clock);
  const since = oldestAt === null ? '' : `, the oldest since ${new Date(oldestAt).toISOString()}`;
  return [
    ...(stopped ? [{ mark: '❌' as const, text: `Nothing is sent at all. ${stopped}` }] : []),
    ...(waiting > 0
      ? [
          {
            mark: '⏳' as const,
            text: `${waiting} ${waiting === 1 ? 'message waits' : 'messages wait'} to be posted${since}`,
          },
        ]
      : []),
    ...held.map(({ channel, waiting: count, reason }) => ({
      mark: '❌' as const,
      text: `${channel}: ${count} held up. ${reason}`,
    })),
    ...givenUp.map(({ channel, reason, id, at }) => ({
      mark: '❌' as const,
      text: `${channel}: given up ${new Date(at).toISOString()} (${id}). ${reason}`,
    })),
  ];
}
