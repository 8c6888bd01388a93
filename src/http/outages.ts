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
  /** Tries once more, and returns those that the log still does not take. */
  settle(): Promise<readonly Outage[]>;
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
      for (const outage of later.values()) add(open, outage);
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
      add(open, outageOf(delivery));
      wait();
    },
    end,
    async settle() {
      end();
      await storing;
      return [...open.values()];
    },
    async close() {
      if (timer) clearTimeout(timer);
      await storing;
      if (open.size > 0) await store();
    },
  };
}

function outageOf(delivery: NewDelivery): Outage {
  const { environment, receivedAt, requestId, source, headerEventId, body } = delivery;
  const { activity, identifiers } = readWebhookPayload(body);
  const given = headerEventId === null ? [] : [{ kind: 'event', value: headerEventId }];
  return {
    environment,
    from: receivedAt,
    to: receivedAt,
    count: 1,
    requestId,
    source,
    bytes: body.length,
    activity,
    identifiers: [{ kind: 'request', value: requestId }, ...given, ...identifiers],
  };
}

/** Adds what came later to the outage of its environment. */
function add(outages: Map<string, Outage>, next: Outage): void {
  const before = outages.get(next.environment);
  if (!before) return void outages.set(next.environment, next);
  before.to = Math.max(before.to, next.to);
  before.count += next.count;
  if (before.activity !== next.activity) before.activity = null;
  if (before.identifiers.length < MAX_IDS) before.identifiers.push(...next.identifiers);
}
