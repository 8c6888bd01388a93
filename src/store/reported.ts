import type BetterSqlite3 from 'better-sqlite3';
import type { Selectable } from 'kysely';
import type { ApiCallRow, OutcomeRow } from './tables/event-log.ts';

export type ReportedCall = Selectable<ApiCallRow>;

export interface ReportWriter {
  /** Stores new rows in one transaction and returns their number. `storedAt`: the time of arrival, epoch ms; null: unknown. */
  calls(rows: readonly ReportedCall[], storedAt?: number | null): number;
  outcomes(rows: readonly OutcomeRow[], storedAt?: number | null): number;
}

const callColumns = [
  'call_id',
  'environment',
  'at',
  'method',
  'path',
  'status',
  'attempts',
  'duration_ms',
  'failure',
  'reporter',
  'own_id',
  'request_id',
  'external_id',
  'contract_id',
  'contract_id_exact',
  'path_contract_id',
  'host',
  'retries_stated',
] as const satisfies (keyof ReportedCall)[];

const outcomeColumns = [
  'id',
  'own_id',
  'environment',
  'at',
  'status',
  'attempt',
  'event_id',
  'contract_id',
  'activity',
  'occurred_at',
  'request_id',
  'code',
  'message',
] as const satisfies (keyof OutcomeRow)[];

/** Writes the integration's reports with statements prepared once. Synchronous, for the thread that writes the log. */
export function createReportWriter(sqlite: BetterSqlite3.Database): ReportWriter {
  return {
    calls: insertInto(sqlite, 'api_calls', callColumns),
    outcomes: insertInto(sqlite, 'outcomes', outcomeColumns),
  };
}

/** The primary key, not a prior query, makes a row exist once. */
function insertInto<Row extends object>(
  sqlite: BetterSqlite3.Database,
  table: string,
  columns: readonly string[],
): (rows: readonly Row[], storedAt?: number | null) => number {
  const names = [...columns, 'stored_at'];
  const values = names.map((column) => `@${column}`).join(', ');
  const insert = sqlite.prepare(
    `insert into ${table} (${names.join(', ')}) values (${values}) on conflict do nothing`,
  );
  const all = sqlite.transaction((rows: readonly Row[], storedAt: number | null) =>
    rows.reduce((stored, row) => stored + insert.run({ ...row, stored_at: storedAt }).changes, 0),
  );
  return (rows, storedAt = null) => all.immediate(rows, storedAt);
}
