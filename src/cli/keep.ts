import type { Command } from 'commander';
import { keepForIncident } from '../events/find/incident-marks.ts';
import { activeMarks, type IncidentMark } from '../store/incident-marks.ts';
import { personText } from '../text/acceptance-text.ts';
import { resultLine } from '../text/act-result.ts';
import { printable } from '../text/printable.ts';
import { durationMs, durationPattern } from '../time/duration.ts';
import { actor } from './actor.ts';
import type { CommandContext } from './context.ts';
import { iso } from './event-json.ts';
import { exitCodes } from './exit-codes.ts';
import { findEnvironment } from './find-environment.ts';
import { JSON_OPTION } from './options.ts';
import { jsonText } from './terminal.ts';
import { UsageError } from './usage-error.ts';

interface Options {
  env?: string;
  reason?: string;
  json?: boolean;
}

export function addKeep(program: Command, context: CommandContext): void {
  program
    .command('keep')
    .description(
      'keep what an id leads to beyond `log.keep`, for an incident; without an id, list what is kept',
    )
    .argument('[id]', 'an id that `find` knows')
    .argument('[duration]', 'how long, such as 90d; at most a year')
    .option('--env <environment>', 'only what this environment has')
    .option('--reason <text>', 'the incident')
    .option(...JSON_OPTION)
    .action((id: string | undefined, duration: string | undefined, options: Options) =>
      context.run(() => (id === undefined ? list(context, options) : keep(context, id, duration, options))),
    );
}

const markJson = (mark: IncidentMark): object => ({
  id: mark.id,
  query: mark.query,
  environment: mark.environment,
  reason: mark.reason,
  markedBy: mark.marked_by,
  markedAt: iso(mark.marked_at),
  until: iso(mark.until),
});

function keep(
  context: CommandContext,
  id: string,
  duration: string | undefined,
  { env, reason, json = false }: Options,
): Promise<number> {
  if (duration === undefined || !durationPattern.test(duration))
    throw new UsageError(`say how long, such as: keep ${id} 90d --reason "incident 7"`);
  if (reason === undefined) throw new UsageError('--reason is missing: name the incident');
  const config = context.loadConfig(false);
  const environment = env === undefined ? null : findEnvironment(config, env).name;
  return context.withCore(config, async (core) => {
    const { terminal } = context;
    const request = { id, environment, keepMs: durationMs(duration), reason };
    const result = await keepForIncident(core, request, actor());
    if (result.kind === 'refused') {
      if (json) terminal.out(jsonText({ refused: resultLine(result) }));
      else terminal.err(`envcheck: nothing was changed. ${resultLine(result)}\n`);
      return exitCodes.negative;
    }
    terminal.out(
      json
        ? jsonText(markJson(result.mark))
        : `${terminal.style('green', '✓')} ${printable(result.summary)}\n`,
    );
    return exitCodes.ok;
  });
}

const list = (context: CommandContext, { json = false }: Options): Promise<number> =>
  context.withCore(context.loadConfig(false), async ({ db, clock }) => {
    const marks = await activeMarks(db, clock.now());
    context.terminal.out(
      json
        ? jsonText({ marks: marks.map(markJson) })
        : marks.length === 0
          ? 'Nothing is kept beyond `log.keep`. Keep an incident: keep <id> 90d --reason "incident 7"\n'
          : `${marks.map((mark) => `${printable(mark.query)}${mark.environment === null ? '' : ` in ${mark.environment}`} until ${iso(mark.until)}: ${printable(mark.reason)} (${personText(mark.marked_by)})`).join('\n')}\n`,
    );
    return exitCodes.ok;
  });
