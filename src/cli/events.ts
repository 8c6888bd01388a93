import type { Command } from 'commander';
import { openCore } from '../app.ts';
import { activities } from '../config/activities.ts';
import type { FindResult } from '../eventlog/find.ts';
import { environmentLabel } from '../readiness/environment-label.ts';
import { listEvents, newestEventAt } from '../store/events.ts';
import { deliveriesOf } from '../store/find.ts';
import { nearMiss } from '../workspace/names.ts';
import type { CommandContext } from './command-line.ts';
import { eventJson, iso } from './event-json.ts';
import { exitCodes } from './exit-codes.ts';
import { findEnvironment } from './find-environment.ts';
import { parseTime, TIME_FORMS } from './parse-time.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

interface Options {
  since?: string;
  activity?: string;
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
    .option('--since <time>', TIME_FORMS)
    .option('--activity <activity>', 'only these, such as CONTRACT_EXECUTED')
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
    const filter = {
      environment: environment.name,
      since: options.since === undefined ? null : parseTime('--since', options.since, core.clock.now()),
      activity: options.activity === undefined ? null : parseActivity(options.activity),
      limit: parseWhole('--limit', options.limit, MAX_LIMIT),
      after:
        options.after === undefined ? null : parseWhole('--after', options.after, Number.MAX_SAFE_INTEGER),
    };
    const { events: rows, next } = await listEvents(core.db, filter);
    const deliveries = await deliveriesOf(
      core.db,
      rows.map(({ key }) => key),
    );
    const found = rows.map((row) => ({
      ...row,
      deliveries: deliveries.filter(({ event_key }) => event_key === row.key),
    }));
    if (options.json) {
      const page = {
        environment: environment.name,
        events: found.map(eventJson),
        next: next === null ? null : String(next),
      };
      terminal.out(`${JSON.stringify(page, null, 2)}\n`);
    } else if (found.length === 0) {
      const newest = await newestEventAt(core.db, environment.name, filter.activity);
      terminal.out(nothingFound(environmentLabel(environment), filter, newest, config.log.keepMs));
    } else terminal.out(render(found, next, terminal));
    return exitCodes.ok;
  } finally {
    await core.close();
  }
}

function parseActivity(text: string): string {
  const found = activities.find((activity) => activity === text.toUpperCase());
  if (found) return found;
  const meant = nearMiss(activities, text);
  throw new UsageError(
    `--activity “${text}” is none of SpotDraft's${meant ? `; did you mean ${meant}?` : ''}`,
  );
}

function parseWhole(option: string, text: string, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 1 && value <= most) return value;
  throw new UsageError(`${option} “${text}” is no whole number from 1 to ${most}`);
}

function nothingFound(
  label: string,
  { since, activity }: { since: number | null; activity: string | null },
  newest: number | null,
  keepMs: number,
): string {
  const what = activity === null ? 'No events' : `No ${activity}`;
  const when = since === null ? '' : ` since ${iso(since)}`;
  const last = newest === null ? 'None was ever received' : `The newest is of ${iso(newest)}`;
  return `${what} in ${label}${when}. ${last}. The log keeps ${Math.round(keepMs / 86_400_000)} days.\n`;
}

function render(events: FindResult['events'], next: number | null, terminal: Terminal): string {
  const width = Math.max(...events.map(({ activity }) => (activity ?? 'unknown shape').length));
  const rows = events.map(
    ({ id, activity, contract_id: contract, received_at: at, deliveries }) =>
      `${iso(at)}  ${(activity ?? 'unknown shape').padEnd(width)}  ${String(contract ?? '–').padEnd(10)}  ${String(deliveries.length).padStart(3)} ×  ${id}`,
  );
  return [
    terminal.style('bold', `${events.length} events, newest first`),
    '',
    ...rows,
    ...(next === null ? [] : ['', `More: --after ${next}`]),
    '',
  ].join('\n');
}
