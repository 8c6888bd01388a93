import { parentPort, workerData } from 'node:worker_threads';
import { type EventLogWriter, openEventLogWriter } from '../../store/event-log.ts';
import type { ReportedCall } from '../../store/reported.ts';
import type { OutcomeRow } from '../../store/tables/event-log.ts';
import type { NewDelivery, RecordedDelivery } from './delivery.ts';
import { type PrepareOptions, prepareDelivery } from './prepare-delivery.ts';

/** What the thread is started with. */
export interface WriterData {
  database: string;
  options: PrepareOptions;
}

/** A batch as it crosses to the thread: the bodies one behind the other, so that they are moved and not copied. */
export interface Batch {
  deliveries: (Omit<NewDelivery, 'body'> & { from: number; to: number })[];
  bodies: ArrayBuffer;
}

/** What else the thread does, between two batches: one thread writes the log, so that nobody waits for a lock. */
export type Job =
  | { kind: 'prune'; before: number }
  | { kind: 'calls'; rows: ReportedCall[] }
  | { kind: 'outcomes'; rows: OutcomeRow[] };

/** `code`: SQLite's, where it has one. */
export interface Failure {
  failure: { code: string; message: string };
}
export type BatchResult = { recorded: RecordedDelivery[] } | Failure;
/** Rows that went, or rows that are new. */
export type JobResult = { done: number } | Failure;

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
  port.postMessage(
    'kind' in message
      ? attempt((log): JobResult => ({ done: carryOut(log, message) }))
      : attempt((log): BatchResult => ({ recorded: write(log, message) })),
  );
});

function carryOut(log: EventLogWriter, job: Job): number {
  switch (job.kind) {
    case 'prune':
      return log.prune(job.before);
    case 'calls':
      return log.reported.calls(job.rows);
    case 'outcomes':
      return log.reported.outcomes(job.rows);
  }
}

function attempt<R>(work: (log: EventLogWriter) => R): R | Failure {
  try {
    writer ??= openEventLogWriter(database);
    return work(writer);
  } catch (error) {
    // Opened anew for the next one: what was wrong with the file may be over by then.
    writer?.close();
    writer = null;
    return {
      failure: { code: codeOf(error), message: error instanceof Error ? error.message : String(error) },
    };
  }
}

function write(log: EventLogWriter, { deliveries, bodies }: Batch): RecordedDelivery[] {
  const prepared = deliveries.map(({ from, to, ...delivery }) =>
    prepareDelivery({ ...delivery, body: new Uint8Array(bodies, from, to - from) }, options),
  );
  const duplicates = log.write(prepared);
  return prepared.map(({ id, event }, index) => ({
    deliveryId: id,
    eventId: event?.id ?? null,
    activity: event?.activity ?? null,
    duplicate: duplicates[index] ?? false,
  }));
}

/** An error of the opening carries SQLite's own as its cause. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'UNEXPECTED';
  return 'code' in error ? String(error.code) : codeOf(error.cause);
}
