import { type LoggedCall, newestCall } from '../../store/api-calls.ts';
import type { Database } from '../../store/database.ts';
import { type LoggedDelivery, newestVerified, refusedSince } from '../../store/deliveries.ts';
import { newestEventAt } from '../../store/events.ts';
import { type ReceiverKey, receiverKeyOf } from '../../store/receiver-keys.ts';

const DAY_MS = 86_400_000;

/** Facts about one environment from the log, for checks. null when nothing of the kind is kept. */
export interface LogFacts {
  /** Newest call by Envcheck or the integration. */
  newestCall: LoggedCall | null;
  /** Newest call reported by the integration. */
  newestReportedCall: LoggedCall | null;
  /** Newest call with more than one attempt. */
  newestRetriedCall: LoggedCall | null;
  newestVerified: (LoggedDelivery & { event_id: string }) | null;
  /** When the newest event of each expected activity arrived, epoch ms. */
  arrivals: { activity: string; at: number | null }[];
  /** Kept refused deliveries of the last 24 h: one per sender and minute. */
  refused: { count: number; newest: LoggedDelivery | null };
  /** The key that the receiver verifies with. */
  receiverKey: ReceiverKey | null;
}

/** Reads the facts. Throws the database's errors. `now`: epoch ms. */
export async function readLogFacts(
  db: Database,
  environment: string,
  activities: readonly string[],
  now: number,
): Promise<LogFacts> {
  return {
    newestCall: await newestCall(db, environment, 'any'),
    newestReportedCall: await newestCall(db, environment, 'reported'),
    newestRetriedCall: await newestCall(db, environment, 'retried'),
    newestVerified: await newestVerified(db, environment),
    arrivals: await Promise.all(
      activities.map(async (activity) => ({ activity, at: await newestEventAt(db, environment, activity) })),
    ),
    refused: await refusedSince(db, environment, now - DAY_MS),
    receiverKey: await receiverKeyOf(db, environment),
  };
}
