import { parentPort, workerData } from 'node:worker_threads';
import { type EventLogWriter, openEventLogWriter } from '../store/event-log.ts';
import type { NewDelivery, RecordedDelivery } from './delivery.ts';
import { type PrepareOptions, prepareDelivery } from './prepare.ts';

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

/** `code`: SQLite's, where it has one. */
export type BatchResult = { recorded: RecordedDelivery[] } | { failure: { code: string; message: string } };

const port = parentPort;
if (!port) throw new Error('writer-thread.ts is started as a worker thread');
const { database, options } = workerData as WriterData;
let writer: EventLogWriter | null = null;

port.on('message', (batch: Batch | 'close') => {
  if (batch === 'close') {
    writer?.close();
    port.close();
    return;
  }
  port.postMessage(write(batch));
});

function write({ deliveries, bodies }: Batch): BatchResult {
  try {
    writer ??= openEventLogWriter(database);
    const prepared = deliveries.map(({ from, to, ...delivery }) =>
      prepareDelivery({ ...delivery, body: new Uint8Array(bodies, from, to - from) }, options),
    );
    const duplicates = writer.write(prepared);
    return {
      recorded: prepared.map(({ id, event }, index) => ({
        deliveryId: id,
        eventId: event?.id ?? null,
        duplicate: duplicates[index] ?? false,
      })),
    };
  } catch (error) {
    // Opened anew for the next batch: what was wrong with the file may be over by then.
    writer?.close();
    writer = null;
    return {
      failure: { code: codeOf(error), message: error instanceof Error ? error.message : String(error) },
    };
  }
}

/** An error of the opening carries SQLite's own as its cause. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'UNEXPECTED';
  return 'code' in error ? String(error.code) : codeOf(error.cause);
}
