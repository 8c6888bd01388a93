import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Environment } from '../config/config.ts';
import type { Core } from '../core.ts';
import { trendText } from '../digests/trend/trend.ts';
import type { Change, History } from '../inspect/read-history.ts';
import { pluralize } from '../text/counts.ts';
import { environmentLabel } from '../text/environment-label.ts';
import { printable } from '../text/printable.ts';
import { differenceText, OVER_TIME, weightOrder } from '../workspace/diff/difference-text.ts';
import type { CommandContext } from './context.ts';
import { iso } from './event-json.ts';
import { exitCodes } from './exit-codes.ts';
import { withEnvironment } from './find-environment.ts';
import { newFile } from './new-file.ts';
import { ENVIRONMENT, JSON_OPTION } from './options.ts';
import { differenceJson, weightStyles } from './render-diff.ts';
import { alignColumns } from './table.ts';
import { jsonText, type Terminal } from './terminal.ts';
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
    .description(
      'list the changes in the configuration of an environment: what, when, between which snapshots',
    )
    .argument(...ENVIRONMENT)
    .option('--limit <n>', `how many changes, newest first (default: ${DEFAULT_LIMIT}, with --json all)`)
    .option('--png <file>', 'also write a chart of readiness and open differences over the last 30 days')
    .option(...JSON_OPTION)
    .action((name: string, options: Options) => context.run(() => history(context, name, options)));
}

async function history(
  context: CommandContext,
  name: string,
  { limit, png, json = false }: Options,
): Promise<number> {
  const most = limit === undefined ? (json ? Number.POSITIVE_INFINITY : DEFAULT_LIMIT) : parseLimit(limit);
  return withEnvironment(context, name, async (core, environment, { database }) => {
    const { terminal } = context;
    const found = await core.drift.history(environment);
    const shown = { ...found, changes: found.changes.slice(0, most) };
    const older = found.changes.length - shown.changes.length;
    if (png !== undefined) await writeChart(core, environment, { file: png, database }, context);
    terminal.out(
      json ? jsonText(historyJson(environment.name, shown)) : render(environment, shown, older, terminal),
    );
    return exitCodes.ok;
  });
}

/** The contract of `history --json`. The newest change comes first; left is before, right is after. */
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

/** Replaces an older chart, because people run the command again for a current one. */
async function writeChart(
  { trends }: Core,
  environment: Environment,
  { file, database }: { file: string; database: string },
  { terminal, cwd }: CommandContext,
): Promise<void> {
  const target = newFile(file, { cwd, force: true, database });
  try {
    const trend = await trends.of(environment);
    await writeFile(target.part, await trends.picture(trend));
    target.publish();
    terminal.err(`${file}: ${trendText(trend)}\n`);
  } catch (error) {
    target.discard();
    throw error;
  }
}

function parseLimit(text: string): number {
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit > 0) return limit;
  throw new UsageError(`--limit “${text}” is not a whole number above 0`);
}

function render(
  environment: Environment,
  { readings, firstAt, lastAt, changes }: History,
  older: number,
  terminal: Terminal,
): string {
  const label = environmentLabel(environment);
  if (firstAt === null || lastAt === null)
    return `${label} has no snapshots yet. Every check and every diff takes one.\n`;
  return [
    terminal.style('bold', `${label}: ${pluralize(changes.length + older, 'change')}`),
    `${pluralize(readings, 'reading')}, ${iso(firstAt)} to ${iso(lastAt)}`,
    ...changes.flatMap((change) => ['', ...renderChange(change, terminal)]),
    ...(older > 0
      ? [
          '',
          `${older} older changes not shown: npm run -s envcheck -- history ${environment.name} --limit ${changes.length + older}`,
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
