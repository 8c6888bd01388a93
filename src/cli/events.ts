import type { Command } from 'commander';
import { notesTexts } from '../events/find/event-notes-text.ts';
import { CURSOR_PATTERN, type EventPage, type ListedEvent } from '../events/find/list-events.ts';
import { emptyListText, pageText } from '../events/find/list-text.ts';
import { refusalLine } from '../events/log/refusal-text.ts';
import { environmentLabel } from '../text/environment-label.ts';
import { printable } from '../text/printable.ts';
import { AHEAD_TEXT } from '../time/age.ts';
import type { CommandContext } from './context.ts';
import { iso, listedEventJson } from './event-json.ts';
import { exitCodes } from './exit-codes.ts';
import { loggedEnvironment } from './find-environment.ts';
import { ENVIRONMENT, JSON_OPTION, parseActivity, parseTime, parseUntil, TIME_FORMATS } from './options.ts';
import { jsonText, type Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

interface Options {
  since?: string;
  until?: string;
  activity?: string;
  failed?: boolean;
  limit: string;
  after?: string;
  json?: boolean;
}

const MAX_LIMIT = 1_000;

export function addEvents(program: Command, context: CommandContext): void {
  program
    .command('events')
    .description('list the events of an environment, newest first')
    .argument(...ENVIRONMENT)
    .option('--since <time>', TIME_FORMATS)
    .option('--until <time>', 'end of the period, not included')
    .option('--activity <activity>', 'only this activity, such as CONTRACT_EXECUTED')
    .option('--failed', 'only refused deliveries, and events that the integration failed to process')
    .option('--limit <number>', `how many, up to ${MAX_LIMIT}`, '20')
    .option('--after <next>', 'continue after the page that ended with this value')
    .option(...JSON_OPTION)
    .action((name: string, options: Options) => context.run(() => events(context, name, options)));
}

function events(context: CommandContext, name: string, options: Options): Promise<number> {
  const { terminal } = context;
  const config = context.loadConfig(false);
  return context.withCore(config, async (core) => {
    const environment = await loggedEnvironment(config, core, name);
    const now = core.clock.now();
    const since = options.since === undefined ? null : parseTime('--since', options.since, now);
    const query = {
      environment: environment.name,
      since,
      until:
        options.until === undefined
          ? null
          : parseUntil(options.until, { since, now, sinceText: options.since ?? null }),
      activity: options.activity === undefined ? null : parseActivity('--activity', options.activity),
      failed: options.failed ?? false,
      limit: parseLimit(options.limit),
      after: options.after === undefined ? null : parseAfter(options.after),
    };
    const page = await core.log.list(query);
    const label = environmentLabel(environment);
    if (options.json) terminal.out(jsonText(pageJson(environment.name, page)));
    else if (page.entries.length > 0)
      terminal.out(render(`${label}: ${pageText(page, query)}`, page, terminal));
    else {
      const newest = await core.log.newestEventAt(environment.name, query.activity);
      const former = await core.log.formerEnvironments();
      terminal.out(`${emptyListText({ label, query, newest, keepMs: config.log.keepMs, former })}\n`);
    }
    return exitCodes.ok;
  });
}

/** The contract of `events --json`. `leftOut`: rows of each kind that are not on this page; older events are on the next ones. */
const pageJson = (environment: string, { entries, older, next }: EventPage): object => {
  const deliveries = entries.reduce(
    (sum, { event }) => sum + (event ? event.deliveryCount - event.deliveries.length : 0),
    0,
  );
  return {
    environment,
    events: entries.map(listedEventJson),
    next,
    leftOut: { ...(older > 0 ? { events: older } : {}), ...(deliveries > 0 ? { deliveries } : {}) },
  };
};

function parseLimit(text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 1 && value <= MAX_LIMIT) return value;
  throw new UsageError(`--limit “${text}” is not a whole number from 1 to ${MAX_LIMIT}`);
}

function parseAfter(text: string): string {
  if (CURSOR_PATTERN.test(text)) return text;
  throw new UsageError(`--after “${text}” is not the end of a page: copy it from the line “More”`);
}

function render(title: string, { entries, older, next }: EventPage, terminal: Terminal): string {
  const rows = entries.map(cells);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return [
    terminal.style('bold', title),
    '',
    ...rows.map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    ),
    ...(next === null ? [] : ['', `More: --after ${next} (${older} older)`]),
    '',
  ].join('\n');
}

/** Time, activity, contract, deliveries with the outcome, and the id for `find`. */
function cells({ at, ahead, event, refused, outcome }: ListedEvent): string[] {
  const mark = ahead ? [AHEAD_TEXT] : [];
  if (refused)
    return [iso(at), 'refused', '–', [`${refusalLine(refused)}  ${refused.id}`, ...mark].join('  ')];
  const activity = event?.activity ?? outcome?.activity ?? 'unknown shape';
  const contract = event?.contract_id ?? outcome?.contract_id ?? '–';
  const times = `${event?.deliveryCount ?? 0} ×`.padStart(5);
  const status = (outcome?.status ?? '').padEnd(10);
  return [
    iso(at),
    printable(activity),
    String(contract),
    [
      `${times}  ${status}  ${event?.id ?? outcome?.id ?? ''}`,
      ...(event ? notesTexts(event.notes).map(printable) : []),
      ...mark,
    ].join('  '),
  ];
}
