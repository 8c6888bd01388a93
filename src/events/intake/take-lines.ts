import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ReportedCall } from '../../store/reported.ts';
import type { OutcomeRow } from '../../store/tables/event-log.ts';
import type { Recorder } from '../log/recorder.ts';
import { isBlank, type Line, linesOf } from './lines.ts';
import type { Read } from './read-line.ts';

/** Lines that are read in one turn of the event loop and stored in one transaction: deliveries come in between. */
const CHUNK = 250;

export interface Refusal {
  /** From 1. */
  line: number;
  reason: string;
}

export interface Taken {
  /** Stored by this. */
  accepted: number;
  /** Stored before: there is one with the same own id. */
  duplicates: number;
  refusedCount: number;
  /** The first of them, up to the limit. */
  refused: Refusal[];
}

export interface TakeOptions {
  read: (line: Line) => Read;
  recorder: Recorder;
  /** How many refused lines are listed; all are counted. */
  listed: number;
  /** After every chunk, with what was taken so far. */
  onProgress: (taken: Readonly<Taken>, line: number) => void;
}

/**
 * Reads and stores line by line what was reported, in the order in which it came. Rejects with NotRecorded when it cannot
 * be stored; what went before stays, and is a duplicate when all of it comes again.
 */
export async function takeLines(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { read, recorder, listed, onProgress }: TakeOptions,
): Promise<Taken> {
  const taken: Taken = { accepted: 0, duplicates: 0, refusedCount: 0, refused: [] };
  let calls: ReportedCall[] = [];
  let outcomes: OutcomeRow[] = [];
  let inChunk = 0;
  const count = (rows: unknown[], stored: number) => {
    taken.accepted += stored;
    taken.duplicates += rows.length - stored;
  };
  const store = async (line: number) => {
    if (calls.length > 0) count(calls, await recorder.run({ kind: 'calls', rows: calls }));
    if (outcomes.length > 0) count(outcomes, await recorder.run({ kind: 'outcomes', rows: outcomes }));
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
