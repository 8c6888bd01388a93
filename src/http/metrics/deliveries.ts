import { Counter, Histogram, type Registry } from 'prom-client';
import { activities } from '../../config/activities.ts';

/** Why a delivery was not taken. */
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

/** `startedAt`: of `performance.now()`, when the delivery was there completely. */
export interface StoredDelivery {
  environment: string;
  /** Null: the payload is of an unknown shape. */
  activity: string | null;
  duplicate: boolean;
  startedAt: number;
}

export interface DeliveryMetrics {
  countStored(delivery: StoredDelivery): void;
  countRefused(environment: string, refusal: RefusalReason): void;
  /** Somebody sends to a receiver that does not exist; its name is not kept. */
  countUnknownReceiver(): void;
}

const known: ReadonlySet<string> = new Set(activities);

/** From half a millisecond, a commit that nobody else shares, to where a sender gives up. */
const BUCKETS_S = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];
/** A delivery that is not taken is not read. */
const NOT_READ = 'unknown';

export function createDeliveryMetrics(registry: Registry, environments: readonly string[]): DeliveryMetrics {
  const deliveries = new Counter({
    name: 'envcheck_deliveries_total',
    help: 'Webhook deliveries by what became of them; without an environment: of a URL that no environment has',
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
  const misdirected = { environment: '', activity: NOT_READ, result: 'unknown_environment' };
  // The rate of a series that begins with its first refusal does not show that one.
  deliveries.inc(misdirected, 0);
  for (const environment of environments) {
    duration.zero({ environment });
    for (const result of refusalReasons) deliveries.inc({ environment, activity: NOT_READ, result }, 0);
  }
  return {
    countStored({ environment, activity, duplicate, startedAt }) {
      duration.observe({ environment }, (performance.now() - startedAt) / 1_000);
      deliveries.inc({
        environment,
        activity: bounded(activity),
        result: duplicate ? 'duplicate' : 'stored',
      });
    },
    countRefused: (environment, result) => deliveries.inc({ environment, activity: NOT_READ, result }),
    countUnknownReceiver: () => deliveries.inc(misdirected),
  };
}

/** Whoever can sign may send any activity, and a series for each would fill the memory of who scrapes. */
const bounded = (activity: string | null): string =>
  activity !== null && known.has(activity) ? activity : 'other';
