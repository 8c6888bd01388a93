import type { Command } from 'commander';
import type { Config, Environment } from '../config/config.ts';
import { openCore } from '../core.ts';
import { type IngestResult, ingestLines } from '../events/intake/ingest-lines.ts';
import { createLineReader, type LineKind } from '../events/intake/read-line.ts';
import { createRecorder, NotRecordedError } from '../events/log/recorder.ts';
import { environmentLabel } from '../text/environment-label.ts';
import { nearMiss } from '../workspace/names.ts';
import type { CommandContext } from './command-line.ts';
import { exitCodes } from './exit-codes.ts';
import { findEnvironment } from './find-environment.ts';
import { openSource, type Source } from './import-source.ts';
import { renderImport } from './render-import.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

interface Options {
  kind?: string;
  json?: boolean;
}

const KINDS = ['calls', 'outcomes'] as const;
/** Refused lines that are listed with --json; a file without end must not fill the memory. */
const LISTED = 10_000;
const PROGRESS_EVERY_MS = 200;

export function addImport(program: Command, context: CommandContext): void {
  program
    .command('import')
    .description(
      "store the integration's own calls and outcomes from a file: exit code 0 all of it, 1 some lines were refused",
    )
    .argument('<environment>', 'its name in the config')
    .argument('<file>', 'one JSON object a line; - for standard input')
    .option('--kind <kind>', 'calls or outcomes; without it each line tells by its fields which it is')
    .option('--json', 'print one JSON object and nothing else')
    .action((name: string, file: string, options: Options) =>
      context.run(() => run(context, name, file, options))(),
    );
}

async function run(
  context: CommandContext,
  name: string,
  file: string,
  { kind, json = false }: Options,
): Promise<number> {
  const { terminal } = context;
  const wanted = kind === undefined ? null : parseKind(kind);
  const config = context.loadConfig(false);
  const environment = findEnvironment(config, name);
  const source = await openSource(file);
  try {
    const { taken, failure } = await store(source, wanted, environment, config, terminal);
    if (json) terminal.out(`${JSON.stringify(importJson(environment.name, taken, failure), null, 2)}\n`);
    else terminal.out(renderImport(environmentLabel(environment), taken, failure === null, terminal));
    if (!failure) return taken.refusedCount === 0 ? exitCodes.ok : exitCodes.negative;
    terminal.err(`envcheck: not everything could be stored: ${failure.code}: ${failure.message}\n`);
    return exitCodes.couldNotTell;
  } finally {
    await source.close();
  }
}

/** Through a writing thread as that of the bot, which may run beside it: they take turns. */
async function store(
  source: Source,
  kind: LineKind | null,
  environment: Environment,
  config: Config,
  terminal: Terminal,
): Promise<{ taken: Readonly<IngestResult>; failure: NotRecordedError | null }> {
  const { database, log } = config;
  const core = await openCore(config);
  const recorder = createRecorder({ database, options: { payloads: log.payloads, eventIdFields: {} } });
  const progress = showProgress(terminal, source.bytes);
  let taken: Readonly<IngestResult> = { accepted: 0, duplicates: 0, refusedCount: 0, refused: [] };
  try {
    await ingestLines(source.chunks(progress.read), {
      read: createLineReader(kind, { ...log, environment: environment.name, clock: core.clock }),
      recorder,
      listed: LISTED,
      onProgress(soFar, line) {
        taken = soFar;
        progress.stored(line);
      },
    });
    return { taken, failure: null };
  } catch (error) {
    if (!(error instanceof NotRecordedError)) throw error;
    return { taken, failure: error };
  } finally {
    terminal.status?.('');
    await recorder.close();
    await core.close();
  }
}

/** The contract of `import --json`: these names and no others. */
const importJson = (
  environment: string,
  { accepted, duplicates, refusedCount, refused }: Readonly<IngestResult>,
  failure: NotRecordedError | null,
): object => ({
  environment,
  accepted,
  duplicates,
  refusedCount,
  refused,
  complete: failure === null,
});

function parseKind(text: string): LineKind {
  const found = KINDS.find((kind) => kind === text.toLowerCase());
  if (found) return found;
  const meant = nearMiss(KINDS, text);
  throw new UsageError(
    `--kind “${text}” is neither calls nor outcomes${meant ? `; did you mean ${meant}?` : ''}`,
  );
}

function showProgress(
  { status }: Terminal,
  bytes: number | null,
): { read(bytes: number): void; stored(line: number): void } {
  const started = performance.now();
  let shownAt = Number.NEGATIVE_INFINITY;
  let read = 0;
  return {
    read: (more) => {
      read += more;
    },
    stored(line) {
      const now = performance.now();
      if (!status || now - shownAt < PROGRESS_EVERY_MS) return;
      shownAt = now;
      const share = bytes ? `, ${Math.floor((100 * read) / bytes)} %` : '';
      status(
        `Importing: ${line.toLocaleString('en')} lines${share} (${Math.round((now - started) / 1000)} s)`,
      );
    },
  };
}
