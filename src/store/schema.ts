import type { Generated } from 'kysely';

/** The tables as code sees them. Times are epoch ms UTC; `bytea` columns hold deflated canonical JSON. */
export interface Tables {
  migrations: { name: string; applied_at: number };
  api_calls: ApiCallRow;
  snapshots: { hash: string; content: Buffer };
  snapshot_readings: { id: Generated<number>; environment: string; taken_at: number; hash: string };
  reports: ReportRow;
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
