import type { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { type Core, openCore } from '../core.ts';
import type { WaiverSubject } from '../store/waivers.ts';
import { type ActResult, resultLine } from '../text/act-result.ts';
import { durationMs, durationPattern } from '../time/duration.ts';
import { actor } from './actor.ts';
import type { CommandContext } from './command-line.ts';
import { findPair } from './diff.ts';
import { exitCodes } from './exit-codes.ts';
import { findEnvironment } from './find-environment.ts';
import { renderWaivers, ruleJson, waiverJson } from './render-waivers.ts';
import { UsageError } from './usage-error.ts';

const DAY_MS = 86_400_000;
const JSON_OPTION = ['--json', 'print one JSON object and nothing else'] as const;

export function addWaivers(program: Command, context: CommandContext): void {
  const waivers = program
    .command('waivers')
    .description('differences and failing checks that a person accepted, for a reason and a time');
  waivers
    .command('list', { isDefault: true })
    .description('who accepted what, why and until when; and the rules of drift.ignore')
    .option('--all', 'also those that have ended')
    .option(...JSON_OPTION)
    .action((options: { all?: boolean; json?: boolean }) => context.run(() => list(context, options))());
  waivers
    .command('accept')
    .description(
      'accept a failing check, or a difference: waivers accept prod config.templates …, waivers accept uat prod templates/NDA …',
    )
    .argument('<what...>', 'environment and check, or two environments and the path of their difference')
    .requiredOption('--reason <text>', 'why it does not matter; the next person will ask')
    .requiredOption(
      '--until <day>',
      'the last day on which it counts (2026-12-31), or for how long (30d); at most a year',
    )
    .option(...JSON_OPTION)
    .action((what: string[], options: { reason: string; until: string; json?: boolean }) =>
      context.run(() => acceptOne(context, what, options))(),
    );
  waivers
    .command('revoke')
    .description('end one before its time')
    .argument('<id>', 'wvr_…, as the list shows it')
    .requiredOption('--reason <text>', 'why it does not hold any more')
    .option(...JSON_OPTION)
    .action((id: string, options: { reason: string; json?: boolean }) =>
      context.run(() =>
        withCore(context, async (core) => {
          const result = await core.waivers.revoke(id, options.reason, actor());
          if (result.kind === 'refused') return refuse(context, result, options.json);
          return done(context, result.summary, waiverJson(result.waiver), options.json);
        }),
      )(),
    );
}

async function list(
  context: CommandContext,
  { all = false, json = false }: { all?: boolean; json?: boolean },
): Promise<number> {
  return withCore(context, async (core) => {
    const everything = await core.waivers.list();
    const shown = all ? everything : everything.filter(({ state }) => state === 'active');
    const rules = await core.waivers.rules();
    const { terminal } = context;
    const object = {
      waivers: shown.map(waiverJson),
      ended: everything.length - everything.filter(({ state }) => state === 'active').length,
      rules: rules.map(ruleJson),
    };
    terminal.out(
      json ? `${JSON.stringify(object, null, 2)}\n` : renderWaivers(shown, object.ended, rules, terminal),
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
  return withCore(
    context,
    async (core) => {
      const end = parseUntil(until, core.clock.now());
      const result = await core.waivers.accept({ subject, reason, until: end, seen: null }, actor());
      if (result.kind === 'refused') return refuse(context, result, json);
      return done(context, result.summary, waiverJson(result.waiver), json);
    },
    config,
  );
}

function subjectOf(config: Config, what: string[]): WaiverSubject {
  const [first = '', second = '', third, ...more] = what;
  if (what.length < 2 || more.length > 0)
    throw new UsageError(
      'give an environment and a check (prod config.templates), or two environments and a path (uat prod templates/NDA); a path with blanks stands in quotes',
    );
  if (third === undefined)
    return { kind: 'check', environment: findEnvironment(config, first).name, check: second };
  const [left, right] = findPair(config, first, second);
  return { kind: 'difference', left: left.name, environment: right.name, path: third };
}

/** The end of the day that was named, UTC. */
function parseUntil(text: string, now: number): number {
  if (durationPattern.test(text)) return now + durationMs(text);
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(day))
    throw new UsageError(
      `--until “${text}” is no day: give one such as 2026-12-31, or a duration such as 30d`,
    );
  return day + DAY_MS;
}

function done({ terminal }: CommandContext, words: string, object: object, json = false): number {
  terminal.out(json ? `${JSON.stringify(object, null, 2)}\n` : `${terminal.style('green', '✓')} ${words}\n`);
  return exitCodes.ok;
}

function refuse({ terminal }: CommandContext, result: ActResult, json = false): number {
  if (json) terminal.out(`${JSON.stringify({ refused: resultLine(result) }, null, 2)}\n`);
  else terminal.err(`envcheck: nothing was changed. ${resultLine(result)}\n`);
  return exitCodes.negative;
}

async function withCore(
  context: CommandContext,
  work: (core: Core) => Promise<number>,
  config: Config = context.loadConfig(false),
): Promise<number> {
  const core = await openCore(config);
  try {
    return await work(core);
  } finally {
    await core.close();
  }
}
