import type { Command } from 'commander';
import type { Environment } from '../config/config.ts';
import { openCore } from '../core.ts';
import type { FindResult } from '../events/log/find.ts';
import { displayId, type TimelineEntry } from '../events/log/timeline.ts';
import { findCounts } from '../text/counts.ts';
import { environmentLabel } from '../text/environment-label.ts';
import { printable } from '../text/printable.ts';
import type { CommandContext } from './command-line.ts';
import { exitCodes } from './exit-codes.ts';
import { findEnvironment } from './find-environment.ts';
import { findJson } from './find-json.ts';
import type { Terminal } from './terminal.ts';
import { hangingIndent } from './wrap.ts';

interface Options {
  env?: string;
  json?: boolean;
}

export function addFind(program: Command, context: CommandContext): void {
  program
    .command('find')
    .description(
      'what happened to an id: event, delivery, request, contract, external record, call, outcome: exit code 0 found, 1 not',
    )
    .argument('<id>', 'the id, or six or more of its first characters')
    .option('--env <environment>', 'only what is of this environment')
    .option('--json', 'print one JSON object and nothing else')
    .action((id: string, options: Options) => context.run(() => run(context, id, options))());
}

async function run(context: CommandContext, id: string, { env, json }: Options): Promise<number> {
  const config = context.loadConfig(false);
  const environment = env === undefined ? null : findEnvironment(config, env).name;
  const core = await openCore(config);
  try {
    const { environments } = config;
    const result = await core.log.find({ id, environment });
    context.terminal.out(
      json
        ? `${JSON.stringify(findJson(result), null, 2)}\n`
        : render(result, environments, context.terminal),
    );
    return result.found ? exitCodes.ok : exitCodes.negative;
  } finally {
    await core.close();
  }
}

function render(result: FindResult, environments: readonly Environment[], terminal: Terminal): string {
  const { query, matches, ambiguous, reason, timeline } = result;
  const sentence = reason === null ? [] : [hangingIndent('', printable(reason), terminal.width), ''];
  if (timeline.length === 0 && !ambiguous) return sentence.join('\n');
  if (ambiguous)
    return [
      terminal.style('bold', `${matches.length} ids begin with ${printable(query)}; ask for one of them`),
      '',
      ...matches.map(({ kind, value }) => `  ${kind.padEnd(10)}${printable(value)}`),
      '',
    ].join('\n');
  const labels = new Map(environments.map((each) => [each.name, environmentLabel(each)]));
  const labelOf = (entry: TimelineEntry) => labels.get(entry.environment) ?? entry.environment;
  const width = Math.max(...timeline.map((entry) => labelOf(entry).length));
  return [
    terminal.style('bold', `${printable(query)}: ${findCounts(result)}`),
    ...sentence,
    ...[...Map.groupBy(timeline, ({ at }) => new Date(at).toISOString().slice(0, 10))].flatMap(
      ([day, entries]) => [
        '',
        terminal.style('dim', `${day} (UTC)`),
        ...entries.map((entry) =>
          hangingIndent(
            `  ${new Date(entry.at).toISOString().slice(11, 23)}  ${labelOf(entry).padEnd(width)}  ${entry.kind.padEnd(8)}  `,
            printable(`${entry.summary} (${displayId(entry)})`),
            Math.max(terminal.width, 100),
          ),
        ),
      ],
    ),
    '',
  ].join('\n');
}
