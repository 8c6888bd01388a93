import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Pruned, PruneOrder } from '../../store/prune.ts';
import type { NewDelivery, RecordedDelivery } from './delivery.ts';
import type { Batch, BatchResult, Failure, Job, JobResult, WriterData } from './writer-thread.ts';

/** Most deliveries of one commit, and the limit of waiting bytes, above which deliveries are refused. */
const MAX_BATCH = 1_000;
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

/** A delivery is not on disk, and SpotDraft has to send it again. */
export class NotRecordedError extends Error {
  /** SQLite's code, such as SQLITE_FULL; `BUSY` when too many bytes are waiting, `MOVED` when the open file lost its name. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export interface Recorder {
  /** Resolves once the delivery is on disk. Rejects with NotRecordedError. */
  record(delivery: NewDelivery): Promise<RecordedDelivery>;
  /** Runs another job on the writing thread, between two batches. Rejects with NotRecordedError. */
  run(job: Exclude<Job, { kind: 'prune' }>): Promise<number>;
  /** Removes a small batch of old rows in the same place. Rejects with NotRecordedError. */
  prune(order: PruneOrder): Promise<Pruned>;
  /** Number of deliveries that wait for their commit. */
  depth(): number;
  /**
   * The failure of the newest commit; null when it succeeded. After a failure each call tries another commit: a receiver that
   * is not ready gets no deliveries and would never recover otherwise.
   */
  lastFailure(): string | null;
  /** Closes the file once the current batch is done, and refuses deliveries and jobs until `resume`. */
  pause(reason: string): Promise<void>;
  resume(): void;
  /** Commits waiting deliveries, then ends the thread. */
  close(): Promise<void>;
}

interface WaitingJob {
  job: Job;
  resolve: (result: Exclude<JobResult, Failure>) => void;
  reject: (error: NotRecordedError) => void;
}

interface Waiting {
  delivery: NewDelivery;
  resolve: (recorded: RecordedDelivery) => void;
  reject: (error: NotRecordedError) => void;
}

/**
 * Group commit: while one batch is written, the next one collects, and each batch shares one transaction and one fsync.
 * Writing runs on a separate thread, so that the disk delays neither receivers nor Slack.
 */
export function createRecorder(data: WriterData): Recorder {
  let waiting: Waiting[] = [];
  let waitingBytes = 0;
  const jobs: WaitingJob[] = [];
  let underWay: { deliveries: Waiting[] } | WaitingJob | null = null;
  /** Batches and jobs take turns, so that neither delays the other for long. */
  let jobIsNext = false;
  let trouble: string | null = null;
  /** Why nothing is written now. */
  let paused: string | null = null;

  const startThread = (): Worker => {
    const started = new Worker(new URL('writer-thread.ts', import.meta.url), { workerData: data });
    started.on('message', (result: BatchResult | JobResult) => settle(result));
    // The thread catches SQLite's errors. If it ends anyway, its deliveries must not wait forever.
    started.on('error', (error) => {
      thread = null;
      settle({ failure: { code: 'THREAD', message: error.message } });
    });
    return started;
  };
  const refuseAll = (message: string) => {
    const refusal = new NotRecordedError('MOVED', message);
    for (const { reject } of [...waiting.splice(0), ...jobs.splice(0)]) reject(refusal);
    waitingBytes = 0;
  };
  const next = () => {
    if (underWay !== null) return;
    if (paused !== null) return refuseAll(paused);
    const job = jobIsNext || waiting.length === 0 ? jobs.shift() : undefined;
    if (job) return start(job);
    if (waiting.length === 0) return;
    const batch = waiting.slice(0, MAX_BATCH);
    waiting = waiting.slice(MAX_BATCH);
    commit(batch);
  };
  const start = (job: WaitingJob) => {
    jobIsNext = false;
    underWay = job;
    thread ??= startThread();
    thread.postMessage(job.job);
  };
  const commit = (deliveries: Waiting[]) => {
    jobIsNext = true;
    underWay = { deliveries };
    const { batch, bytes } = pack(deliveries);
    waitingBytes -= bytes;
    thread ??= startThread();
    thread.postMessage(batch, [batch.bodies]);
  };
  const settle = (result: BatchResult | JobResult) => {
    const ended = underWay;
    underWay = null;
    trouble = 'failure' in result ? `${result.failure.code}: ${result.failure.message}` : null;
    if (ended && 'job' in ended) settleJob(ended, result as JobResult);
    else if (ended) settleBatch(ended.deliveries, result as BatchResult);
    next();
  };
  const carryOut = (job: Job): Promise<Exclude<JobResult, Failure>> =>
    new Promise((resolve, reject) => {
      jobs.push({ job, resolve, reject });
      next();
    });
  // Starts with the first delivery: without a webhook it would waste memory.
  let thread: Worker | null = null;

  return {
    record: (delivery) =>
      new Promise((resolve, reject) => {
        if (waitingBytes > MAX_WAITING_BYTES)
          return reject(new NotRecordedError('BUSY', 'too many deliveries wait to be written'));
        waiting.push({ delivery, resolve, reject });
        waitingBytes += delivery.body.length;
        // Runs after everything received in this turn of the event loop.
        setImmediate(next);
      }),
    run: async (job) => (await carryOut(job)).done,
    async prune(order) {
      const { done, more = false } = await carryOut({ kind: 'prune', ...order });
      return { removed: done, more };
    },
    depth: () => waiting.length + (underWay && 'deliveries' in underWay ? underWay.deliveries.length : 0),
    async pause(reason) {
      if (thread !== null && paused === null)
        await new Promise((resolve, reject) => {
          jobs.unshift({ job: { kind: 'release' }, resolve, reject });
          jobIsNext = true;
          next();
        });
      paused = reason;
      next();
    },
    resume() {
      paused = null;
      trouble = null;
    },
    lastFailure() {
      if (paused !== null) return paused;
      if (trouble !== null && underWay === null && waiting.length === 0) commit([]);
      return trouble;
    },
    async close() {
      next();
      while (thread !== null && (underWay !== null || waiting.length > 0 || jobs.length > 0))
        await once(thread, 'message');
      if (thread === null) return;
      const ended = once(thread, 'exit');
      thread.postMessage('close');
      await ended;
    },
  };
}

function settleBatch(batch: Waiting[], result: BatchResult): void {
  batch.forEach(({ resolve, reject }, index) => {
    const recorded = 'recorded' in result ? result.recorded[index] : undefined;
    if (recorded) resolve(recorded);
    else if ('failure' in result) reject(notRecorded(result));
  });
}

function settleJob({ resolve, reject }: WaitingJob, result: JobResult): void {
  if ('done' in result) resolve(result);
  else reject(notRecorded(result));
}

const notRecorded = ({ failure }: Failure): NotRecordedError =>
  new NotRecordedError(failure.code, failure.message);

/** Joins the bodies in one buffer, whose memory is transferred to the thread. */
function pack(all: Waiting[]): { batch: Batch; bytes: number } {
  const bytes = all.reduce((sum, { delivery }) => sum + delivery.body.length, 0);
  const bodies = new Uint8Array(bytes);
  let at = 0;
  const deliveries = all.map(({ delivery: { body, ...rest } }) => {
    const from = at;
    bodies.set(body, from);
    at += body.length;
    return { ...rest, from, to: at };
  });
  return { batch: { deliveries, bodies: bodies.buffer }, bytes };
}
