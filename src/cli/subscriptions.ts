import type { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { type ReportStatus, type ReportsOverview, reportsOverview } from '../digests/schedule/overview.ts';
import { lastRunText, nextRunText } from '../digests/schedule/report-status-text.ts';
import {
  isNamedZone,
  parseRequest,
  requestText,
  subscriptionText,
} from '../digests/schedule/subscription-text.ts';
import { createSubscriptions, type SubscribeResult } from '../digests/schedule/subscriptions.ts';
import { pluralize } from '../text/counts.ts';
import { labelIn } from '../text/environment-label.ts';
import { printable } from '../text/printable.ts';
import { dateTimeText } from '../time/date-time-text.ts';
import { actor } from './actor.ts';
import type { CommandContext } from './context.ts';
import { iso } from './event-json.ts';
import { exitCodes } from './exit-codes.ts';
import { withEnvironment } from './find-environment.ts';
import { ENVIRONMENT, JSON_OPTION } from './options.ts';
import { jsonText, type Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

export function addSubscriptions(program: Command, context: CommandContext): void {
  program
    .command('subscriptions')
    .description('list automatic Slack posts: configured reports and channel subscriptions')
    .option(...JSON_OPTION)
    .action(({ json = false }: { json?: boolean }) => context.run(() => list(context, json)));
  for (const verb of ['subscribe', 'unsubscribe'] as const)
    program
      .command(verb)
      .description(
        verb === 'subscribe'
          ? 'subscribe a channel to a digest, its drift section, or notices of failures'
          : 'end a subscription, given in the same words',
      )
      .argument(...ENVIRONMENT)
      .argument('[words...]', 'daily at 09:00, weekdays at 9 Europe/Berlin, drift, failures')
      .requiredOption('--channel <id>', 'the id of the Slack channel')
      .option('--timezone <name>', 'the time zone, unless the words name one', 'UTC')
      .action((name: string, words: string[], options: { channel: string; timezone: string }) =>
        context.run(() => change(context, verb, { name, words, ...options })),
      );
}

async function change(
  context: CommandContext,
  verb: 'subscribe' | 'unsubscribe',
  { name, words, channel, timezone }: { name: string; words: string[]; channel: string; timezone: string },
): Promise<number> {
  if (!/^[CGD][A-Z0-9]{5,}$/.test(channel))
    throw new UsageError(`--channel “${channel}” is not the id of a channel, such as C0123456789`);
  const request = verb === 'unsubscribe' && words.length === 0 ? null : parseRequest(words);
  if (request && 'wrong' in request) throw new UsageError(request.wrong.replaceAll('`', ''));
  if (!isNamedZone(timezone))
    throw new UsageError(`--timezone “${timezone}” is not a time zone, such as Europe/Berlin or UTC`);
  return withEnvironment(context, name, async (core, environment) => {
    const subscriptions = createSubscriptions(core);
    const subscriber = { channel, environment, timezone, actor: actor() };
    const result =
      verb === 'subscribe' && request
        ? await subscriptions.subscribe({ ...subscriber, request })
        : await subscriptions.unsubscribe({ ...subscriber, request });
    context.terminal.out(`${resultLine(result, channel)}\n`);
    return result.kind === 'done' ? exitCodes.ok : exitCodes.negative;
  });
}

function resultLine({ kind, summary, subscription, next }: SubscribeResult, channel: string): string {
  const timezone = subscription?.schedule?.timezone;
  const first = next !== null && timezone ? ` Next: ${dateTimeText(next, timezone)}.` : '';
  const text = summary.replace(/^This channel/, `Channel ${channel}`).replaceAll('`', '');
  return `${kind === 'done' ? '✓' : '✗'} ${text}${first}`;
}

async function list(context: CommandContext, json: boolean): Promise<number> {
  const config = context.loadConfig(false);
  return context.withCore(config, async (core) => {
    const overview = await reportsOverview(core.db, config, core.clock);
    context.terminal.out(
      json ? jsonText(overviewJson(overview)) : render(overview, config, context.terminal),
    );
    return exitCodes.ok;
  });
}

/** The contract of `subscriptions --json`. */
const overviewJson = ({ reports, notices, orphans }: ReportsOverview): object => ({
  reports: reports.map(({ report, next, last, open }) => ({
    ...report,
    next: next === null ? null : iso(next),
    last: last && { ...last, firedFor: iso(last.firedFor), endedAt: iso(last.endedAt) },
    open,
  })),
  notices: notices.map(({ id, channel, environment, kind }) => ({ id, channel, environment, kind })),
  orphans: orphans.map(({ id, channel, environment, kind }) => ({ id, channel, environment, kind })),
});

function render({ reports, notices, orphans }: ReportsOverview, config: Config, terminal: Terminal): string {
  const label = (name: string) => labelIn(config.environments, name);
  if (reports.length + notices.length + orphans.length === 0)
    return 'No automatic posts. Add `reports:` to the config, or send `/envcheck subscribe prod daily at 09:00` in a channel.\n';
  return [
    terminal.style(
      'bold',
      `${pluralize(reports.length, 'report')}, ${pluralize(notices.length, 'channel')} with notices of failures`,
    ),
    ...reports.flatMap((line) => ['', ...reportLines(line, label, terminal)]),
    ...notices.map((each) => `\n${each.channel}  ${subscriptionText(each, label(each.environment))}`),
    ...orphans.map(
      (each) =>
        `\n${each.channel}  ${each.environment} ${requestText(each)}: not posted: this environment is no longer in the config`,
    ),
    '',
  ].join('\n');
}

const reportLines = (line: ReportStatus, label: (name: string) => string, terminal: Terminal): string[] => [
  `${terminal.style('bold', printable(line.report.name))}  ${line.report.channel}  ${line.report.environments.map(label).join(', ')}: ${line.report.sections.join(', ')} ${terminal.style('dim', `(${line.report.origin})`)}`,
  `    ${nextRunText(line, line.report.timezone)}`,
  `    ${printable(lastRunText(line, line.report.timezone))}`,
];
