import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Config, Environment } from '../config/config.ts';
import { decodedFile, FileFormatError } from '../events/intake/decode-file.ts';
import { type IngestResult, ingestLines, nothingTaken } from '../events/intake/ingest-lines.ts';
import { createLineReader, type LineKind } from '../events/intake/read-line.ts';
import { createRecorder, NotRecordedError } from '../events/log/recorder.ts';
import { pluralize } from '../text/counts.ts';
import { environmentLabel } from '../text/environment-label.ts';
import { nearMiss } from '../workspace/names.ts';
import type { CommandContext } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { findEnvironment } from './find-environment.ts';
import { ENVIRONMENT, JSON_OPTION } from './options.ts';
import { renderImport } from './render-import.ts';
import { jsonText, type Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

interface Options {
  kind?: string;
  json?: boolean;
}

const KINDS = ['calls', 'outcomes'] as const;
/** Refused lines that --json lists. An endless file must not fill the memory. */
const LISTED = 10_000;
const PROGRESS_EVERY_MS = 200;

export function addImport(program: Command, context: CommandContext): void {
  program
    .command('import')
    .description(
      "import the integration's own calls and outcomes from a file: exit code 0 all lines stored, 1 some lines refused",
    )
    .argument(...ENVIRONMENT)
    .argument('<file>', 'one JSON object per line, also gzip, zstd or UTF-16; - for standard input')
    .option('--kind <kind>', 'calls or outcomes; by default each line is recognized by its fields')
    .option(...JSON_OPTION)
    .action((name: string, file: string, options: Options) =>
      context.run(() => run(context, name, file, options)),
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
  const source = await openSource(context, file);
  try {
    const { result, failure } = await store(context, source, { file, kind: wanted, environment, config });
    if (json) terminal.out(jsonText(importJson(environment.name, result, failure)));
    else terminal.out(renderImport(environmentLabel(environment), result, failure === null, terminal));
    if (failure === null) return result.refusedCount === 0 ? exitCodes.ok : exitCodes.negative;
    terminal.err(`envcheck: ${failure}\n`);
    return exitCodes.couldNotTell;
  } finally {
    await source.close();
  }
}

interface Imported {
  result: Readonly<IngestResult>;
  /** Why not all lines were read and stored; null when they were. */
  failure: string | null;
}

/** Writes through a thread like the bot's, which may run at the same time: the two take turns. */
const store = (
  { terminal, withCore, nextSignal }: CommandContext,
  source: Source,
  {
    file,
    kind,
    environment,
    config,
  }: { file: string; kind: LineKind | null; environment: Environment; config: Config },
): Promise<Imported> =>
  withCore(config, async ({ clock }) => {
    const { database, log } = config;
    const recorder = createRecorder({ database, options: { payloads: log.payloads, eventIdFields: {} } });
    const progress = showProgress(terminal, source.bytes);
    let result: Readonly<IngestResult> = nothingTaken();
    let lines = 0;
    const stop = createStop(nextSignal());
    try {
      await ingestLines(stop.end(decodedFile(source.chunks(progress.read))), {
        read: createLineReader(kind, { ...log, environment: environment.name, clock }),
        recorder,
        clock,
        listed: LISTED,
        limits: { refused: Number.POSITIVE_INFINITY, lines: Number.POSITIVE_INFINITY },
        onProgress(soFar, line) {
          result = soFar;
          lines = line;
          progress.stored(line);
          stop.check();
        },
      });
      return { result, failure: null };
    } catch (error) {
      if (error instanceof StoppedError)
        return { result, failure: `stopped by ${error.message}: ${storedText(result, lines)}` };
      if (error instanceof NotRecordedError)
        return { result, failure: `not everything could be stored: ${error.code}: ${error.message}` };
      if (!(error instanceof FileFormatError)) throw error;
      if (lines === 0) throw new UsageError(`${file} ${error.message}`);
      return { result, failure: `${file} ${error.message}. Until there, ${storedText(result, lines)}` };
    } finally {
      terminal.status?.('');
      await recorder.close();
    }
  });

const storedText = ({ accepted, duplicates }: Readonly<IngestResult>, lines: number): string =>
  `${pluralize(accepted + duplicates, 'line is', 'lines are')} stored, up to line ${lines.toLocaleString('en')}. Import the same file again to go on; stored lines are not stored twice`;

/** The import was stopped. The message is the signal. */
class StoppedError extends Error {}

/** Ends an import at the next chunk of the file or of the log, also while it waits for standard input. */
function createStop(signal: Promise<NodeJS.Signals>): {
  check(): void;
  end(chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array>;
} {
  let received: NodeJS.Signals | null = null;
  const stopped = signal.then((name) => {
    received = name;
    return null;
  });
  const check = () => {
    if (received !== null) throw new StoppedError(received);
  };
  return {
    check,
    async *end(chunks) {
      for (;;) {
        const next = await Promise.race([chunks.next(), stopped]);
        check();
        if (next === null || next.done) return;
        yield next.value;
      }
    },
  };
}

/** The file to import. It is read in chunks, because it may be larger than the memory. */
interface Source {
  /** null for standard input, whose size is unknown. */
  bytes: number | null;
  chunks(onRead: (bytes: number) => void): AsyncGenerator<Buffer>;
  close(): Promise<void>;
}

/** `-` is standard input. Throws UsageError for a file that cannot be read. */
async function openSource({ cwd, stdin }: CommandContext, file: string): Promise<Source> {
  if (file === '-') {
    const stream = stdin();
    return {
      bytes: null,
      chunks: (onRead) => countBytes(stream, onRead),
      close: async () => void stream.destroy(),
    };
  }
  const handle = await openFile(cwd, file);
  const { size } = await handle.stat();
  return {
    bytes: size,
    chunks: (onRead) => countBytes(handle.createReadStream({ autoClose: false }), onRead),
    close: () => handle.close(),
  };
}

async function openFile(cwd: string, file: string): Promise<FileHandle> {
  try {
    const handle = await open(resolve(cwd, file));
    if (!(await handle.stat()).isDirectory()) return handle;
    await handle.close();
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  throw new UsageError(`${file} is a folder; name a file in it`);
}

async function* countBytes(
  stream: AsyncIterable<Buffer>,
  onRead: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  for await (const chunk of stream) {
    onRead(chunk.length);
    yield chunk;
  }
}

/** The contract of `import --json`. */
const importJson = (
  environment: string,
  { accepted, duplicates, refusedCount, refused }: Readonly<IngestResult>,
  failure: string | null,
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
