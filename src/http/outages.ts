import type { NewDelivery, Outage } from '../events/log/delivery.ts';
import type { Recorder } from '../events/log/recorder.ts';
import { readWebhookPayload } from '../spotdraft/webhook-payload.ts';

/** Time without a further one after which the row is stored although no delivery shows that the log takes them again, ms. */
const QUIET_MS = 10_000;
/** Ids kept in memory for each environment, so that `find` knows these deliveries. All are counted. */
const MAX_IDS = 2_000;

export interface Outages {
  /** Counts a verified delivery that was answered 503 because it could not be stored. */
  note(delivery: NewDelivery): void;
  /** Stores one row for each environment when the log takes rows again. Called after a delivery was stored. */
  end(): void;
  /** Tries once more. */
  close(): Promise<void>;
}

/** Remembers verified deliveries that could not be stored, and stores their number, times and ids afterwards. */
export function createOutages(recorder: Recorder): Outages {
  let open = new Map<string, Outage>();
  let timer: NodeJS.Timeout | null = null;
  let storing: Promise<void> | null = null;
  const store = async (): Promise<void> => {
    const ended = open;
    open = new Map();
    try {
      await recorder.run({ kind: 'outages', outages: [...ended.values()] });
    } catch {
      // The log still takes nothing. What was noted meanwhile is a part of the same outage.
      const later = open;
      open = ended;
      for (const [environment, outage] of later) {
        const before = open.get(environment);
        open.set(environment, before ? joined(before, outage) : outage);
      }
    }
  };
  const end = (): void => {
    if (open.size === 0) return;
    storing ??= store().finally(() => {
      storing = null;
      if (open.size > 0) wait();
    });
  };
  const wait = (): void => {
    if (timer) clearTimeout(timer);
    timer = setTimeout(end, QUIET_MS).unref();
  };
  return {
    note(delivery) {
      const before = open.get(delivery.environment);
      const outage = outageOf(delivery, before ? before.identifiers.length : 0);
      open.set(delivery.environment, before ? joined(before, outage) : outage);
      wait();
    },
    end,
    async close() {
      if (timer) clearTimeout(timer);
      await storing;
      if (open.size > 0) await store();
    },
  };
}

function outageOf(
  { environment, receivedAt, requestId, source, headerEventId, body }: NewDelivery,
  ids: number,
): Outage {
  const { activity, identifiers } = readWebhookPayload(body);
  const given = headerEventId === null ? [] : [{ kind: 'event', value: headerEventId }];
  const request = { kind: 'request', value: requestId };
  return {
    environment,
    from: receivedAt,
    to: receivedAt,
    count: 1,
    requestId,
    source,
    bytes: body.length,
    activity,
    identifiers: ids < MAX_IDS ? [request, ...given, ...identifiers] : [],
  };
}

function joined(first: Outage, next: Outage): Outage {
  first.identifiers.push(...next.identifiers);
  return {
    ...first,
    to: Math.max(first.to, next.to),
    count: first.count + next.count,
    activity: first.activity === next.activity ? first.activity : null,
  };
}
