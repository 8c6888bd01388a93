import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Environment } from '../config/config.ts';
import { type Core, openCore } from '../core.ts';
import { trendText } from '../digests/trend/trend.ts';
import type { Change, History } from '../inspect/read-history.ts';
import { pluralize } from '../text/counts.ts';
import { environmentLabel } from '../text/environment-label.ts';
import { printable } from '../text/printable.ts';
import { differenceText, OVER_TIME, weightOrder } from '../workspace/diff/difference-text.ts';
import type { CommandContext } from './command-line.ts';
import { iso } from './event-json.ts';
import { exitCodes } from './exit-codes.ts';
import { findEnvironment } from './find-environment.ts';
import { newFile } from './new-file.ts';
import { differenceJson, weightStyles } from './render-diff.ts';
import { alignColumns } from './table.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

const DEFAULT_LIMIT = 20;

interface Options {
  limit?: string;
  png?: string;
  json?: boolean;
}

export function addHistory(program: Command, context: CommandContext): void {
  program
    .command('history')
    .description('when the configuration of an environment changed, what, and between which two snapshots')
    .argument('<environment>', 'its name in the config')
    .option('--limit <n>', `how many changes, the newest first (default: ${DEFAULT_LIMIT}, with --json all)`)
    .option('--png <file>', 'also write readiness and open differences of the last 30 days as a picture')
    .option('--json', 'print one JSON object and nothing else')
    .action((name: string, options: Options) => context.run(() => history(context, name, options))());
}

async function history(
  context: CommandContext,
  name: string,
  { limit, png, json = false }: Options,
): Promise<number> {
  const { terminal } = context;
  const most = limit === undefined ? (json ? Number.POSITIVE_INFINITY : DEFAULT_LIMIT) : parseLimit(limit);
  const config = context.loadConfig(false);
  const environment = findEnvironment(config, name);
  const core = await openCore(config);
  try {
    const found = await core.drift.history(environment);
    const shown = { ...found, changes: found.changes.slice(0, most) };
    const older = found.changes.length - shown.changes.length;
    if (png !== undefined)
      await writePicture(core, environment, { file: png, database: config.database }, terminal);
    terminal.out(
      json
        ? `${JSON.stringify(historyJson(environment.name, shown), null, 2)}\n`
        : render(environment, shown, older, terminal),
    );
    return exitCodes.ok;
  } finally {
    await core.close();
  }
}

/** The contract of `history --json`. Newest change first; left is before, right is after. */
const historyJson = (environment: string, { readings, firstAt, lastAt, changes }: History): object => ({
  environment,
  readings,
  firstAt: firstAt === null ? null : iso(firstAt),
  lastAt: lastAt === null ? null : iso(lastAt),
  changes: changes.map(({ at, notBefore, from, to, differences }) => ({
    at: iso(at),
    notBefore: iso(notBefore),
    from,
    to,
    differences: differences.map(differenceJson),
  })),
});

/** Replaces an older picture: it is made to be made again. */
async function writePicture(
  { trends }: Core,
  environment: Environment,
  { file, database }: { file: string; database: string },
  terminal: Terminal,
): Promise<void> {
  const place = newFile(file, true, database);
  try {
    const trend = await trends.of(environment);
    await writeFile(place.part, await trends.picture(trend));
    place.publish();
    terminal.err(`${file}: ${trendText(trend)}\n`);
  } catch (error) {
    place.discard();
    throw error;
  }
}

function parseLimit(text: string): number {
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit > 0) return limit;
  throw new UsageError(`--limit “${text}” is no whole number above 0`);
}

function render(
  environment: Environment,
  { readings, firstAt, lastAt, changes }: History,
  older: number,
  terminal: Terminal,
): string {
  const label = environmentLabel(environment);
  if (firstAt === null || lastAt === null)
    return `${label} was never read. Every check and every diff takes a snapshot.\n`;
  return [
    terminal.style('bold', `${label}: ${pluralize(changes.length + older, 'change', 'changes')}`),
    `${pluralize(readings, 'reading', 'readings')}, ${iso(firstAt)} to ${iso(lastAt)}`,
    ...changes.flatMap((change) => ['', ...renderChange(change, terminal)]),
    ...(older > 0
      ? [
          '',
          `${older} older not shown: npm run -s envcheck -- history ${environment.name} --limit ${changes.length + older}`,
        ]
      : []),
    '',
  ].join('\n');
}

function renderChange({ at, notBefore, from, to, differences }: Change, terminal: Terminal): string[] {
  const rows = weightOrder
    .flatMap((weight) => differences.filter((each) => each.weight === weight))
    .map((each) => [
      `${weightStyles[each.weight].mark} ${each.weight}`,
      printable(each.path),
      printable(differenceText(each, OVER_TIME)),
    ]);
  return [
    `${iso(at)}  ${terminal.style('dim', `after ${iso(notBefore)}, snapshot ${from.slice(0, 12)} → ${to.slice(0, 12)}`)}`,
    ...alignColumns(rows).map((line) => `    ${line}`),
  ];
}
