/** One of several processes on one database: schedule and outbox as the bot joins them, on the clock in a file. */
import { readFileSync } from 'node:fs';
import pino from 'pino';
import { createReporting } from '../../src/digests/reporting.ts';
import type { MakeReport } from '../../src/digests/schedule/scheduled-report.ts';
import { slackPresenter } from '../../src/slack/blocks/digest-presenter.ts';
import { createCourier } from '../../src/slack/courier.ts';
import { openDatabase } from '../../src/store/database.ts';
import { fileClock, textMessage, webClient } from './outbox/process-parts.ts';

interface Setup {
  file: string;
  apiUrl: string;
  token: string;
  clockFile: string;
  reports: Parameters<typeof createReporting>[0]['config']['reports'];
  /** Kills itself while it makes the first report. */
  dies: boolean;
}

const setup = JSON.parse(readFileSync(0, 'utf8')) as Setup;
const clock = fileClock(setup.clockFile);

const makeReport: MakeReport = async ({ report, firedFor, late, previousRun }) => {
  if (setup.dies) process.kill(process.pid, 'SIGKILL');
  // Gives the other processes time to see the open run.
  await new Promise((resolve) => setTimeout(resolve, 5));
  const text = [
    report.name,
    new Date(firedFor).toISOString(),
    late ? 'late' : 'on time',
    previousRun === null ? 'first' : `since ${new Date(previousRun).toISOString().slice(0, 16)}`,
  ].join(' ');
  const item = { channel: report.channel, key: `${report.id} ${firedFor}`, kind: 'post' as const };
  return [{ ...item, message: textMessage(text) }];
};

const reporting = createReporting({
  config: { reports: setup.reports, environments: [] } as unknown as Parameters<
    typeof createReporting
  >[0]['config'],
  db: openDatabase(setup.file),
  clock,
  logger: pino({ level: 'warn' }, pino.destination(2)),
  courier: createCourier(webClient(setup.apiUrl, setup.token, 5_000)),
  botName: () => '@envcheck',
  makeReport,
  presenter: slackPresenter,
  tickMs: 4,
});
reporting.start();
process.stdout.write('started\n');
