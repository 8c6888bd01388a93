import type { Readable } from 'node:stream';
import type { Config } from '../config/config.ts';
import { processEnvironment } from '../config/load.ts';
import type { Core, CoreOverrides } from '../core.ts';
import { processTerminal, type Terminal } from './terminal.ts';

/** The process around a command line. Commands use it and no globals, so that many can run in one process. */
export interface ProcessContext {
  terminal: Terminal;
  /** Standard input, for a file argument of `-`. */
  stdin(): Readable;
  env: NodeJS.ProcessEnv;
  /** The folder that relative paths start from. */
  cwd: string;
  /** The next request to stop the process. */
  nextSignal(): Promise<NodeJS.Signals>;
  /** Ends the process, although work may still be running in it. */
  exit(code: number): void;
}

/** Everything that a command needs. */
export interface CommandContext extends ProcessContext {
  /** Runs a command and keeps its exit code. */
  run(command: () => Promise<number>): Promise<void>;
  /** Reads the file that `--config` or ENVCHECK_CONFIG names. Throws ConfigError. */
  loadConfig(needsSlack: boolean): Config;
  /** Opens the core, runs `work` with it and closes it. */
  withCore<Result>(config: Config, work: (core: Core) => Promise<Result>): Promise<Result>;
  overrides: CoreOverrides;
}

/** The context of this process, with the variables of a `.env` file in its working folder. */
export function processContext(): ProcessContext {
  const cwd = process.cwd();
  return {
    terminal: processTerminal(process.stdout, process.stderr),
    stdin: () => process.stdin,
    env: processEnvironment(cwd),
    cwd,
    nextSignal: () =>
      new Promise((resolve) => {
        process.once('SIGTERM', resolve);
        process.once('SIGINT', resolve);
      }),
    exit: (code) => process.exit(code),
  };
}
