import type { Command } from 'commander';
import { didYouMean } from '../config/problem.ts';
import { type MadeDigest, previewDigest } from '../digests/digest/digest.ts';
import { sampleMessages } from '../digests/digest/sample.ts';
import type { ScheduledReport } from '../digests/schedule/scheduled-report.ts';
import { allReports } from '../digests/schedule/scheduled-report.ts';
import { slackPresenter } from '../slack/blocks/digest-presenter.ts';
import type { Message } from '../text/message.ts';
import type { CommandContext } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { JSON_OPTION } from './options.ts';
import { jsonText, type Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

const MAX_WIDTH = 100;
const NAME = ['<name>', 'its name in the config, or the id of a subscription'] as const;

export function addReport(program: Command, context: CommandContext): void {
  const report = program
    .command('report')
    .description('preview or test a report that is posted to Slack on a schedule');
  report
    .command('preview')
    .description('show what a report would post now; reads SpotDraft, posts nothing')
    .argument(...NAME)
    .option(...JSON_OPTION)
    .action((name: string, { json = false }: { json?: boolean }) =>
      context.run(() => preview(context, name, json)),
    );
  report
    .command('test')
    .description('show the messages of a report in every state, with sample data; posts nothing')
    .argument(...NAME)
    .action((name: string) => context.run(() => test(context, name)));
}

async function preview(context: CommandContext, name: string, json: boolean): Promise<number> {
  const { terminal } = context;
  const config = context.loadConfig(false);
  return context.withCore(config, async (core) => {
    const report = findReport(await allReports(core.db, config), name);
    terminal.status?.(`Reading the environments of ${report.name}…`);
    const made = await previewDigest({ config, ...core }, report);
    terminal.status?.('');
    const messages = [
      { place: 'channel', message: slackPresenter.digest(made.digest) },
      ...slackPresenter.digestDetails(made.digest).map(({ message }) => ({ place: 'thread', message })),
    ];
    if (json) {
      const shown = messages.map(({ place, message }) => ({ place, ...message }));
      const { because } = made;
      const result = {
        report: report.name,
        channel: report.channel,
        posts: because !== null,
        because,
        messages: shown,
      };
      terminal.out(jsonText(result));
      return exitCodes.ok;
    }
    terminal.out(`${terminal.style('bold', wouldPost(report, made))}\n\n`);
    for (const { place, message } of messages) await print(terminal, `In the ${place}`, message);
    return exitCodes.ok;
  });
}

function wouldPost({ name, channel, when }: ScheduledReport, { because }: MadeDigest): string {
  const reasons = {
    always: 'it always posts',
    baseline: 'it is the first one, the baseline',
    moved: 'something changed since the last one',
    'not read': 'something could not be read',
    heartbeat: 'nothing was posted for a week',
  };
  return because === null
    ? `${name} would not post now (when: ${when}): nothing changed since the last one. Its messages would be:`
    : `${name} would post to ${channel} now: ${reasons[because]}.`;
}

async function test(context: CommandContext, name: string): Promise<number> {
  const { terminal } = context;
  const config = context.loadConfig(false);
  return context.withCore(config, async (core) => {
    const report = findReport(await allReports(core.db, config), name);
    for (const { title, message } of sampleMessages(report, config.environments, {
      now: core.clock.now(),
      presenter: slackPresenter,
    }))
      await print(terminal, title, message);
    return exitCodes.ok;
  });
}

function findReport(reports: ScheduledReport[], name: string): ScheduledReport {
  const folded = name.trim().toLowerCase();
  const found = reports.find((report) => report.name.toLowerCase() === folded || report.id === name);
  if (found) return found;
  const names = reports.map((report) => (report.origin === 'config' ? report.name : report.id));
  const meant = didYouMean(name, names);
  throw new UsageError(
    `there is no report “${name}”${meant ? `; did you mean ${meant}?` : '.'} ${names.length === 0 ? 'Add one under reports in the config' : `There are: ${names.join(', ')}`}`,
  );
}

async function print(terminal: Terminal, title: string, message: Message): Promise<void> {
  // The terminal renderer is loaded only for previews.
  const { renderMessage } = await import('./preview/render.ts');
  const color = terminal.style('bold', 'x') !== 'x';
  const drawn = renderMessage(message, { width: Math.min(terminal.width, MAX_WIDTH) - 4, color });
  terminal.out(`${terminal.style('cyan', '▌')} ${title}\n\n${drawn.replace(/^/gm, '    ')}\n\n`);
}
