import type BetterSqlite3 from 'better-sqlite3';
import type { Statement } from 'better-sqlite3';
import { lostFile, openedFiles } from './opened-files.ts';
import { createPruner, type Pruned, type PruneOrder } from './prune.ts';
import { createReportWriter, type ReportWriter } from './reported.ts';
import { openSqlite } from './sqlite.ts';
import type { EventRow } from './tables/event-log.ts';

export interface PreparedDelivery {
  id: string;
  environment: string;
  receivedAt: number;
  requestId: string;
  source: string;
  rejection: string | null;
  signedWith: string | null;
  bytes: number;
  event: PreparedEvent | null;
  /** Absent for a verified delivery. */
  refused?: PreparedRefusal;
}

/** The kept part of a refused delivery. */
export interface PreparedRefusal {
  activity: string | null;
  detail: string | null;
  /** Number of further deliveries for which the row stands, and the time of the last, epoch ms. */
  alike: number;
  until: number | null;
  identifiers: { kind: string; value: string }[];
}

export interface PreparedEvent {
  id: string;
  activity: string | null;
  contractId: number | null;
  occurredAt: number | null;
  payload: Buffer | null;
  payloadKind: 'raw' | 'redacted' | null;
  identifiers: { kind: string; value: string }[];
  /** Why the payload could not be read; null when it was. */
  unread: string | null;
  /**
   * The event under the hash of its body. It is stored when the id, the sender's, belongs to an event of another contract,
   * activity or time. Absent when `id` is that hash.
   */
  byBody?: () => Pick<PreparedEvent, 'id' | 'payload'>;
}

/** In `detail` of a refused delivery whose payload could not be read completely, with the reason behind it. */
export const PAYLOAD_UNREAD = 'payload not read: ';

/** How many refused deliveries a stored one stands for besides itself, and when the last of them came, epoch ms. */
export interface AlikeCount {
  delivery: string;
  alike: number;
  until: number;
}

export interface EventLogWriter {
  /**
   * Writes a batch in one transaction, on disk when it returns. Returns for each delivery its event, null for a refused one,
   * and whether that was known. An empty batch tests whether writing works. Throws when it does not.
   */
  write(batch: readonly PreparedDelivery[]): { eventId: string | null; duplicate: boolean }[];
  /** Notes whose key signed a refused delivery, found after it was stored as `id`; returns the number of rows. */
  noteSigner(id: string, found: PreparedDelivery): number;
  /** Notes for how many refused deliveries a stored one stands; returns the number of rows. */
  noteAlike(counts: readonly AlikeCount[]): number;
  /** Removes one small batch of old rows. */
  prune(order: PruneOrder): Pruned;
  reported: ReportWriter;
  /** Why the open file is not the one at its path any more; null while it is. */
  lost(): string | null;
  close(): void;
}

/** 16 MB of write-ahead log: pages change many times in it before they are written to the file once. */
const CHECKPOINT_PAGES = 4_000;

/**
 * The hot path of the receivers, with statements prepared once. Synchronous, for a separate thread. The unique index, not
 * a prior query, makes an event exist once.
 */
export function openEventLogWriter(file: string): EventLogWriter {
  const sqlite = openSqlite(file, 'existing');
  const opened = openedFiles(file);
  sqlite.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  const insert = prepareStatements(sqlite);
  const write = sqlite.transaction((batch: readonly PreparedDelivery[]) => {
    // Setting the same number still writes a page.
    if (batch.length === 0)
      sqlite.pragma(`user_version = ${sqlite.pragma('user_version', { simple: true })}`);
    return batch.map((each) => writeOne(insert, each));
  });
  const signer = sqlite
    .prepare(
      'update deliveries set signed_with = ?, activity = ? where id = ? and rejection is not null returning key',
    )
    .pluck();
  const noteSigner = sqlite.transaction((id: string, { signedWith, refused }: PreparedDelivery) => {
    const key = signer.get(signedWith, refused?.activity ?? null, id);
    if (key === undefined) return 0;
    for (const each of refused?.identifiers ?? []) insert.refusedId.run(each.value, each.kind, key);
    return 1;
  });
  const alike = sqlite.prepare('update deliveries set alike = ?, until = ? where id = ?');
  const noteAlike = sqlite.transaction((counts: readonly AlikeCount[]) =>
    counts.reduce((sum, each) => sum + alike.run(each.alike, each.until, each.delivery).changes, 0),
  );
  return {
    noteSigner: (id, found) => noteSigner.immediate(id, found),
    noteAlike: (counts) => noteAlike.immediate(counts),
    write: (batch) => write.immediate(batch),
    prune: createPruner(sqlite),
    reported: createReportWriter(sqlite),
    lost: () => lostFile(opened)?.text ?? null,
    close: () => sqlite.close(),
  };
}

interface Statements {
  event: Statement;
  eventKey: Statement;
  eventFacts: Statement;
  identifier: Statement;
  delivery: Statement;
  unread: Statement;
  refused: Statement;
  refusedId: Statement;
}

const prepareStatements = (sqlite: BetterSqlite3.Database): Statements => ({
  event: sqlite.prepare(
    'insert into events (id, environment, activity, contract_id, occurred_at, received_at, payload, payload_kind) values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing',
  ),
  eventKey: sqlite.prepare('select key from events where id = ?').pluck(),
  eventFacts: sqlite.prepare(
    `select activity, contract_id, occurred_at, (select json_group_array(value) from identifiers
      where event_key = events.key and kind in ('contract', 'reference')) as names from events where key = ?`,
  ),
  identifier: sqlite.prepare(
    'insert into identifiers (value, kind, event_key) values (?, ?, ?) on conflict do nothing',
  ),
  unread: sqlite.prepare(
    'insert into unread_events (event_key, environment, received_at, reason) values (?, ?, ?, ?)',
  ),
  refused: sqlite.prepare(
    'update deliveries set activity = ?, detail = ?, alike = ?, until = ? where key = ?',
  ),
  refusedId: sqlite.prepare(
    'insert into refused_ids (value, kind, delivery_key) values (?, ?, ?) on conflict do nothing',
  ),
  delivery: sqlite.prepare(
    'insert into deliveries (id, event_key, environment, received_at, request_id, source, bytes, rejection, signed_with) values (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  ),
});

function writeOne(
  statements: Statements,
  delivery: PreparedDelivery,
): { eventId: string | null; duplicate: boolean } {
  const { event, id, environment, receivedAt, requestId, source, bytes, rejection, signedWith } = delivery;
  const stored = event ? writeEvent(statements, delivery, event) : null;
  const { lastInsertRowid: key } = statements.delivery.run(
    id,
    stored?.key ?? null,
    environment,
    receivedAt,
    requestId,
    source,
    bytes,
    rejection,
    signedWith,
  );
  if (delivery.refused) {
    const { activity, detail, alike, until, identifiers } = delivery.refused;
    statements.refused.run(activity, detail, alike, until, key);
    for (const { value, kind } of identifiers) statements.refusedId.run(value, kind, key);
  }
  return { eventId: stored?.id ?? null, duplicate: stored?.duplicate ?? false };
}

function writeEvent(
  statements: Statements,
  delivery: PreparedDelivery,
  event: PreparedEvent,
): { id: string; key: number | bigint; duplicate: boolean } {
  const { id, activity, contractId, occurredAt, payload, payloadKind, identifiers, unread } = event;
  const { environment, receivedAt } = delivery;
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
  const isDuplicate = changes === 0;
  const key = isDuplicate ? (statements.eventKey.get(id) as number) : lastInsertRowid;
  if (isDuplicate && event.byBody && isOther(statements, key, event)) {
    const { byBody, ...rest } = event;
    return writeEvent(statements, delivery, { ...rest, ...byBody() });
  }
  // Equal bytes have equal identifiers, but under an id of the sender other bytes or another id may come.
  if (!isDuplicate || identifiers.some(({ kind }) => kind === 'event'))
    for (const { value, kind } of identifiers) statements.identifier.run(value, kind, key);
  if (!isDuplicate && unread !== null) statements.unread.run(key, environment, receivedAt, unread);
  return { id, key, duplicate: isDuplicate };
}

/** True when a stored event is another one, though the sender gave both one id. */
function isOther({ eventFacts }: Statements, key: number | bigint, event: PreparedEvent): boolean {
  const facts = eventFacts.get(key) as Pick<EventRow, 'activity' | 'contract_id' | 'occurred_at'> & {
    names: string;
  };
  const { activity, contractId, occurredAt, identifiers } = event;
  const names = identifiers
    .filter(({ kind }) => kind === 'contract' || kind === 'reference')
    .map(({ value }) => value);
  const stored: string[] = JSON.parse(facts.names);
  return (
    differ(facts.activity, activity) ||
    differ(facts.contract_id, contractId) ||
    differ(facts.occurred_at, occurredAt) ||
    (stored.length > 0 && names.length > 0 && !names.some((name) => stored.includes(name)))
  );
}

const differ = <Value>(left: Value | null, right: Value | null): boolean =>
  left !== null && right !== null && left !== right;
