import { Command, CommanderError } from 'commander';
import type { Config } from '../config/config.ts';
import { configuredSecrets } from '../config/configured-secrets.ts';
import { loadConfig } from '../config/load.ts';
import { ConfigError, formatProblems } from '../config/problem.ts';
import { type Secret, withoutSecrets } from '../config/secret.ts';
import { type CoreOverrides, openCore } from '../core.ts';
import { databaseFailureText, type Opening } from '../store/sqlite.ts';
import { addBackup } from './backup.ts';
import { addCheck } from './check.ts';
import { addChecklist } from './checklist.ts';
import { addConfig } from './config.ts';
import type { CommandContext, ProcessContext } from './context.ts';
import { addDemo } from './demo.ts';
import { addDiff } from './diff.ts';
import { addDoctor } from './doctor.ts';
import { addEvents } from './events.ts';
import { exitCodes } from './exit-codes.ts';
import { addExport } from './export.ts';
import { addFailures } from './failures.ts';
import { addFind } from './find.ts';
import { addHistory } from './history.ts';
import { addImport } from './import.ts';
import { addKeep } from './keep.ts';
import { addMigrate } from './migrate.ts';
import { addPlan } from './plan.ts';
import { addRecord } from './record.ts';
import { addReplay } from './replay.ts';
import { addReport } from './report.ts';
import { addSandbox } from './sandbox.ts';
import { addSignature } from './signature.ts';
import { addStart } from './start.ts';
import { addSubscriptions } from './subscriptions.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';
import { addWaivers } from './waivers.ts';
import { addWebhooks } from './webhooks.ts';

/** Parts that tests replace. Everything else is the same as in production. */
export interface CommandLineOverrides extends CoreOverrides {
  /** Changes the config after it was read. */
  adjust?: (config: Config) => Config;
}

const EXIT_CODES = `
Exit codes: 0 ready, same, found, everything works · 1 not ready, different, not found, something does not work
            2 could not tell · 64 wrong usage · 78 wrong configuration`;

/** Runs one command line (without `node` and the file) and returns its exit code. Never throws. */
export async function runCommandLine(
  args: readonly string[],
  surroundings: ProcessContext,
  overrides: CommandLineOverrides = {},
): Promise<number> {
  const { program, exitCode, secrets } = createProgram(surroundings, overrides);
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode();
  } catch (error) {
    return report(error, surroundings.terminal, secrets);
  }
}

/** The program with all its commands, the exit code of the command that ran, and the secrets of the config that it read. */
export function createProgram(
  surroundings: ProcessContext,
  overrides: CommandLineOverrides = {},
): { program: Command; exitCode: () => number; secrets: readonly Secret[] } {
  const { terminal, env, cwd } = surroundings;
  let exitCode: number = exitCodes.ok;
  const program = new Command('envcheck')
    .description('Checks that a SpotDraft environment is ready for go-live, with evidence.')
    .option('--config <file>', 'the configuration file (default: $ENVCHECK_CONFIG, else ./envcheck.yaml)')
    .addHelpText('after', EXIT_CODES)
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .exitOverride();
  let opening: Opening = 'existing';
  program.hook('preAction', (_program, command) => {
    opening = mayCreateDatabase(command) ? 'create' : 'existing';
  });
  const secrets: Secret[] = [];
  const context: CommandContext = {
    ...surroundings,
    overrides,
    async run(command) {
      exitCode = await command();
    },
    loadConfig(needsSlack) {
      const { config: file } = program.opts<{ config?: string }>();
      const config = loadConfig({ file, env, cwd, needsSlack });
      secrets.push(...configuredSecrets(config));
      return overrides.adjust?.(config) ?? config;
    },
    async withCore(config, work) {
      const core = await openCore(config, overrides, opening);
      try {
        return await work(core);
      } finally {
        await core.close();
      }
    },
  };
  for (const add of commands) add(program, context);
  for (const command of program.commands) inheritSettings(program, command);
  return { program, exitCode: () => exitCode, secrets };
}

/** Commands that have something to do without a database. All others read it, and a new one would seem to say “never”. */
const withoutDatabase: ReadonlySet<string> = new Set([
  'check',
  'checklist',
  'diff',
  'import',
  'plan',
  'sign',
  'subscribe',
  'verify',
  'webhooks note',
  'webhooks register',
]);

function mayCreateDatabase(command: Command): boolean {
  const names: string[] = [];
  for (let each: Command | null = command; each?.parent; each = each.parent) names.unshift(each.name());
  // `--since` compares with the past.
  return withoutDatabase.has(names.join(' ')) && command.opts<{ since?: string }>().since === undefined;
}

/** In the order of the help text. */
const commands = [
  addCheck,
  addChecklist,
  addDiff,
  addHistory,
  addPlan,
  addFind,
  addEvents,
  addFailures,
  addImport,
  addExport,
  addKeep,
  addBackup,
  addConfig,
  addDoctor,
  addMigrate,
  addSignature,
  addRecord,
  addReplay,
  addReport,
  addStart,
  addWebhooks,
  addSubscriptions,
  addWaivers,
  addDemo,
  addSandbox,
];

function inheritSettings(parent: Command, command: Command): void {
  command.copyInheritedSettings(parent);
  for (const nested of command.commands) inheritSettings(command, nested);
}

/** Codes of a file that cannot be written or read, whose messages name it. */
const diskCodes: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO']);

/** Prints an error as its reader needs it, and returns the exit code. */
function report(error: unknown, terminal: Terminal, secrets: readonly Secret[]): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (error instanceof UsageError) {
    terminal.err(`envcheck: ${error.message}\n`);
    return exitCodes.usage;
  }
  if (error instanceof ConfigError) {
    terminal.err(`${formatProblems(error)}\n`);
    return exitCodes.config;
  }
  const databaseFailure = databaseFailureText(error);
  if (databaseFailure !== null) {
    terminal.err(`envcheck: ${databaseFailure}\n`);
    return exitCodes.couldNotTell;
  }
  if (error instanceof Error && 'code' in error && diskCodes.has(error.code)) {
    terminal.err(`envcheck: ${withoutSecrets(error.message, secrets)}\n`);
    return exitCodes.couldNotTell;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  terminal.err(`envcheck: unexpected error: ${withoutSecrets(text, secrets)}\n`);
  return exitCodes.couldNotTell;
}
