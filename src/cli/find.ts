import type { Command } from 'commander';
import type { Environment } from '../config/config.ts';
import type { About } from '../events/find/about-text.ts';
import { aboutLines } from '../events/find/about-text.ts';
import type { Answers } from '../events/find/ask.ts';
import { findCounts, leftOutText } from '../events/find/find-text.ts';
import type { FindResult } from '../events/find/result.ts';
import { displayId, type TimelineEntry } from '../events/find/timeline.ts';
import { callRecord, outcomeRecord } from '../events/log/records.ts';
import { pluralize } from '../text/counts.ts';
import { labelIn } from '../text/environment-label.ts';
import { printable } from '../text/printable.ts';
import type { CommandContext } from './context.ts';
import { eventJson, iso } from './event-json.ts';
import { exitCodes } from './exit-codes.ts';
import { loggedEnvironment } from './find-environment.ts';
import { JSON_OPTION } from './options.ts';
import { jsonText, type Terminal } from './terminal.ts';
import { hangingIndent } from './wrap.ts';

interface Options {
  env?: string;
  json?: boolean;
}

export function addFind(program: Command, context: CommandContext): void {
  program
    .command('find')
    .description(
      'show what happened to an event, delivery, request, contract, external record, call or outcome: exit code 0 found, 1 not found (of several ids, any)',
    )
    .argument(
      '<id...>',
      'ids as you copied them, or at least their first six characters; a link to a contract; part of a title or counterparty, with log.payloads: full',
    )
    .option('--env <environment>', 'only in this environment')
    .option(...JSON_OPTION)
    .action((ids: string[], options: Options) => context.run(() => run(context, ids.join(' '), options)));
}

async function run(context: CommandContext, text: string, { env, json }: Options): Promise<number> {
  const config = context.loadConfig(false);
  return context.withCore(config, async ({ log }) => {
    const environment = env === undefined ? null : (await loggedEnvironment(config, { log }, env)).name;
    const { terminal } = context;
    const answers = await log.ask({ text, environment });
    terminal.out(
      json ? jsonText(answersJson(answers)) : renderAnswers(answers, config.environments, terminal),
    );
    return answers.answered.every(({ result }) => result.found) ? exitCodes.ok : exitCodes.negative;
  });
}

/** One id is answered by one object. Several are answered in order; `leftOut` counts the ids that were not looked up. */
function answersJson({ answered, leftOut, note }: Answers): object {
  const [only, ...more] = answered;
  if (only && more.length === 0 && leftOut === 0) return findJson(only.result, note);
  return {
    answers: answered.map(({ result }) => findJson(result, null)),
    leftOut: leftOut === 0 ? {} : { ids: leftOut },
    reason: note,
  };
}

function renderAnswers(
  { answered, leftOut, note }: Answers,
  environments: readonly Environment[],
  terminal: Terminal,
): string {
  const found = answered.filter(({ result }) => result.found).length;
  return [
    ...(answered.length > 1
      ? [terminal.style('bold', `${pluralize(answered.length + leftOut, 'id')}, ${found} found`), '']
      : []),
    ...(note === null ? [] : [hangingIndent('', note, terminal.width), '']),
    ...answered.map(({ result }) => render(result, environments, terminal)),
    ...(leftOut > 0
      ? [
          `${pluralize(leftOut, 'more id was', 'more ids were')} not looked up; search for the rest separately`,
          '',
        ]
      : []),
  ].join('\n');
}

/** The contract of `find --json`. Times are ISO 8601 UTC, durations ms. */
function findJson(result: FindResult, note: string | null): object {
  const { query, answer, found, matches, ambiguous, events, calls, outcomes, timeline } = result;
  const { reason, guess, leftOut, unread, about } = result;
  return {
    query,
    answer,
    found,
    reason: ambiguous
      ? `several ids begin like this: ${matches.map(({ value }) => value).join(', ')}`
      : sentences([reason ?? guess, note]),
    leftOut,
    unread,
    events: events.map(eventJson),
    calls: calls.map(callRecord),
    outcomes: outcomes.map(outcomeRecord),
    timeline: timeline.map(({ at, kind, id, summary }) => ({ at: iso(at), kind, id, summary })),
    ...(about.length > 0 ? { contracts: about.map(aboutJson) } : {}),
  };
}

/** A contract in one environment. `contract` is null when it could not be read, and `unknown` then says why. */
const aboutJson = ({ environment, contract, isGuess, missing, notJudged, lastChange, receivers }: About) => ({
  environment,
  contract: 'known' in contract ? contract.known : null,
  unknown: 'known' in contract ? null : contract.unknown,
  isGuess,
  missing,
  notJudged,
  lastChange: lastChange && { ...lastChange, at: iso(lastChange.at) },
  receivers,
});

const sentences = (all: (string | null)[]): string | null =>
  all.filter((each) => each !== null).join(' ') || null;

function render(result: FindResult, environments: readonly Environment[], terminal: Terminal): string {
  const { query, answer, advice, matches, ambiguous, guess, timeline, about } = result;
  const paragraph = (text: string) => hangingIndent('', text, terminal.width);
  const leftOut = leftOutText(result);
  const note = leftOut === null ? [] : ['', paragraph(leftOut)];
  const head = [
    terminal.style('bold', paragraph(`${query}: ${answer}`)),
    ...[advice, guess].flatMap((text) => (text === null ? [] : ['', paragraph(text)])),
  ];
  if (ambiguous)
    return [
      ...head,
      '',
      ...matches.map(({ kind, value }) => `  ${kind.padEnd(10)}${printable(value)}`),
      ...note,
      '',
    ].join('\n');
  const known = about.flatMap((each) => [
    '',
    labelIn(environments, each.environment),
    ...aboutLines(each, true).map((line) => hangingIndent('  ', line, terminal.width)),
  ]);
  if (timeline.length === 0) return [...head, ...known, ''].join('\n');
  const labelOf = (entry: TimelineEntry) => labelIn(environments, entry.environment);
  const width = timeline.reduce((longest, entry) => Math.max(longest, labelOf(entry).length), 0);
  return [
    ...head,
    ...known,
    '',
    findCounts(result),
    ...timeline.flatMap((entry, index) => {
      const before = timeline[index - 1];
      return [
        ...(before && dayOf(before) === dayOf(entry)
          ? []
          : ['', terminal.style('dim', `${dayOf(entry)} (UTC)`)]),
        hangingIndent(
          `  ${iso(entry.at).slice(11, 23)}  ${labelOf(entry).padEnd(width)}  ${entry.kind.padEnd(8)}  `,
          printable(`${entry.summary} (${displayId(entry)})`),
          Math.max(terminal.width, 100),
        ),
      ];
    }),
    ...note,
    '',
  ].join('\n');
}

const dayOf = ({ at }: TimelineEntry): string => iso(at).slice(0, 10);
