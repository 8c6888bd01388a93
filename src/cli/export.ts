import { open } from 'node:fs/promises';
import { type Command, Option } from 'commander';
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
import type { CommandContext } from './context.ts';
import { csvLine } from './csv.ts';
import { iso } from './event-json.ts';
import { exitCodes } from './exit-codes.ts';
import { withEnvironment } from './find-environment.ts';
import { type NewFile, newFile } from './new-file.ts';
import { ENVIRONMENT, FORCE_OPTION, parseTime, parseUntil, TIME_FORMATS } from './options.ts';
import type { Terminal } from './terminal.ts';

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
    .description('export the log of an environment, oldest first, as NDJSON or CSV')
    .argument(...ENVIRONMENT)
    .requiredOption('--since <time>', `start of the period: ${TIME_FORMATS}`)
    .option('--until <time>', 'end of the period, not included (default: now)')
    .addOption(
      new Option('--what <kind>', 'events with their deliveries, or the calls or outcomes of the integration')
        .choices(['events', 'calls', 'outcomes'])
        .default('events'),
    )
    .addOption(
      new Option('--format <format>', 'NDJSON has a line per event, CSV a row per delivery')
        .choices(['ndjson', 'csv'])
        .default('ndjson'),
    )
    .option('--out <file>', 'write to this file (default: standard output)')
    .option(...FORCE_OPTION)
    .action((name: string, options: Options) => context.run(() => run(context, name, options)));
}

const run = (context: CommandContext, name: string, options: Options): Promise<number> =>
  withEnvironment(context, name, async (core, environment, { database, log }) => {
    const { terminal, cwd } = context;
    const { out, force = false } = options;
    const range = { environment: environment.name, ...parseRange(options, core.clock.now()) };
    const counts = new Map<string, number>();
    const chunks = counted(chunksOf(core.db, range, options), counts);
    const progress = () => countsText(counts, options.what);
    const bytes =
      out === undefined
        ? await toOutput(chunks, terminal)
        : await toFile(chunks, out, newFile(out, { cwd, force, database }), terminal, progress);
    if (bytes === null) return exitCodes.couldNotTell;
    terminal.status?.('');
    terminal.err(
      `${progress()} of ${environmentLabel(environment)} from ${iso(range.since)} to ${iso(range.until)}` +
        `${out === undefined ? '' : `: ${out}, ${bytes} bytes`}\n${continuation(environment.name, range, options)}\n${gone(range, core.clock.now() - log.keepMs)}`,
    );
    return exitCodes.ok;
  });

function parseRange(options: Options, now: number): Omit<ExportRange, 'environment'> {
  const since = parseTime('--since', options.since, now);
  const wanted = parseUntil(options.until ?? iso(now), { since, now });
  // The next export begins where this one ends, so it must not end later than now.
  const until = Math.max(Math.min(wanted, now), since);
  return { since, until };
}

/** Time in which a row that has arrived is stored at the latest, ms. Consecutive exports overlap by it. */
const OVERLAP_MS = 60_000;

/** Says that a part of the period is no longer kept. `horizon`: start of what the log keeps, epoch ms. */
const gone = ({ since }: ExportRange, horizon: number): string =>
  since < horizon ? `Rows before ${iso(horizon)} are no longer kept (log.keep).\n` : '';

const continuation = (name: string, { since, until }: ExportRange, { what, format }: Options): string =>
  `Times are UTC. Continue: npm run -s envcheck -- export ${name} --what ${what} --format ${format} --since ${iso(Math.max(since, until - OVERLAP_MS))}\n` +
  'It repeats the last minute: drop the ids that you have. Reports that arrive late are in the export of the time at which they arrive.';

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

/** Returns the bytes written; null when the reader is gone. */
async function toOutput(chunks: AsyncGenerator<string>, terminal: Terminal): Promise<number | null> {
  let bytes = 0;
  for await (const text of chunks) {
    terminal.out(text);
    bytes += Buffer.byteLength(text);
    if (!(await terminal.drained())) return null;
  }
  return bytes;
}

/** Returns the bytes written; null when the file could not be written. */
async function toFile(
  chunks: AsyncGenerator<string>,
  name: string,
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
    terminal.err(`envcheck: ${name} could not be written: ${error.message}\n`);
    return null;
  }
}

const countsText = (counts: Map<string, number>, what: Options['what']): string =>
  counts.size === 0 ? `0 ${what}` : [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
