import type { Command } from 'commander';
import type { Config } from '../config/config.ts';
import type { WaiverSubject } from '../store/waivers.ts';
import { type ActResult, resultLine } from '../text/act-result.ts';
import { durationMs, durationPattern } from '../time/duration.ts';
import { readIsoTime } from '../time/since.ts';
import { DAY_MS } from '../time/units.ts';
import { actor } from './actor.ts';
import type { CommandContext } from './context.ts';
import { findPair } from './diff.ts';
import { exitCodes } from './exit-codes.ts';
import { findEnvironment } from './find-environment.ts';
import { JSON_OPTION, timeOf } from './options.ts';
import { renderWaivers, ruleJson, waiverJson } from './render-waivers.ts';
import { jsonText } from './terminal.ts';
import { UsageError } from './usage-error.ts';

export function addWaivers(program: Command, context: CommandContext): void {
  const waivers = program
    .command('waivers')
    .description('differences and failing checks that a person accepted, with a reason and an end');
  waivers
    .command('list', { isDefault: true })
    .description('list who accepted what, why and until when, and the rules in drift.ignore')
    .option('--all', 'include those that have ended')
    .option(...JSON_OPTION)
    .action((options: { all?: boolean; json?: boolean }) => context.run(() => list(context, options)));
  waivers
    .command('accept')
    .description(
      'accept a failing check (waivers accept prod config.templates …) or a difference (waivers accept uat prod templates/NDA …)',
    )
    .argument('<what...>', 'an environment and a check, or two environments and the path of a difference')
    .requiredOption('--reason <text>', 'why it is acceptable')
    .requiredOption('--until <day>', 'the last day (2026-12-31) or the duration (30d); at most a year')
    .option(...JSON_OPTION)
    .action((what: string[], options: { reason: string; until: string; json?: boolean }) =>
      context.run(() => acceptOne(context, what, options)),
    );
  waivers
    .command('revoke')
    .description('end a waiver early')
    .argument('<id>', 'its id (wvr_…)')
    .requiredOption('--reason <text>', 'why it no longer applies')
    .option(...JSON_OPTION)
    .action((id: string, options: { reason: string; json?: boolean }) =>
      context.run(() =>
        context.withCore(context.loadConfig(false), async (core) => {
          const result = await core.waivers.revoke(id, options.reason, actor());
          if (result.kind === 'refused') return refuse(context, result, options.json);
          return done(context, result.summary, waiverJson(result.waiver), options.json);
        }),
      ),
    );
}

async function list(
  context: CommandContext,
  { all = false, json = false }: { all?: boolean; json?: boolean },
): Promise<number> {
  return context.withCore(context.loadConfig(false), async (core) => {
    const waivers = await core.waivers.list();
    const active = waivers.filter(({ state }) => state === 'active');
    const shown = all ? waivers : active;
    const ended = waivers.length - active.length;
    const rules = await core.waivers.rules();
    const { terminal } = context;
    terminal.out(
      json
        ? jsonText({ waivers: shown.map(waiverJson), ended, rules: rules.map(ruleJson) })
        : renderWaivers(shown, ended, rules, terminal),
    );
    return exitCodes.ok;
  });
}

async function acceptOne(
  context: CommandContext,
  what: string[],
  { reason, until, json }: { reason: string; until: string; json?: boolean },
): Promise<number> {
  const config = context.loadConfig(false);
  const subject = subjectOf(config, what);
  return context.withCore(config, async ({ waivers, clock }) => {
    const end = parseUntil(until, clock.now());
    const result = await waivers.accept({ subject, reason, until: end, seen: null }, actor());
    if (result.kind === 'refused') return refuse(context, result, json);
    return done(context, result.summary, waiverJson(result.waiver), json);
  });
}

function subjectOf(config: Config, what: string[]): WaiverSubject {
  const [first = '', second = '', third, ...more] = what;
  if (what.length < 2 || more.length > 0)
    throw new UsageError(
      'give an environment and a check (prod config.templates), or two environments and a path (uat prod templates/NDA); put a path with blanks in quotes',
    );
  if (third === undefined)
    return { kind: 'check', environment: findEnvironment(config, first).name, check: second };
  const [left, right] = findPair(config, first, second);
  return { kind: 'difference', left: left.name, environment: right.name, path: third };
}

/** Epoch ms of the end of a day (UTC) or of a duration. Throws UsageError. */
function parseUntil(text: string, now: number): number {
  if (durationPattern.test(text)) return now + durationMs(text);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text))
    throw new UsageError(
      `--until “${text}” is not a day: give one such as 2026-12-31, or a duration such as 30d`,
    );
  return timeOf('--until', text, readIsoTime(text)) + DAY_MS;
}

function done({ terminal }: CommandContext, sentence: string, object: object, json = false): number {
  terminal.out(json ? jsonText(object) : `${terminal.style('green', '✓')} ${sentence}\n`);
  return exitCodes.ok;
}

function refuse({ terminal }: CommandContext, result: ActResult, json = false): number {
  if (json) terminal.out(jsonText({ refused: resultLine(result) }));
  else terminal.err(`envcheck: nothing was changed. ${resultLine(result)}\n`);
  return exitCodes.negative;
}
