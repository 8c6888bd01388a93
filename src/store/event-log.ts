import type BetterSqlite3 from 'better-sqlite3';
import type { Statement } from 'better-sqlite3';
import { createPruner } from './prune.ts';
import { createReportWriter, type ReportWriter } from './reported.ts';
import { openSqlite } from './sqlite.ts';

export interface PreparedDelivery {
  id: string;
  environment: string;
  receivedAt: number;
  requestId: string;
  source: string;
  rejection: string | null;
  bytes: number;
  event: PreparedEvent | null;
}

export interface PreparedEvent {
  id: string;
  activity: string | null;
  contractId: number | null;
  occurredAt: number | null;
  payload: Buffer | null;
  payloadKind: 'raw' | 'redacted' | null;
  identifiers: { kind: string; value: string }[];
}

export interface EventLogWriter {
  /**
   * Writes all of them in one transaction, on disk when it returns. Tells for each whether its event was there before. Of
   * none it tells whether writing works: it throws when it does not.
   */
  write(batch: readonly PreparedDelivery[]): boolean[];
  /** Takes away one small batch of what is older than `before` (epoch ms) and returns how many rows went. */
  prune(before: number): number;
  reported: ReportWriter;
  close(): void;
}

/** Pages are written to the log many times over before they go to the file once; 16 MB of log is what that takes. */
const CHECKPOINT_PAGES = 4_000;

/**
 * The hot path of the receivers, with statements prepared once: synchronous, for a thread of its own. That an event is
 * there once is the unique index's doing, not that of a look before.
 */
export function openEventLogWriter(file: string): EventLogWriter {
  const sqlite = openSqlite(file);
  sqlite.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  const insert = prepareStatements(sqlite);
  const write = sqlite.transaction((batch: readonly PreparedDelivery[]) => {
    // A page is written even though the number stays what it is.
    if (batch.length === 0)
      sqlite.pragma(`user_version = ${sqlite.pragma('user_version', { simple: true })}`);
    return batch.map((each) => writeOne(insert, each));
  });
  return {
    write: (batch) => write.immediate(batch),
    prune: createPruner(sqlite),
    reported: createReportWriter(sqlite),
    close: () => sqlite.close(),
  };
}

interface Statements {
  event: Statement;
  eventKey: Statement;
  identifier: Statement;
  delivery: Statement;
}

const prepareStatements = (sqlite: BetterSqlite3.Database): Statements => ({
  event: sqlite.prepare(
    'insert into events (id, environment, activity, contract_id, occurred_at, received_at, payload, payload_kind) values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing',
  ),
  eventKey: sqlite.prepare('select key from events where id = ?').pluck(),
  identifier: sqlite.prepare(
    'insert into identifiers (value, kind, event_key) values (?, ?, ?) on conflict do nothing',
  ),
  delivery: sqlite.prepare(
    'insert into deliveries (id, event_key, environment, received_at, request_id, source, bytes, rejection) values (?, ?, ?, ?, ?, ?, ?, ?)',
  ),
});

function writeOne(statements: Statements, delivery: PreparedDelivery): boolean {
  const { event, id, environment, receivedAt, requestId, source, bytes, rejection } = delivery;
  const stored = event ? writeEvent(statements, delivery, event) : null;
  statements.delivery.run(
    id,
    stored?.key ?? null,
    environment,
    receivedAt,
    requestId,
    source,
    bytes,
    rejection,
  );
  return stored?.duplicate ?? false;
}

function writeEvent(
  statements: Statements,
  { environment, receivedAt }: PreparedDelivery,
  { id, activity, contractId, occurredAt, payload, payloadKind, identifiers }: PreparedEvent,
): { key: number | bigint; duplicate: boolean } {
  const { changes, lastInsertRowid } = statements.event.run(
    id,
    environment,
    activity,
    contractId,
    occurredAt,
    receivedAt,
    payload,
    payloadKind,
  );
  if (changes === 0) return { key: statements.eventKey.get(id) as number, duplicate: true };
  for (const { value, kind } of identifiers) statements.identifier.run(value, kind, lastInsertRowid);
  return { key: lastInsertRowid, duplicate: false };
}
