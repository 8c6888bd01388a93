import pRetry from 'p-retry';
import { retryAfterMs } from '../time/retry-after.ts';
import type { Pace } from './pace.ts';
import type { Attempt, Outcome, Transport } from './transport.ts';

export interface RetryPolicy {
  /** First delay, ms. It doubles with each retry and is stretched by a random factor of up to two. */
  baseDelayMs: number;
}

export const defaultRetryPolicy: RetryPolicy = { baseDelayMs: 500 };

/** Longest wait, ms, that a server may ask for. A longer one makes the fact unknown. */
const MAX_RETRY_AFTER_MS = 30_000;
/** SpotDraft documents no Retry-After; its limit counts requests in a second. */
const RATE_LIMIT_HOLD_MS = 1_000;
const MAX_RETRIES = 3;
/**
 * Refusals in a row after which nothing is retried: the limit counts requests in a second, so that after seven seconds of
 * refusals another retry only makes a person wait. Each read is still sent once.
 */
const LASTING_REFUSALS = 8;

class RetryableOutcome extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super('retry');
    this.outcome = outcome;
  }
}

/** Sends until an answer is final or the retries are used up. Every attempt counts against the pace. */
export async function sendWithRetries(
  attempt: Attempt,
  { transport, pace, retry }: { transport: Transport; pace: Pace; retry: RetryPolicy },
): Promise<{ outcome: Outcome; attempts: number }> {
  let attempts = 0;
  const once = async () => {
    attempts += 1;
    const outcome = await pace.run((sent) => transport.send(attempt, sent));
    heed(outcome, pace);
    if (retriesFor(outcome) === 0) return outcome;
    throw new RetryableOutcome(outcome);
  };
  try {
    const outcome = await pRetry(once, {
      retries: MAX_RETRIES,
      minTimeout: retry.baseDelayMs,
      randomize: true,
      shouldRetry: ({ error, attemptNumber }) => {
        if (!(error instanceof RetryableOutcome)) return false;
        return (
          askedToWaitMs(error.outcome) <= MAX_RETRY_AFTER_MS &&
          attemptNumber <= retriesFor(error.outcome) &&
          pace.refusedInARow() < LASTING_REFUSALS
        );
      },
    });
    return { outcome, attempts };
  } catch (error) {
    if (error instanceof RetryableOutcome) return { outcome: error.outcome, attempts };
    throw error;
  }
}

/** Sends a read once, before the reads that wait, and gives up when its time is over: a person waits for it. */
export async function sendUrgently(
  attempt: Attempt,
  { transport, pace }: { transport: Transport; pace: Pace },
): Promise<{ outcome: Outcome; attempts: number }> {
  const signal = AbortSignal.timeout(attempt.timeoutMs);
  let attempts = 0;
  try {
    const outcome = await pace.runFirst((sent) => {
      attempts = 1;
      return transport.send(attempt, sent);
    }, signal);
    heed(outcome, pace);
    return { outcome, attempts };
  } catch (error) {
    if (!signal.aborted) throw error;
    return {
      outcome: { kind: 'failure', code: 'timeout', detail: `no answer within ${attempt.timeoutMs} ms` },
      attempts,
    };
  }
}

/** Sends a write once, whatever the answer. `sent` is false when the request never left, so nothing was changed. */
export async function sendOnce(
  attempt: Attempt,
  { transport, pace }: { transport: Transport; pace: Pace },
): Promise<{ outcome: Outcome; sent: boolean }> {
  let sent = false;
  const outcome = await pace.run((left) =>
    transport.send(attempt, () => {
      sent = true;
      left();
    }),
  );
  heed(outcome, pace);
  return { outcome, sent };
}

/** Holds the workspace's requests for as long as the answer asks, unless that is too long to wait. */
function heed(outcome: Outcome, pace: Pace): void {
  if (outcome.kind === 'failure') return;
  const wait = askedToWaitMs(outcome);
  if (wait > 0 || outcome.status === 429) pace.hold(wait > MAX_RETRY_AFTER_MS ? 0 : wait);
  else pace.accepted();
}

/** Number of retries. A timeout has already cost its time; 501 means "not enabled" and does not change. */
function retriesFor(outcome: Outcome): number {
  if (outcome.kind === 'failure') {
    return { timeout: 1, network: 2, certificate: 0, too_large: 0 }[outcome.code];
  }
  return outcome.status === 429 || (outcome.status >= 500 && outcome.status !== 501) ? MAX_RETRIES : 0;
}

/** The wait that the server asks for, ms; 0 when none. */
function askedToWaitMs(outcome: Outcome): number {
  if (outcome.kind === 'failure') return 0;
  return retryAfterMs(outcome.retryAfter, Date.now()) ?? (outcome.status === 429 ? RATE_LIMIT_HOLD_MS : 0);
}
