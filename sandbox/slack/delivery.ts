import type { Delivery, DeliveryOutcome, Retry } from './attempt.ts';
import type { Ack, AckError } from './contract.ts';
import { postToRequestUrl } from './request-url.ts';
import type { SocketMode } from './socket-mode.ts';
import type { Fields } from './validation.ts';

export interface Deliverer {
  /** Delivers once. Commands and interactions are never sent twice. */
  deliver(delivery: Delivery): Promise<Ack>;
  /** Delivers an event, with up to three retries until it is acknowledged. Resolves with the first attempt. */
  deliverEvent(payload: Fields): Promise<Ack>;
  stop(): void;
}

/**
 * Delivers payloads to the app over HTTP or Socket Mode.
 * @param requestUrl called for each attempt; null means Socket Mode
 * @param ackTimeoutMs time that Slack waits for a 2xx or an acknowledged envelope
 * @param retryDelaysMs delay before each retry of an event
 */
export function createDeliverer(
  socketMode: SocketMode,
  requestUrl: () => string | null,
  signingSecret: string,
  ackTimeoutMs: number,
  retryDelaysMs: number[],
): Deliverer {
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;

  async function attempt(delivery: Delivery, retry: Retry | null): Promise<Attempt> {
    const startedAt = performance.now();
    const url = requestUrl();
    const outcome = url
      ? await postToRequestUrl(url, signingSecret, delivery, ackTimeoutMs, retry)
      : await socketMode.send(delivery, ackTimeoutMs, retry);
    return { outcome, ack: ackOf(outcome, performance.now() - startedAt) };
  }

  function retryLater(delivery: Delivery, previous: DeliveryOutcome, number: number): void {
    const delayMs = retryDelaysMs[number - 1];
    if (delayMs === undefined || stopped || previous.kind === 'acked') return;
    if (previous.kind === 'failed' && previous.noRetry) return;
    const timer = setTimeout(async () => {
      timers.delete(timer);
      const next = await attempt(delivery, {
        attempt: number,
        reason: retryReason(previous, requestUrl() === null),
      });
      retryLater(delivery, next.outcome, number + 1);
    }, delayMs);
    timers.add(timer);
  }

  return {
    deliver: async (delivery) => (await attempt(delivery, null)).ack,
    async deliverEvent(payload) {
      const delivery: Delivery = { kind: 'events_api', payload };
      const { outcome, ack } = await attempt(delivery, null);
      retryLater(delivery, outcome, 1);
      return ack;
    },
    stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

interface Attempt {
  outcome: DeliveryOutcome;
  ack: Ack;
}

function ackOf(outcome: DeliveryOutcome, elapsedMs: number): Ack {
  const ms = Math.round(elapsedMs);
  if (outcome.kind === 'acked') return { ok: true, status: outcome.status, ms, body: outcome.body };
  if (outcome.kind === 'failed') {
    return { ok: false, status: outcome.status, ms, body: outcome.body, error: 'dispatch_failed' };
  }
  const error: AckError = outcome.kind === 'timeout' ? 'operation_timeout' : 'app_not_reachable';
  return { ok: false, status: null, ms, body: '', error };
}

/** Reasons differ between the transports: `timeout` was seen in Socket Mode logs (slackapi/bolt-js#2487). */
function retryReason(outcome: DeliveryOutcome, bySocket: boolean): string {
  if (outcome.kind === 'timeout') return bySocket ? 'timeout' : 'http_timeout';
  return outcome.kind === 'failed' && outcome.status !== null ? 'http_error' : 'connection_failed';
}
