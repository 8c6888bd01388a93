import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ReportedCall } from '../../store/reported.ts';
import type { OutcomeRow } from '../../store/tables/event-log.ts';
import type { Clock } from '../../time/clock.ts';
import type { Recorder } from '../log/recorder.ts';
import { isBlank, type Line, linesOf, MAX_LINE_BYTES } from './lines.ts';
import type { LineResult } from './read-line.ts';

/** Lines read in one turn of the event loop and stored in one transaction. Deliveries are handled in between. */
const CHUNK = 250;
/** The same in bytes. */
const CHUNK_BYTES = MAX_LINE_BYTES;

export interface RefusedLine {
  /** Line number, from 1. */
  line: number;
  reason: string;
}

export interface IngestResult {
  /** Newly stored lines. */
  accepted: number;
  /** Lines whose own id was stored before. */
  duplicates: number;
  refusedCount: number;
  /** The first refused lines, up to `listed`. */
  refused: RefusedLine[];
  /** Number of the first line that was not judged, because a limit was reached; null when all were. */
  unreadFrom: number | null;
}

export const nothingTaken = (): IngestResult => ({
  accepted: 0,
  duplicates: 0,
  refusedCount: 0,
  refused: [],
  unreadFrom: null,
});

export interface IngestOptions {
  read: (line: Line) => LineResult;
  recorder: Pick<Recorder, 'run'>;
  clock: Clock;
  /** Maximum number of refused lines to list. The count includes all. */
  listed: number;
  /** Numbers of refused lines, and of all, after which the rest is not judged: a line costs far more than its bytes. */
  limits: { refused: number; lines: number };
  /** Called after every chunk with the result so far. */
  onProgress: (taken: Readonly<IngestResult>, line: number) => void;
}

/**
 * Reads and stores reported lines in order. Rejects with NotRecordedError when storing fails; earlier lines stay stored and
 * are duplicates when the report is sent again.
 */
export async function ingestLines(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { read, recorder, clock, listed, limits, onProgress }: IngestOptions,
): Promise<IngestResult> {
  const taken = nothingTaken();
  let calls: ReportedCall[] = [];
  let outcomes: OutcomeRow[] = [];
  let inChunk = 0;
  let bytesInChunk = 0;
  const count = (rows: unknown[], stored: number) => {
    taken.accepted += stored;
    taken.duplicates += rows.length - stored;
  };
  const store = async (line: number) => {
    const storedAt = clock.now();
    if (calls.length > 0) count(calls, await recorder.run({ kind: 'calls', rows: calls, storedAt }));
    if (outcomes.length > 0)
      count(outcomes, await recorder.run({ kind: 'outcomes', rows: outcomes, storedAt }));
    if (calls.length + outcomes.length === 0) await nextTurn();
    [calls, outcomes, inChunk, bytesInChunk] = [[], [], 0, 0];
    onProgress(taken, line);
  };
  let last = 0;
  for await (const line of linesOf(chunks)) {
    if (line.number > limits.lines || (taken.refusedCount >= limits.refused && !isBlank(line))) {
      taken.unreadFrom = line.number;
      break;
    }
    last = line.number;
    const result = isBlank(line) ? null : read(line);
    if (result?.kind === 'calls') calls.push(result.row);
    else if (result?.kind === 'outcomes') outcomes.push(result.row);
    else if (result) {
      taken.refusedCount += 1;
      if (taken.refused.length < listed) taken.refused.push({ line: last, reason: result.reason });
    }
    inChunk += 1;
    bytesInChunk += line.bytes?.length ?? MAX_LINE_BYTES;
    if (inChunk === CHUNK || bytesInChunk >= CHUNK_BYTES) await store(last);
  }
  await store(last);
  return taken;
}
