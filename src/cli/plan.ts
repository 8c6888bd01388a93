import { type Command, Option } from 'commander';
import { environmentLabel } from '../text/environment-label.ts';
import { openDifferences } from '../workspace/diff/difference-text.ts';
import { planOf } from '../workspace/diff/plan.ts';
import type { CommandContext } from './context.ts';
import { exitCodeOfComparison, findPair } from './diff.ts';
import { JSON_OPTION } from './options.ts';
import { readingProgress } from './reading-progress.ts';
import { planCsv, planJson, planMarkdown } from './render-plan.ts';
import { jsonText } from './terminal.ts';

interface Options {
  format: 'md' | 'csv';
  json?: boolean;
}

export function addPlan(program: Command, context: CommandContext): void {
  program
    .command('plan')
    .description(
      'list what to create or change in one environment to match another: exit code 0 nothing, 1 something, 2 could not tell',
    )
    .argument('<model>', 'the environment to match')
    .argument('<target>', 'the environment to change')
    .addOption(new Option('--format <format>', 'a checklist or a table').choices(['md', 'csv']).default('md'))
    .option(...JSON_OPTION)
    .action((model: string, target: string, options: Options) =>
      context.run(() => plan(context, model, target, options)),
    );
}

async function plan(
  context: CommandContext,
  model: string,
  target: string,
  { format, json = false }: Options,
): Promise<number> {
  const { terminal } = context;
  const config = context.loadConfig(false);
  const [left, right] = findPair(config, model, target);
  const labels = { left: environmentLabel(left), right: environmentLabel(right) };
  return context.withCore(config, async (core) => {
    const progress = readingProgress(terminal, `${labels.left} and ${labels.right}`);
    const comparison = await core.drift.compare(left, right, progress);
    terminal.status?.('');
    const { differences, unknown } = comparison;
    const open = openDifferences(differences);
    const found = {
      ...labels,
      // Accepted differences need no step.
      steps: planOf({ differences: open, unknown }, labels.left, comparison.entities),
      unknown,
      accepted: differences.length - open.length,
    };
    if (json) terminal.out(jsonText(planJson({ left: left.name, right: right.name }, found)));
    else terminal.out(format === 'csv' ? planCsv(found) : planMarkdown(found));
    return exitCodeOfComparison(comparison);
  });
}
