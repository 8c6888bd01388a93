import type { Environment } from '../../config/config.ts';
import {
  type CallTarget,
  callTargets,
  type LoggedCall,
  newestReportedCall,
  type ReportedCalls,
  reportedCalls,
} from '../../store/api-calls.ts';
import type { Database } from '../../store/database.ts';
import {
  type LoggedDelivery,
  newestRedelivery,
  newestVerified,
  type RefusedDeliveries,
  refusedSince,
} from '../../store/deliveries.ts';
import { newestEventAt } from '../../store/events.ts';
import { newestRetriedOutcome } from '../../store/outcomes.ts';
import { type ReceiverKey, receiverKeyOf } from '../../store/receiver-keys.ts';
import type { OutcomeRow } from '../../store/tables/event-log.ts';
import { listRegistrations, type Registration } from '../../store/webhook-registrations.ts';
import { DAY_MS, MINUTE_MS } from '../../time/units.ts';
import { type BusinessUsers, readBusinessUsers } from './business-user.ts';
import { refusedGroupsText } from './refusal-text.ts';
import { signerRemedy } from './signer-text.ts';

/** How recent a report of the integration must be to prove that it logs, ms. */
export const RECENT_MS = 7 * DAY_MS;

/** Clocks of reporting machines may be this far ahead, ms; the intake refuses later times. */
const MAX_AHEAD_MS = 3_600_000;

/** Facts about one environment from the log, for checks. null when nothing of the kind is kept. */
export interface LogFacts {
  /** The integration's calls of the last 7 days. Envcheck's own calls are not among them. */
  reported: ReportedCalls;
  /** Hosts and paths of all its calls of the last 7 days; those of the last 24 h are recent. */
  targets: CallTarget[];
  /** Newest reported call of any age. */
  newestReported: LoggedCall | null;
  /**
   * Newest delivery of the last 7 days that repeated an event, and that no person asked for. `isLater`: at least a minute after
   * an earlier one. Sooner, it may be the delivery of a second webhook with the same URL.
   */
  newestRedelivery: { delivery: LoggedDelivery; isLater: boolean } | null;
  /** Newest reported outcome of the last 7 days that was a retry or announces one. */
  newestRetriedOutcome: OutcomeRow | null;
  newestVerified: (LoggedDelivery & { event_id: string }) | null;
  /** Arrival time of the newest event of each expected activity, epoch ms UTC. */
  arrivals: Arrival[];
  /** Deliveries of the last 24 h that were refused for their signature. */
  refused: RefusedForSignature;
  /** The key that the receiver verifies with. */
  receiverKey: ReceiverKey | null;
  /** Webhooks registered or noted here, newest first, with deleted ones. */
  registered: Registration[];
  /** Business users of the contracts of the last 30 days; null when nothing asks for them. */
  businessUsers: BusinessUsers | null;
}

export interface RefusedForSignature extends Pick<RefusedDeliveries, 'kept' | 'count' | 'isExact'> {
  newest: LoggedDelivery | null;
  /** Whose keys signed them: "2 signed with uat's key"; null when that is not known of any. */
  signers: string | null;
  /** The next step that the signature of the newest shows; null when it shows none. */
  remedy: string | null;
}

export interface Arrival {
  activity: string;
  /** Epoch ms UTC; null when none is in the log. */
  at: number | null;
}

/** Reads the facts. Throws the database's errors. `now`: epoch ms. */
export async function readLogFacts(
  db: Database,
  { name: environment, webhooks, routing }: Environment,
  now: number,
): Promise<LogFacts> {
  const recent = { since: now - RECENT_MS, until: now };
  const until = now + MAX_AHEAD_MS;
  const reported = await reportedCalls(db, environment, { since: recent.since, until });
  return {
    reported,
    targets: await callTargets(db, environment, { since: recent.since, until, recent: now - DAY_MS }),
    newestReported: reported.all.newest ?? (await newestReportedCall(db, environment, until)),
    newestRedelivery: await newestRedelivery(db, environment, { ...recent, laterMs: MINUTE_MS }),
    newestRetriedOutcome: await newestRetriedOutcome(db, environment, { since: recent.since, until }),
    newestVerified: await newestVerified(db, environment, now),
    arrivals: await readArrivals(db, environment, webhooks?.activities ?? [], now),
    refused: await readRefused(db, environment, now - DAY_MS),
    receiverKey: await receiverKeyOf(db, environment),
    registered: await listRegistrations(db, environment),
    businessUsers:
      routing && (await readBusinessUsers(db, environment, { since: now - 30 * DAY_MS, until: now })),
  };
}

async function readRefused(db: Database, environment: string, since: number): Promise<RefusedForSignature> {
  const { groups, ...refused } = await refusedSince(db, environment, {
    since,
    reasons: ['bad_signature', 'missing_signature'],
  });
  return {
    ...refused,
    signers: refusedGroupsText(groups) || null,
    remedy: signerRemedy(refused.newest?.signed_with ?? null, environment),
  };
}

/** Reads the arrival time of the newest event of each activity. Throws the database's errors. */
export const readArrivals = (
  db: Database,
  environment: string,
  activities: readonly string[],
  now: number,
): Promise<Arrival[]> =>
  Promise.all(
    activities.map(async (activity) => ({
      activity,
      at: await newestEventAt(db, environment, activity, now),
    })),
  );
