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
import { type ExportRange, storedRows } from '../store/export.ts';
import { environmentLabel } from '../text/environment-label.ts';
import type { CommandContext } from './context.ts';
import { csvLine } from './csv.ts';
import { iso } from './event-json.ts';
import { exitCodes } from './exit-codes.ts';
import { withEnvironment } from './find-environment.ts';
import { type NewFile, newFile } from './new-file.ts';
import { ENVIRONMENT, FORCE_OPTION, parseTime, parseUntil, TIME_FORMATS } from './options.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

interface Options {
  since?: string;
  until?: string;
  after?: string;
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
    .option('--since <time>', `start of the period: ${TIME_FORMATS}`)
    .option('--after <end>', 'instead of a period: what was stored since the export that ended with this')
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
    const now = core.clock.now();
    const { range, last, isGone } = await parseRange(core.db, environment.name, options, now);
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
      `${progress()} of ${environmentLabel(environment)} ${range.since === null ? 'that were stored' : `from ${iso(range.since)} to ${iso(Math.min(range.until, now))}`}` +
        `${out === undefined ? '' : `: ${out}, ${bytes} bytes`}\n${continuation(range, last, options)}\n${isGone ? GONE : ''}${gone(range, now - log.keepMs)}`,
    );
    return exitCodes.ok;
  });

/** The end of an export: the number and the id of the row that was stored last. */
interface End {
  number: number;
  id: string | null;
}

function parseAfter(text: string): End {
  const [, number, id = null] = /^(\d{1,15})(?:\.(\w{1,80}))?$/.exec(text) ?? [];
  if (number === undefined)
    throw new UsageError(`--after “${text}” is not the end of an export: copy it from the line “Continue”`);
  return { number: Number(number), id };
}

/** `isGone`: the row with which the export before ended was removed, so that its number may be that of another. */
async function parseRange(
  db: Database,
  environment: string,
  { since, until, after, what }: Options,
  now: number,
): Promise<{ range: ExportRange; last: End; isGone: boolean }> {
  const end = after === undefined ? null : parseAfter(after);
  const { last, known } = await storedRows(db, what, end?.number ?? 0);
  const upTo = last?.number ?? 0;
  const isGone = end !== null && end.number > 0 && known?.id !== end.id;
  const found = { last: last ?? { number: 0, id: null }, isGone };
  if (end !== null) {
    if (since !== undefined || until !== undefined)
      throw new UsageError('--after needs no --since and no --until');
    const stored = { after: isGone ? 0 : end.number, upTo };
    return { ...found, range: { environment, since: null, until: null, stored } };
  }
  if (since === undefined) throw new UsageError('--since or --after is missing');
  const from = parseTime('--since', since, now);
  const to = until === undefined ? now : parseUntil(until, { since: from, now, sinceText: since });
  if (to < now) return { ...found, range: { environment, since: from, until: to } };
  // The next export begins where this one ends, so rows that are dated ahead of now are in this one.
  const stored = { after: 0, upTo };
  return { ...found, range: { environment, since: from, until: Number.MAX_SAFE_INTEGER, stored } };
}

/** Time in which a row that has arrived is stored at the latest, ms. An export overlaps with the one of the period before by it. */
const OVERLAP_MS = 60_000;

/** Says that a part of the period is no longer kept. `horizon`: start of what the log keeps, epoch ms. */
const gone = ({ since }: ExportRange, horizon: number): string =>
  since !== null && since < horizon ? `Rows before ${iso(horizon)} are no longer kept (log.keep).\n` : '';

function continuation(
  { environment, since, until }: ExportRange,
  { number, id }: End,
  { what, format }: Options,
): string {
  const command = `Times are UTC. Continue: npm run -s envcheck -- export ${environment} --what ${what} --format ${format}`;
  return since === null || until === Number.MAX_SAFE_INTEGER
    ? `${command} --after ${[number, id].filter((part) => part !== null).join('.')}\nIt has what is stored from now on, each row once, whatever its time.`
    : `${command} --since ${iso(Math.max(since, until - OVERLAP_MS))}\nIt repeats the last minute: drop the ids that you have. Reports that arrive late are in the export of the time at which they arrive.`;
}

const GONE =
  'The row with which that export ended is no longer kept, so this one has all that is: drop the ids that you have.\n';

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
