import type { Command } from 'commander';
import type { Config, Environment } from '../config/config.ts';
import type { Core } from '../core.ts';
import { SNAPSHOT_FORMS } from '../inspect/find-snapshot.ts';
import { environmentLabel } from '../text/environment-label.ts';
import type { Comparison } from '../workspace/diff/difference.ts';
import { OVER_TIME, openDifferences } from '../workspace/diff/difference-text.ts';
import type { CommandContext } from './context.ts';
import { iso } from './event-json.ts';
import { exitCodes } from './exit-codes.ts';
import { findEnvironment } from './find-environment.ts';
import { JSON_OPTION } from './options.ts';
import { readingProgress } from './reading-progress.ts';
import { type ComparedSides, diffJson, renderDiff } from './render-diff.ts';
import { jsonText } from './terminal.ts';
import { UsageError } from './usage-error.ts';

interface Options {
  since?: string;
  json?: boolean;
}

export function addDiff(program: Command, context: CommandContext): void {
  program
    .command('diff')
    .description(
      'compare two environments, or one environment with its past: exit code 0 the same, 1 different, 2 could not tell',
    )
    .argument('<left>', 'the environment that is the model')
    .argument('[right]', 'the environment to compare with it')
    .option('--since <when>', `compare the one environment with its past: ${SNAPSHOT_FORMS}`)
    .option(...JSON_OPTION)
    .action((left: string, right: string | undefined, options: Options) =>
      context.run(() => diff(context, left, right, options)),
    );
}

interface Result extends ComparedSides {
  left: string;
  right: string;
  comparison: Comparison;
}

async function diff(
  context: CommandContext,
  left: string,
  right: string | undefined,
  { since, json = false }: Options,
): Promise<number> {
  const { terminal } = context;
  if ((right === undefined) === (since === undefined))
    throw new UsageError('give two environments, or one and --since: diff uat prod, diff prod --since 3d');
  const config = context.loadConfig(false);
  const compare =
    right === undefined
      ? inTime(context, config, left, since ?? '')
      : sideBySide(context, config, left, right);
  return context.withCore(config, async (core) => {
    const { comparison, ...result } = await compare(core);
    terminal.status?.('');
    terminal.out(json ? jsonText(diffJson(result, comparison)) : renderDiff(comparison, result, terminal));
    return exitCodeOfComparison(comparison);
  });
}

/** Accepted differences do not count, as waived checks do not. */
export const exitCodeOfComparison = ({ differences, unknown }: Comparison): number =>
  openDifferences(differences).length > 0
    ? exitCodes.negative
    : unknown.length > 0
      ? exitCodes.couldNotTell
      : exitCodes.ok;

/** Finds two different environments. Throws UsageError. */
export function findPair(config: Config, left: string, right: string): [Environment, Environment] {
  const pair: [Environment, Environment] = [findEnvironment(config, left), findEnvironment(config, right)];
  if (pair[0] === pair[1])
    throw new UsageError(
      `both sides are ${pair[0].name}; to compare it with its past: diff ${pair[0].name} --since 3d`,
    );
  return pair;
}

function sideBySide(
  { terminal }: CommandContext,
  config: Config,
  leftName: string,
  rightName: string,
): (core: Core) => Promise<Result> {
  const [left, right] = findPair(config, leftName, rightName);
  const [ours, theirs] = [environmentLabel(left), environmentLabel(right)];
  return async (core) => ({
    left: left.name,
    right: right.name,
    title: `${ours} → ${theirs}`,
    sideText: { missing: `only in ${ours}`, extra: `only in ${theirs}` },
    nextIfUnknown: null,
    next: `npm run -s envcheck -- plan ${left.name} ${right.name} lists what to create or change in ${theirs}`,
    comparison: await core.drift.compare(left, right, readingProgress(terminal, `${ours} and ${theirs}`)),
  });
}

function inTime(
  { terminal }: CommandContext,
  config: Config,
  name: string,
  since: string,
): (core: Core) => Promise<Result> {
  const environment = findEnvironment(config, name);
  const label = environmentLabel(environment);
  return async (core) => {
    const found = await core.drift.find(environment, since);
    if (found.kind === 'unclear') throw new UsageError(`--since “${since}”: ${found.reason}`);
    const before = found.kind === 'found' ? iso(found.snapshot.takenAt) : since;
    return {
      left: `${environment.name}@${before}`,
      right: environment.name,
      title: `${label} since ${before}`,
      sideText: OVER_TIME,
      nextIfUnknown: found.kind === 'none' ? nextWithoutPast(environment.name, found.oldestAt) : null,
      next: `npm run -s envcheck -- history ${environment.name} shows when each of these changed`,
      comparison:
        found.kind === 'found'
          ? await core.drift.compareSince(found.snapshot, environment, readingProgress(terminal, label))
          : { differences: [], unknown: [{ path: '*', reason: noSnapshot(label, found.oldestAt) }] },
    };
  };
}

const nextWithoutPast = (name: string, oldestAt: number | null): string =>
  oldestAt === null
    ? `npm run -s envcheck -- check ${name} takes the first snapshot to compare with`
    : `npm run -s envcheck -- diff ${name} --since ${iso(oldestAt)} goes back to the oldest snapshot`;

const noSnapshot = (label: string, oldestAt: number | null): string =>
  oldestAt === null
    ? `there is no snapshot of ${label} yet; every check and every diff takes one`
    : `there is no snapshot of ${label} from that time; the oldest is from ${iso(oldestAt)}`;
