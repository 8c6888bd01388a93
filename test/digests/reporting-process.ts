/** A process of several on one database: schedule and outbox as the bot joins them, on the clock that a file holds. */
import { readFileSync } from 'node:fs';
import pino from 'pino';
import { createReporting } from '../../src/digests/reporting.ts';
import type { MakeReport } from '../../src/digests/schedule/scheduled-report.ts';
import { slackPresenter } from '../../src/slack/blocks/digest-presenter.ts';
import { createCourier } from '../../src/slack/courier.ts';
import { openDatabase } from '../../src/store/database.ts';
import { fileClock, textMessage, webClient } from './outbox/test-outbox.ts';

interface Told {
  file: string;
  apiUrl: string;
  token: string;
  clockFile: string;
  reports: Parameters<typeof createReporting>[0]['config']['reports'];
  /** Dies while it makes the first report. */
  dies: boolean;
}

const told = JSON.parse(readFileSync(0, 'utf8')) as Told;
const clock = fileClock(told.clockFile);

const makeReport: MakeReport = async ({ report, firedFor, late, previousRun }) => {
  if (told.dies) process.kill(process.pid, 'SIGKILL');
  // Long enough for the others to see it open.
  await new Promise((resolve) => setTimeout(resolve, 5));
  const words = [
    report.name,
    new Date(firedFor).toISOString(),
    late ? 'late' : 'on time',
    previousRun === null ? 'first' : `since ${new Date(previousRun).toISOString().slice(0, 16)}`,
  ].join(' ');
  const item = { channel: report.channel, key: `${report.id} ${firedFor}`, kind: 'post' as const };
  return [{ ...item, message: textMessage(words) }];
};

const reporting = createReporting({
  config: { reports: told.reports, environments: [] } as unknown as Parameters<
    typeof createReporting
  >[0]['config'],
  db: openDatabase(told.file),
  clock,
  logger: pino({ level: 'warn' }, pino.destination(2)),
  courier: createCourier(webClient(told.apiUrl, told.token, 5_000)),
  botName: '@envcheck',
  makeReport,
  presenter: slackPresenter,
  tickMs: 20,
});
reporting.start();
process.stdout.write('started\n');
