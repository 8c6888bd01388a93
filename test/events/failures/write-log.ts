import type { Rejection } from '../../../src/events/log/delivery.ts';
import { prepareDelivery } from '../../../src/events/log/prepare-delivery.ts';
import type { SignedWith } from '../../../src/events/log/signer-text.ts';
import { openEventLogWriter } from '../../../src/store/event-log.ts';
import { createReportWriter } from '../../../src/store/reported.ts';
import { openSqlite } from '../../../src/store/sqlite.ts';
import type { OutcomeRow } from '../../../src/store/tables/event-log.ts';

let made = 0;

/** Writes deliveries to the log as the receiver does. Returns their event ids; null for a refused delivery. */
export function writeDeliveries(
  database: string,
  deliveries: {
    at: number;
    environment?: string;
    activity?: string;
    rejection?: Rejection;
    signedWith?: SignedWith;
    headerEventId?: string;
  }[],
): (string | null)[] {
  const prepared = deliveries.map(
    ({ at, environment = 'prod', activity, rejection, signedWith, headerEventId }) => {
      made += 1;
      return prepareDelivery(
        {
          environment,
          receivedAt: at,
          requestId: `request-${made}`,
          source: '203.0.113.9',
          rejection: rejection ?? null,
          signedWith: signedWith ?? null,
          headerEventId: headerEventId ?? null,
          body: Buffer.from(JSON.stringify({ activity: activity ?? 'CONTRACT_CREATED', contract_id: made })),
        },
        { payloads: 'redacted', eventIdFields: {} },
      );
    },
  );
  const log = openEventLogWriter(database);
  log.write(prepared);
  log.close();
  return prepared.map(({ event }) => event?.id ?? null);
}

/** Writes outcomes to the log as the intake does. Returns their ids. */
export function writeOutcomes(
  database: string,
  outcomes: (Partial<OutcomeRow> & Pick<OutcomeRow, 'at' | 'status'>)[],
): string[] {
  const rows = outcomes.map((outcome): OutcomeRow => {
    made += 1;
    const id = `out_${String(made).padStart(26, '0')}`;
    return {
      id,
      own_id: `own-${made}`,
      environment: 'prod',
      attempt: 1,
      event_id: null,
      contract_id: null,
      activity: null,
      occurred_at: null,
      request_id: null,
      code: null,
      message: null,
      ...outcome,
    };
  });
  const sqlite = openSqlite(database);
  createReportWriter(sqlite).outcomes(rows);
  sqlite.close();
  return rows.map(({ id }) => id);
}
