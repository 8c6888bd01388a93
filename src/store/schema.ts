import type { Generated } from 'kysely';

/** The tables as code sees them. Times are epoch ms UTC; `bytea` columns hold deflated canonical JSON. */
export interface Tables {
  migrations: { name: string; applied_at: number };
  api_calls: ApiCallRow;
  snapshots: { hash: string; content: Buffer };
  snapshot_readings: { id: Generated<number>; environment: string; taken_at: number; hash: string };
  reports: ReportRow;
  events: EventRow;
  deliveries: DeliveryRow;
  identifiers: { value: string; kind: string; event_key: number };
}

export interface ApiCallRow {
  call_id: string;
  environment: string;
  at: number;
  method: string;
  path: string;
  status: number | null;
  attempts: number;
  duration_ms: number;
  failure: string | null;
}

export interface ReportRow {
  id: string;
  environment: string;
  checked_at: number;
  verdict: string;
  snapshot: string | null;
  content: Buffer;
}

export interface EventRow {
  key: Generated<number>;
  id: string;
  environment: string;
  activity: string | null;
  contract_id: number | null;
  occurred_at: number | null;
  received_at: number;
  payload: Buffer | null;
}

export interface DeliveryRow {
  key: Generated<number>;
  id: string;
  event_key: number | null;
  environment: string;
  received_at: number;
  request_id: string;
  source: string;
  bytes: number;
  rejection: string | null;
}
