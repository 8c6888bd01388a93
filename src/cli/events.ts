import type { Command } from 'commander';
import { activities } from '../config/activities.ts';
import { openCore } from '../core.ts';
import {
  CURSOR_PATTERN,
  type EventPage,
  emptyListText,
  type ListedEvent,
} from '../events/log/list-events.ts';
import { pluralize } from '../text/counts.ts';
import { environmentLabel } from '../text/environment-label.ts';
import { printable } from '../text/printable.ts';
import { nearMiss } from '../workspace/names.ts';
import type { CommandContext } from './command-line.ts';
import { iso, listedEventJson } from './event-json.ts';
import { exitCodes } from './exit-codes.ts';
import { findEnvironment } from './find-environment.ts';
import { parseTime, TIME_FORMATS } from './parse-time.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

interface Options {
  since?: string;
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
    .description('the events of an environment, newest first')
    .argument('<environment>', 'its name in the config')
    .option('--since <time>', TIME_FORMATS)
    .option('--activity <activity>', 'only these, such as CONTRACT_EXECUTED')
    .option('--failed', 'only refused deliveries, and what the integration failed to process')
    .option('--limit <number>', `how many, up to ${MAX_LIMIT}`, '20')
    .option('--after <next>', 'continue behind the page that ended with this')
    .option('--json', 'print one JSON object and nothing else')
    .action((name: string, options: Options) => context.run(() => events(context, name, options))());
}

async function events(context: CommandContext, name: string, options: Options): Promise<number> {
  const { terminal } = context;
  const config = context.loadConfig(false);
  const environment = findEnvironment(config, name);
  const core = await openCore(config);
  try {
    const query = {
      environment: environment.name,
      since: options.since === undefined ? null : parseTime('--since', options.since, core.clock.now()),
      activity: options.activity === undefined ? null : parseActivity(options.activity),
      failed: options.failed ?? false,
      limit: parseLimit(options.limit),
      after: options.after === undefined ? null : parseAfter(options.after),
    };
    const page = await core.log.list(query);
    const label = environmentLabel(environment);
    if (options.json) terminal.out(`${JSON.stringify(pageJson(environment.name, page), null, 2)}\n`);
    else if (page.entries.length > 0) terminal.out(render(label, page, terminal));
    else {
      const newest = await core.log.newestEventAt(environment.name, query.activity);
      terminal.out(`${emptyListText({ label, query, newest, keepMs: config.log.keepMs })}\n`);
    }
    return exitCodes.ok;
  } finally {
    await core.close();
  }
}

/** The contract of `events --json`. */
const pageJson = (environment: string, { entries, next }: EventPage): object => ({
  environment,
  events: entries.map(listedEventJson),
  next,
});

function parseActivity(text: string): string {
  const found = activities.find((activity) => activity === text.toUpperCase());
  if (found) return found;
  const meant = nearMiss(activities, text);
  throw new UsageError(
    `--activity “${text}” is none of SpotDraft's${meant ? `; did you mean ${meant}?` : ''}`,
  );
}

function parseLimit(text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 1 && value <= MAX_LIMIT) return value;
  throw new UsageError(`--limit “${text}” is no whole number from 1 to ${MAX_LIMIT}`);
}

function parseAfter(text: string): string {
  if (CURSOR_PATTERN.test(text)) return text;
  throw new UsageError(`--after “${text}” is not what a page ended with: copy it from the line “More”`);
}

function render(label: string, { entries, next }: EventPage, terminal: Terminal): string {
  const rows = entries.map(cells);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return [
    terminal.style('bold', `${label}: ${pluralize(entries.length, 'event', 'events')}, newest first`),
    '',
    ...rows.map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    ),
    ...(next === null ? [] : ['', `More: --after ${next}`]),
    '',
  ].join('\n');
}

/** Time, activity, contract, then what became of it, and the id to ask `find` for. */
function cells({ at, event, refused, outcome }: ListedEvent): string[] {
  if (refused) return [iso(at), 'refused', '–', `${refused.rejection?.replace('_', ' ')}  ${refused.id}`];
  const activity = event?.activity ?? outcome?.activity ?? 'unknown shape';
  const contract = event?.contract_id ?? outcome?.contract_id ?? '–';
  const times = `${event?.deliveries.length ?? 0} ×`.padStart(5);
  const became = outcome ? outcome.status.padEnd(10) : ' '.repeat(10);
  return [
    iso(at),
    printable(activity),
    String(contract),
    `${times}  ${became}  ${event?.id ?? outcome?.id ?? ''}`,
  ];
}
