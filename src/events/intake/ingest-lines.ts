import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ReportedCall } from '../../store/reported.ts';
import type { OutcomeRow } from '../../store/tables/event-log.ts';
import type { Clock } from '../../time/clock.ts';
import type { Recorder } from '../log/recorder.ts';
import { isBlank, type Line, linesOf } from './lines.ts';
import type { LineResult } from './read-line.ts';

/** Lines read in one turn of the event loop and stored in one transaction. Deliveries are handled in between. */
const CHUNK = 250;

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
}

export interface IngestOptions {
  read: (line: Line) => LineResult;
  recorder: Recorder;
  clock: Clock;
  /** Maximum number of refused lines to list. The count includes all. */
  listed: number;
  /** Called after every chunk with the result so far. */
  onProgress: (taken: Readonly<IngestResult>, line: number) => void;
}

/**
 * Reads and stores reported lines in order. Rejects with NotRecordedError when storing fails; earlier lines stay stored and
 * are duplicates when the report is sent again.
 */
export async function ingestLines(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { read, recorder, clock, listed, onProgress }: IngestOptions,
): Promise<IngestResult> {
  const taken: IngestResult = { accepted: 0, duplicates: 0, refusedCount: 0, refused: [] };
  let calls: ReportedCall[] = [];
  let outcomes: OutcomeRow[] = [];
  let inChunk = 0;
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
    [calls, outcomes, inChunk] = [[], [], 0];
    onProgress(taken, line);
  };
  let last = 0;
  for await (const line of linesOf(chunks)) {
    last = line.number;
    const result = isBlank(line) ? null : read(line);
    if (result?.kind === 'calls') calls.push(result.row);
    else if (result?.kind === 'outcomes') outcomes.push(result.row);
    else if (result) {
      taken.refusedCount += 1;
      if (taken.refused.length < listed) taken.refused.push({ line: last, reason: result.reason });
    }
    inChunk += 1;
    if (inChunk === CHUNK) await store(last);
  }
  await store(last);
  return taken;
}
