import { type BotHealth, readBotHealth } from '../commands/self.ts';
import { comparisonText, outboxText, sizeText } from '../commands/self-text.ts';
import type { Config } from '../config/config.ts';
import type { ReportStatus } from '../digests/schedule/overview.ts';
import { lastRunText, nextRunText } from '../digests/schedule/report-status-text.ts';
import { isUsed, openDatabase } from '../store/database.ts';
import { pendingMigrations } from '../store/migrate.ts';
import { isDatabase } from '../store/sqlite.ts';
import { environmentLabel } from '../text/environment-label.ts';
import { innermostMessage } from '../text/innermost-message.ts';
import { AHEAD_TEXT, isAhead } from '../time/age.ts';
import { systemClock } from '../time/clock.ts';
import { dateTimeText } from '../time/date-time-text.ts';
import type { FarClocks } from '../time/far-clocks.ts';
import { type Diagnosis, failed, passed } from './diagnosis.ts';

/** Bot health, from what Envcheck's processes wrote to the database. Empty before the first start. */
export async function probeBotHealth(config: Config, farClocks: FarClocks): Promise<Diagnosis[]> {
  try {
    if (!isDatabase(config.database)) return [];
    const db = openDatabase(config.database, 'existing');
    try {
      if (!(await isUsed(db)) || (await pendingMigrations(db)).length > 0) return [];
      const state = await readBotHealth({ db, clock: systemClock, farClocks }, config);
      return [
        passed('Envcheck', `${state.version} on Node ${process.version}, database ${sizeText(state)}`),
        outboxDiagnosis(state),
        ...state.reports.reports.map(reportDiagnosis),
        ...state.deliveries.map(({ environment, production, receives, at }) =>
          passed(
            `deliveries ${environmentLabel({ name: environment, production })}`,
            at === null
              ? `none in the log${receives ? '' : '; no webhooks are configured'}`
              : `the last one arrived ${dateTimeText(at, 'UTC')}${isAhead(at, systemClock.now()) ? `, ${AHEAD_TEXT}` : ''}`,
          ),
        ),
        ...state.comparisons.map((each) => {
          const part = `contracts ${environmentLabel({ name: each.environment, production: each.production })}`;
          return passed(part, `compared with the log: ${comparisonText(each, systemClock.now())}`);
        }),
      ];
    } finally {
      await db.destroy();
    }
  } catch (error) {
    // `probeDatabase` reports a database that does not open.
    const detail = `could not be read: ${innermostMessage(error)}`;
    return [{ part: 'Envcheck', state: 'unknown', detail, remedy: 'Follow the next step for the database' }];
  }
}

function outboxDiagnosis({ outbox }: BotHealth): Diagnosis {
  const { headline, troubles } = outboxText(outbox, systemClock.now());
  const [first, ...others] = troubles;
  if (first === undefined) return passed('outbox', headline);
  const more = others.length > 0 ? `; ${others.length} more` : '';
  return failed(
    'outbox',
    `${headline}. ${first}${more}`,
    'Check the channels named here; `/readyz` lists all of them',
  );
}

function reportDiagnosis(line: ReportStatus): Diagnosis {
  const { report, last } = line;
  const part = `report ${report.name}`;
  const runs = `${nextRunText(line, report.timezone)}; ${lastRunText(line, report.timezone)}`;
  if (last?.state === 'failed')
    return failed(part, runs, `Search the log of Envcheck for ${last.error ?? 'the report'}`);
  return passed(part, runs);
}
