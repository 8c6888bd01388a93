import { parentPort, workerData } from 'node:worker_threads';
import { type AlikeCount, type EventLogWriter, openEventLogWriter } from '../../store/event-log.ts';
import type { PruneOrder } from '../../store/prune.ts';
import type { ReportedCall } from '../../store/reported.ts';
import type { OutcomeRow } from '../../store/tables/event-log.ts';
import type { NewDelivery, Outage, RecordedDelivery } from './delivery.ts';
import { type PrepareOptions, prepareDelivery, prepareOutage } from './prepare-delivery.ts';

/** Start data of the thread. */
export interface WriterData {
  database: string;
  options: PrepareOptions;
}

/** A batch for the thread. The bodies share one buffer, which is transferred and not copied. */
export interface Batch {
  deliveries: (Omit<NewDelivery, 'body'> & { from: number; to: number })[];
  bodies: ArrayBuffer;
}

/** Other work of the thread between two batches. One thread does all writing, so that nothing waits for a lock. */
export type Job =
  /** `id`: of the stored row. */
  | { kind: 'signer'; id: string; delivery: NewDelivery }
  | { kind: 'alike'; counts: AlikeCount[] }
  | { kind: 'outages'; outages: Outage[] }
  | ({ kind: 'prune' } & PruneOrder)
  /** Closes the file, so that the next batch opens the one that stands at the path then. */
  | { kind: 'release' }
  /** `storedAt`: the time of arrival, epoch ms. */
  | { kind: 'calls'; rows: ReportedCall[]; storedAt: number }
  | { kind: 'outcomes'; rows: OutcomeRow[]; storedAt: number };

/** A failed batch or job. `code` is SQLite's where there is one. */
export interface Failure {
  failure: { code: string; message: string };
}
export type BatchResult = { recorded: RecordedDelivery[] } | Failure;
/** Number of removed or new rows. `more`: a pass of pruning is not over. */
export type JobResult = { done: number; more?: boolean } | Failure;

const port = parentPort;
if (!port) throw new Error('writer-thread.ts is started as a worker thread');
const { database, options } = workerData as WriterData;
let writer: EventLogWriter | null = null;

port.on('message', (message: Batch | Job | 'close') => {
  if (message === 'close') {
    writer?.close();
    port.close();
    return;
  }
  if ('kind' in message && message.kind === 'release') {
    writer?.close();
    writer = null;
    port.postMessage({ done: 0 } satisfies JobResult);
    return;
  }
  port.postMessage(
    'kind' in message
      ? attempt((log): JobResult => carryOut(log, message))
      : attempt((log): BatchResult => ({ recorded: write(log, message) })),
  );
});

function carryOut(log: EventLogWriter, job: Exclude<Job, { kind: 'release' }>): JobResult {
  switch (job.kind) {
    case 'signer':
      return { done: log.noteSigner(job.id, prepareDelivery(job.delivery, options)) };
    case 'alike':
      return { done: log.noteAlike(job.counts) };
    case 'outages':
      return { done: log.write(job.outages.map(prepareOutage)).length };
    case 'prune': {
      const { removed, more } = log.prune(job);
      return { done: removed, more };
    }
    case 'calls':
      return { done: log.reported.calls(job.rows, job.storedAt) };
    case 'outcomes':
      return { done: log.reported.outcomes(job.rows, job.storedAt) };
  }
}

function attempt<R>(work: (log: EventLogWriter) => R): R | Failure {
  try {
    writer ??= openEventLogWriter(database);
    const before = writer.lost();
    if (before !== null) return lost(before);
    const result = work(writer);
    // A commit to a file that had just lost its name is not acknowledged.
    const after = writer.lost();
    return after === null ? result : lost(after);
  } catch (error) {
    // The next batch opens the file again, since the problem may be over by then.
    writer?.close();
    writer = null;
    return {
      failure: { code: codeOf(error), message: error instanceof Error ? error.message : String(error) },
    };
  }
}

/** The file stays open: it may be moved back. */
const lost = (message: string): Failure => ({ failure: { code: 'MOVED', message } });

function write(log: EventLogWriter, { deliveries, bodies }: Batch): RecordedDelivery[] {
  const prepared = deliveries.map(({ from, to, ...delivery }) =>
    prepareDelivery({ ...delivery, body: new Uint8Array(bodies, from, to - from) }, options),
  );
  const written = log.write(prepared);
  return prepared.map(({ id, event }, index) => ({
    deliveryId: id,
    eventId: written[index]?.eventId ?? null,
    activity: event?.activity ?? null,
    unread: event?.unread ?? null,
    duplicate: written[index]?.duplicate ?? false,
  }));
}

/** Finds SQLite's code; an error on opening has SQLite's error as its cause. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'UNEXPECTED';
  return 'code' in error ? String(error.code) : codeOf(error.cause);
}
