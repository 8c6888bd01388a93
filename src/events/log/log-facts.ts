import { type LoggedCall, newestCall } from '../../store/api-calls.ts';
import type { Database } from '../../store/database.ts';
import { type LoggedDelivery, newestVerified, refusedSince } from '../../store/deliveries.ts';
import { newestEventAt } from '../../store/events.ts';
import { type ReceiverKey, receiverKeyOf } from '../../store/receiver-keys.ts';

const DAY_MS = 86_400_000;

/** What the log holds of one environment, as checks need it. Null: nothing of the kind is kept. */
export interface LogFacts {
  /** Of Envcheck's and the integration's. */
  newestCall: LoggedCall | null;
  /** Reported by the integration. */
  newestReportedCall: LoggedCall | null;
  /** That took more than one attempt. */
  newestRetriedCall: LoggedCall | null;
  newestVerified: (LoggedDelivery & { event_id: string }) | null;
  /** When the newest event of each activity that is expected arrived, epoch ms. */
  arrivals: { activity: string; at: number | null }[];
  /** Refused within the last 24 h and kept; of a flood, one of each sender and minute is. */
  refused: { count: number; newest: LoggedDelivery | null };
  /** What the receiver verifies with. */
  receiverKey: ReceiverKey | null;
}

/** Reads them. Throws what the database throws. `now`: epoch ms. */
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
