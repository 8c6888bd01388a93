import type { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../config/problem.ts';
import { configWarnings } from '../config/warnings.ts';
import { unmatchedPatterns } from '../inspect/unmatched-patterns.ts';
import { systemClock } from '../time/clock.ts';
import { createFarClocks } from '../time/far-clocks.ts';
import type { CommandContext } from './context.ts';
import { type Diagnosis, failed, passed, warned } from './diagnosis.ts';
import { probeBotHealth } from './doctor-bot-health.ts';
import { probeDatabase } from './doctor-database.ts';
import { probePublicUrl, probeSlack, probeSpotDraft } from './doctor-probes.ts';
import { exitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';
import { hangingIndent } from './wrap.ts';

export function addDoctor(program: Command, context: CommandContext): void {
  program
    .command('doctor')
    .description('test every connection and say what to fix')
    .action(() => context.run(() => doctor(context)));
}

async function doctor(context: CommandContext): Promise<number> {
  const { terminal } = context;
  const { config, slackProblems } = loadTolerantly(context);
  terminal.status?.('Testing every connection…');
  const farClocks = createFarClocks(context.overrides.clock ?? systemClock);
  const now = systemClock.now();
  const diagnoses = [
    passed('configuration', config.file),
    ...[...configWarnings(config, now), ...(await unmatchedPatterns(config, now))].map(({ text, remedy }) =>
      warned('configuration', text, remedy),
    ),
    ...(await probeDatabase(config.database)),
    ...(slackProblems.length > 0 ? slackProblems : await probeSlack(config, farClocks)),
    ...(await probeSpotDraft(config, context.overrides, farClocks)),
    ...farClocks.problems().map((text) => failed('clock', text, 'Set the clock, and run doctor again')),
    await probePublicUrl(config),
    ...(await probeBotHealth(config, farClocks)),
  ];
  terminal.status?.('');
  terminal.out(render(diagnoses, terminal));
  if (diagnoses.some(({ state }) => state === 'broken')) return exitCodes.negative;
  return diagnoses.some(({ state }) => state === 'unknown') ? exitCodes.couldNotTell : exitCodes.ok;
}

/** Loads the config. Each problem of the Slack variables becomes a diagnosis: everything else can be tested without them. */
function loadTolerantly(context: CommandContext): { config: Config; slackProblems: Diagnosis[] } {
  try {
    return { config: context.loadConfig(true), slackProblems: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const config = context.loadConfig(false);
    const slackProblems = error.problems.map(({ place, wrong, value, allowed, remedy }) =>
      failed('Slack', `${place} ${wrong}${value === null ? '' : `: ${value}`}; allowed: ${allowed}`, remedy),
    );
    return { config, slackProblems };
  }
}

const marks = {
  works: { mark: '✓', style: 'green' },
  broken: { mark: '✗', style: 'red' },
  warning: { mark: '!', style: 'yellow' },
  unknown: { mark: '?', style: 'yellow' },
} as const;

function render(diagnoses: Diagnosis[], terminal: Terminal): string {
  const width = Math.max(...diagnoses.map(({ part }) => part.length)) + 2;
  const rows = diagnoses.flatMap(({ part, state, detail, remedy }) => {
    const { mark, style } = marks[state];
    // The mark is coloured after wrapping, because escape sequences have no width.
    const line = hangingIndent(`  ${part.padEnd(width)}`, detail, terminal.width);
    const next = remedy ? [hangingIndent(`  ${' '.repeat(width)}`, `Next: ${remedy}`, terminal.width)] : [];
    return [terminal.style(style, mark) + line.slice(1), ...next];
  });
  return `${terminal.style('bold', summary(diagnoses))}\n\n${rows.join('\n')}\n`;
}

/** Counts unknown results apart from broken ones. */
function summary(diagnoses: Diagnosis[]): string {
  const count = (wanted: Diagnosis['state']) => diagnoses.filter(({ state }) => state === wanted).length;
  const [failed, unknown, warnings] = [count('broken'), count('unknown'), count('warning')];
  const parts = [
    ...(failed > 0 ? [`${failed} of ${diagnoses.length} ${failed === 1 ? 'does' : 'do'} not work`] : []),
    ...(warnings > 0 ? [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`] : []),
    ...(unknown > 0 ? [`${unknown} of ${diagnoses.length} could not be tested`] : []),
  ];
  return parts.length === 0 ? 'Everything works.' : `${parts.join(', ')}.`;
}
