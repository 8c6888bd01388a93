import { open } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { openCore } from '../core.ts';
import {
  callExport,
  deliveryExport,
  type ExportPage,
  eventRecords,
  outcomeExport,
} from '../events/log/export.ts';
import type { Database } from '../store/database.ts';
import type { ExportRange } from '../store/export.ts';
import { environmentLabel } from '../text/environment-label.ts';
import type { CommandContext } from './command-line.ts';
import { csvLine } from './csv.ts';
import { iso } from './event-json.ts';
import { exitCodes } from './exit-codes.ts';
import { findEnvironment } from './find-environment.ts';
import { type NewFile, newFile } from './new-file.ts';
import { parseTime, TIME_FORMATS } from './parse-time.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

interface Options {
  since: string;
  until?: string;
  what: 'events' | 'calls' | 'outcomes';
  format: 'ndjson' | 'csv';
  out?: string;
  force?: boolean;
}

export function addExport(program: Command, context: CommandContext): void {
  program
    .command('export')
    .description('write what the log holds of an environment, oldest first, as NDJSON or CSV')
    .argument('<environment>', 'its name in the config')
    .requiredOption('--since <time>', TIME_FORMATS)
    .option('--until <time>', 'up to this and not including it (default: now)')
    .addOption(
      new Option('--what <kind>', 'events with their deliveries, or what the integration reported')
        .choices(['events', 'calls', 'outcomes'])
        .default('events'),
    )
    .addOption(
      new Option('--format <format>', 'a line for each event; in CSV, a row for each delivery')
        .choices(['ndjson', 'csv'])
        .default('ndjson'),
    )
    .option('--out <file>', 'write to this file (default: standard output)')
    .option('--force', 'replace the file if it is there')
    .action((name: string, options: Options) => context.run(() => run(context, name, options))());
}

async function run(context: CommandContext, name: string, options: Options): Promise<number> {
  const { terminal } = context;
  const config = context.loadConfig(false);
  const environment = findEnvironment(config, name);
  const core = await openCore(config);
  try {
    const range = { environment: environment.name, ...parseRange(options, core.clock.now()) };
    const counts = new Map<string, number>();
    const chunks = counted(chunksOf(core.db, range, options), counts);
    const progress = () => words(counts, options.what);
    const bytes = options.out
      ? await toFile(
          chunks,
          newFile(options.out, options.force ?? false, config.database),
          terminal,
          progress,
        )
      : await toOutput(chunks, terminal);
    if (bytes === null) return exitCodes.couldNotTell;
    terminal.status?.('');
    terminal.err(
      `${progress()} of ${environmentLabel(environment)} from ${iso(range.since)} to ${iso(range.until)}` +
        `${options.out ? `: ${options.out}, ${bytes} bytes` : ''}\n`,
    );
    return exitCodes.ok;
  } finally {
    await core.close();
  }
}

function parseRange(options: Options, now: number): Omit<ExportRange, 'environment'> {
  const since = parseTime('--since', options.since, now);
  const until = options.until === undefined ? now : parseTime('--until', options.until, now);
  if (since < until) return { since, until };
  throw new UsageError(`--since (${iso(since)}) is not before --until (${iso(until)})`);
}

interface Chunk extends ExportPage {
  text: string;
}

async function* chunksOf(db: Database, range: ExportRange, { what, format }: Options): AsyncGenerator<Chunk> {
  const flat = { events: deliveryExport, calls: callExport, outcomes: outcomeExport }[what];
  if (format === 'csv') yield { text: csvLine(flat.columns), records: [], counts: {} };
  const pages = what === 'events' && format === 'ndjson' ? eventRecords(db, range) : flat.pages(db, range);
  const line = (record: Record<string, unknown>): string =>
    format === 'csv' ? csvLine(flat.columns.map((column) => record[column])) : `${JSON.stringify(record)}\n`;
  for await (const page of pages) yield { ...page, text: page.records.map(line).join('') };
}

async function* counted(chunks: AsyncGenerator<Chunk>, counts: Map<string, number>): AsyncGenerator<string> {
  for await (const chunk of chunks) {
    for (const [word, count] of Object.entries(chunk.counts))
      counts.set(word, (counts.get(word) ?? 0) + count);
    yield chunk.text;
  }
}

/** Bytes written; null: whoever read them has stopped. */
async function toOutput(chunks: AsyncGenerator<string>, terminal: Terminal): Promise<number | null> {
  let bytes = 0;
  for await (const text of chunks) {
    terminal.out(text);
    bytes += Buffer.byteLength(text);
    if (!(await terminal.drained())) return null;
  }
  return bytes;
}

/** Bytes written; null: the file could not be. */
async function toFile(
  chunks: AsyncGenerator<string>,
  file: NewFile,
  terminal: Terminal,
  progress: () => string,
): Promise<number | null> {
  try {
    const handle = await open(file.part, 'r+');
    let bytes = 0;
    try {
      for await (const text of chunks) {
        await handle.appendFile(text);
        bytes += Buffer.byteLength(text);
        terminal.status?.(`Exporting: ${progress()}`);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    file.publish();
    return bytes;
  } catch (error) {
    file.discard();
    terminal.status?.('');
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    terminal.err(`envcheck: ${file.part} could not be written: ${error.message}\n`);
    return null;
  }
}

const words = (counts: Map<string, number>, what: Options['what']): string =>
  counts.size === 0 ? `0 ${what}` : [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
