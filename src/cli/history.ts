import type { Command } from 'commander';
import { openCore } from '../app.ts';
import type { Change, History } from '../drift/history.ts';
import { counted } from '../eventlog/counts.ts';
import { printable } from '../printable.ts';
import { environmentLabel } from '../readiness/environment-label.ts';
import { shownDifference, weightOrder } from '../workspace/diff/words.ts';
import type { CommandContext } from './command-line.ts';
import { iso } from './event-json.ts';
import { exitCodes } from './exit-codes.ts';
import { findEnvironment } from './find-environment.ts';
import { differenceJson, weightStyles } from './render-diff.ts';
import { aligned } from './table.ts';
import type { Terminal } from './terminal.ts';

export function addHistory(program: Command, context: CommandContext): void {
  program
    .command('history')
    .description('when the configuration of an environment changed, what, and between which two snapshots')
    .argument('<environment>', 'its name in the config')
    .option('--json', 'print one JSON object and nothing else')
    .action((name: string, { json = false }: { json?: boolean }) =>
      context.run(() => history(context, name, json))(),
    );
}

async function history(context: CommandContext, name: string, json: boolean): Promise<number> {
  const { terminal } = context;
  const config = context.loadConfig(false);
  const environment = findEnvironment(config, name);
  const core = await openCore(config);
  try {
    const found = await core.drift.history(environment);
    terminal.out(
      json
        ? `${JSON.stringify(historyJson(environment.name, found), null, 2)}\n`
        : render(environmentLabel(environment), found, terminal),
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

function render(label: string, { readings, firstAt, lastAt, changes }: History, terminal: Terminal): string {
  if (firstAt === null || lastAt === null)
    return `${label} was never read. Every check and every diff takes a snapshot.\n`;
  return [
    terminal.style('bold', `${label}: ${counted(changes.length, 'change', 'changes')}`),
    `${counted(readings, 'reading', 'readings')}, ${iso(firstAt)} to ${iso(lastAt)}`,
    ...changes.flatMap((change) => ['', ...renderChange(change, terminal)]),
    '',
  ].join('\n');
}

function renderChange({ at, notBefore, from, to, differences }: Change, terminal: Terminal): string[] {
  const rows = weightOrder
    .flatMap((weight) => differences.filter((each) => each.weight === weight))
    .map((each) => [
      `${weightStyles[each.weight].mark} ${each.weight}`,
      printable(each.path),
      printable(shownDifference(each, { missing: 'gone', extra: 'new' })),
    ]);
  return [
    `${iso(at)}  ${terminal.style('dim', `after ${iso(notBefore)}, snapshot ${from.slice(0, 12)} → ${to.slice(0, 12)}`)}`,
    ...aligned(rows).map((line) => `    ${line}`),
  ];
}
