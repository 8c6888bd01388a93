import type { Command } from 'commander';
import { openCore } from '../app.ts';
import { type FindResult, find } from '../eventlog/find.ts';
import { printable } from '../printable.ts';
import type { CommandContext } from './command-line.ts';
import { eventJson, iso } from './event-json.ts';
import { exitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';
import { hanging } from './wrap.ts';

export function addFind(program: Command, context: CommandContext): void {
  program
    .command('find')
    .description(
      'what happened to an id: event, delivery, request, contract, external record, call: exit code 0 found, 1 not',
    )
    .argument('<id>', 'the id, or six or more of its first characters')
    .option('--json', 'print one JSON object and nothing else')
    .action((id: string, { json = false }: { json?: boolean }) =>
      context.run(() => run(context, id, json))(),
    );
}

async function run(context: CommandContext, id: string, json: boolean): Promise<number> {
  const config = context.loadConfig(false);
  const core = await openCore(config);
  try {
    const result = await find(core.db, id, { keepMs: config.log.keepMs, now: core.clock.now() });
    context.terminal.out(
      json ? `${JSON.stringify(findJson(result), null, 2)}\n` : render(result, context.terminal),
    );
    return result.matches.length > 0 ? exitCodes.ok : exitCodes.negative;
  } finally {
    await core.close();
  }
}

/** The contract of `find --json`: these names and no others. */
function findJson({ query, matches, events, calls, timeline, reason }: FindResult): object {
  const several = new Set(matches.map(({ value }) => value)).size > 1;
  return {
    query,
    found: matches.length > 0,
    reason: several ? `several ids begin like this: ${matches.map(({ value }) => value).join(', ')}` : reason,
    events: events.map(eventJson),
    calls: calls.map(({ call_id: callId, environment, at, method, path, status, attempts }) => ({
      callId,
      environment,
      at: iso(at),
      method,
      path,
      status,
      attempts,
    })),
    outcomes: [],
    timeline: timeline.map(({ at, kind, id, summary }) => ({ at: iso(at), kind, id, summary })),
  };
}

function render({ query, matches, events, timeline, reason }: FindResult, terminal: Terminal): string {
  if (reason) return `${hanging('', reason, terminal.width)}\n`;
  if (new Set(matches.map(({ value }) => value)).size > 1)
    return [
      terminal.style('bold', `${matches.length} ids begin with ${printable(query)}`),
      '',
      ...matches.map(({ kind, value }) => `  ${kind.padEnd(10)}${printable(value)}`),
      '',
    ].join('\n');
  const deliveries = events.reduce((sum, event) => sum + event.deliveries.length, 0);
  const counts = `${events.length} ${events.length === 1 ? 'event' : 'events'}, ${deliveries} ${deliveries === 1 ? 'delivery' : 'deliveries'}`;
  return [
    terminal.style('bold', `${printable(query)}: ${counts}`),
    '',
    ...timeline.map(({ at, environment, kind, id, summary }) =>
      hanging(
        `  ${iso(at)}  ${environment.padEnd(8)}  ${kind.padEnd(9)} `,
        printable(`${summary} (${id})`),
        Math.max(terminal.width, 100),
      ),
    ),
    '',
  ].join('\n');
}
