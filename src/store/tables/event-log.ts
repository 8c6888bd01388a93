import type { Generated } from 'kysely';

/** Events, their deliveries, and what Envcheck and the integration called and made of them. */
export interface EventLogTables {
  events: EventRow;
  deliveries: DeliveryRow;
  identifiers: { value: string; kind: string; event_key: number };
  outcomes: OutcomeRow;
  api_calls: ApiCallRow;
  receiver_keys: { environment: string; fingerprint: string; read_at: number };
}

export interface EventRow {
  key: Generated<number>;
  /** `evt_…` */
  id: string;
  environment: string;
  /** As the payload names it; null for a payload of an unknown shape. */
  activity: string | null;
  contract_id: number | null;
  occurred_at: number | null;
  received_at: number;
  /** `raw`: the bytes as they came. `redacted`: what `packPayload` makes of the allowed part. */
  payload: Buffer | null;
  /** Null without payload, and in rows of before this was noted. */
  payload_kind: 'raw' | 'redacted' | null;
}

export interface DeliveryRow {
  key: Generated<number>;
  /** `dlv_…` */
  id: string;
  /** Null for a refused delivery, which announces nothing. */
  event_key: number | null;
  environment: string;
  received_at: number;
  request_id: string;
  /** Address of the sender, as far as it is known. */
  source: string;
  /** Length of the body. */
  bytes: number;
  /** Why it was refused; null: its signature was right. */
  rejection: string | null;
}

export interface OutcomeRow {
  /** `out_…`, derived from environment and own id. */
  id: string;
  /** The reporter's own id of the outcome. */
  own_id: string;
  environment: string;
  at: number;
  status: 'processed' | 'failed' | 'skipped' | 'retrying';
  attempt: number;
  /** `evt_…`, or the id that the configured header or field carries. */
  event_id: string | null;
  /** Without an event id these three name the event. */
  contract_id: number | null;
  activity: string | null;
  occurred_at: number | null;
  request_id: string | null;
  /** A short machine-readable reason. */
  code: string | null;
  /** Free text; kept under `log.payloads: full` only. */
  message: string | null;
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
  /** Who made the call: Envcheck, or the integration that reported it. */
  reporter: Generated<'envcheck' | 'integration'>;
  /** The reporter's own id of the call. */
  own_id: Generated<string | null>;
  request_id: Generated<string | null>;
  external_id: Generated<string | null>;
  contract_id: Generated<number | null>;
}
