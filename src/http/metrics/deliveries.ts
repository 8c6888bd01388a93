import { Counter, Histogram, type Registry } from 'prom-client';
import { activities } from '../../config/activities.ts';
import { readSigner, type SignedWith } from '../../events/log/signer-text.ts';
import { unreadReasons } from '../../spotdraft/webhook-payload.ts';

/** The fault in the address of a delivery. `other_spelling` is accepted: another case, a slash too many. */
export const misaddressedReasons = [
  'unknown_environment',
  'unknown_path',
  'wrong_method',
  'wrong_type',
  'other_spelling',
] as const;
export type MisaddressedReason = (typeof misaddressedReasons)[number];

/** Reasons why a delivery was refused. */
export const refusalReasons = [
  'missing_signature',
  'bad_signature',
  'rate_limited',
  'no_key',
  'not_stored',
  'too_large',
  'wrong_type',
] as const;
export type RefusalReason = (typeof refusalReasons)[number];

/** A stored delivery. `startedAt`: `performance.now()` at its last byte. */
export interface StoredDelivery {
  environment: string;
  /** null for a payload of an unknown shape. */
  activity: string | null;
  duplicate: boolean;
  /** Why the payload could not be read; null when it was. */
  unread: string | null;
  startedAt: number;
}

export interface DeliveryMetrics {
  countStored(delivery: StoredDelivery): void;
  countRefused(environment: string, refusal: RefusalReason): void;
  /** Counts a refused delivery by the key that signed it. */
  countSigner(environment: string, signedWith: SignedWith): void;
  /** Counts a delivery to a wrong address. */
  countMisaddressed(reason: MisaddressedReason): void;
  /** Counts a request to a receiver that does not exist, without its name. */
  countUnknownReceiver(): void;
}

const known: ReadonlySet<string> = new Set(activities);

/** Seconds, from half a millisecond (a commit of one delivery) to a sender's timeout. */
const BUCKETS_S = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];
/** Activity label of refused deliveries, whose payload is not read. */
const NOT_READ = 'unknown';

export function createDeliveryMetrics(registry: Registry, environments: readonly string[]): DeliveryMetrics {
  const deliveries = new Counter({
    name: 'envcheck_deliveries_total',
    help: 'Webhook deliveries by result; an empty environment means a URL of no environment',
    labelNames: ['environment', 'activity', 'result'],
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'envcheck_delivery_duration_seconds',
    help: 'From the last byte of a verified delivery to its answer, the commit included',
    labelNames: ['environment'],
    buckets: BUCKETS_S,
    registers: [registry],
  });
  const unreadable = new Counter({
    name: 'envcheck_unread_deliveries_total',
    help: 'Verified and stored deliveries whose payload could not be read, by reason',
    labelNames: ['environment', 'reason'],
    registers: [registry],
  });
  const signers = new Counter({
    name: 'envcheck_refused_signer_total',
    help: 'Refused deliveries by the environment whose key signed them, empty when unknown, and by the kind of key',
    labelNames: ['environment', 'signer', 'key'],
    registers: [registry],
  });
  const misaddressed = new Counter({
    name: 'envcheck_misaddressed_deliveries_total',
    help: 'Deliveries to a wrong address or of a wrong kind, by reason; only other_spelling is accepted',
    labelNames: ['reason'],
    registers: [registry],
  });
  for (const reason of misaddressedReasons) misaddressed.inc({ reason }, 0);
  const misdirected = { environment: '', activity: NOT_READ, result: 'unknown_environment' };
  // Starts at zero: a rate over a series that begins with its first refusal would miss that one.
  deliveries.inc(misdirected, 0);
  for (const environment of environments) {
    duration.zero({ environment });
    for (const reason of unreadReasons) unreadable.inc({ environment, reason }, 0);
    for (const result of refusalReasons) deliveries.inc({ environment, activity: NOT_READ, result }, 0);
  }
  return {
    countStored({ environment, activity, duplicate, unread, startedAt }) {
      if (unread !== null) unreadable.inc({ environment, reason: unread });
      duration.observe({ environment }, (performance.now() - startedAt) / 1_000);
      deliveries.inc({
        environment,
        activity: bounded(activity),
        result: duplicate ? 'duplicate' : 'stored',
      });
    },
    countRefused: (environment, result) => deliveries.inc({ environment, activity: NOT_READ, result }),
    countSigner(environment, signedWith) {
      const { environment: signer = '', key = signedWith } = readSigner(signedWith) ?? {};
      signers.inc({ environment, signer, key });
    },
    countMisaddressed: (reason) => misaddressed.inc({ reason }),
    countUnknownReceiver: () => deliveries.inc(misdirected),
  };
}

/** Limits the label to known activities: a signer may send any, and a series each would fill Prometheus' memory. */
const bounded = (activity: string | null): string =>
  activity !== null && known.has(activity) ? activity : 'other';
