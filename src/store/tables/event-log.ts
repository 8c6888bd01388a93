import type { Generated } from 'kysely';

/** Events, deliveries, API calls and outcomes. */
export interface EventLogTables {
  events: EventRow;
  deliveries: DeliveryRow;
  identifiers: { value: string; kind: string; event_key: number };
  unread_events: UnreadEventRow;
  /** Ids in refused deliveries whose signature proves their sender. */
  refused_ids: { value: string; kind: string; delivery_key: number };
  /** `stored_at`: when the report arrived, epoch ms; null in rows older than this column. */
  outcomes: OutcomeRow & { stored_at: Generated<number | null> };
  /** `stored_at`: the same; null in Envcheck's own calls too. */
  api_calls: ApiCallRow & { stored_at: Generated<number | null> };
  reconciliations: ReconciliationRow;
  missing_events: MissingEventRow;
  missing_notices: MissingNoticeRow;
  receiver_keys: { environment: string; fingerprint: string; read_at: number };
}

export interface EventRow {
  key: Generated<number>;
  /** `evt_…` */
  id: string;
  environment: string;
  /** Name in the payload; null for a payload of an unknown shape. */
  activity: string | null;
  contract_id: number | null;
  occurred_at: number | null;
  received_at: number;
  /** `raw`: the bytes as received. `redacted`: the allowed part, encoded by `packPayload`. */
  payload: Buffer | null;
  /** null without a payload, and in rows older than this column. */
  payload_kind: 'raw' | 'redacted' | null;
}

export interface DeliveryRow {
  key: Generated<number>;
  /** `dlv_…` */
  id: string;
  /** null for a refused delivery, which announces no event. */
  event_key: number | null;
  environment: string;
  received_at: number;
  request_id: string;
  /** IP address of the sender. */
  source: string;
  /** Length of the body, bytes. */
  bytes: number;
  /** Reason of the refusal; null for a valid signature. */
  rejection: string | null;
  /** Key that signed a refused delivery, encoded by `signerCode`; null when nothing was tried, and in older rows. */
  signed_with: Generated<string | null>;
  /** The activity of a refused delivery whose signature proves its sender; null in others. Events have their own. */
  activity: Generated<string | null>;
  /** The fault, such as the content type; null when the reason says it all. */
  detail: Generated<string | null>;
  /** Number of further refused deliveries for which this row stands; null in verified and in older rows. */
  alike: Generated<number | null>;
  /** When the last of them came, epoch ms; null when there are none. */
  until: Generated<number | null>;
}

/** An event whose payload could not be read. */
export interface UnreadEventRow {
  event_key: number;
  environment: string;
  received_at: number;
  reason: string;
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
  /** These three name the event when there is no event id. */
  contract_id: number | null;
  activity: string | null;
  occurred_at: number | null;
  request_id: string | null;
  /** A short machine-readable reason. */
  code: string | null;
  /** Free text; stored under `log.payloads: full` only. */
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
  /** The caller: Envcheck, or the integration that reported the call. */
  reporter: Generated<'envcheck' | 'integration'>;
  /** The reporter's own id of the call. */
  own_id: Generated<string | null>;
  request_id: Generated<string | null>;
  external_id: Generated<string | null>;
  contract_id: Generated<number | null>;
  /** 1: the reporter gave the internal id. 0: the number is that of a composite id. null: no contract, or a row older than this column. */
  contract_id_exact: Generated<0 | 1 | null>;
  /** The number of the contract in the path, when the reporter gave another one; null otherwise. */
  path_contract_id: Generated<number | null>;
  /** `api.us.spotdraft.com`; with `http://` before it when the call was not encrypted. null: not reported. */
  host: Generated<string | null>;
  /** 1 when the reporter stated the number of retries, 0 included. null in Envcheck's own calls and in rows older than this column. */
  retries_stated: Generated<0 | 1 | null>;
}

/** The newest comparison of an environment's contracts in SpotDraft with the log. */
export interface ReconciliationRow {
  environment: string;
  /** When it was begun; the row is the claim of the process that does it. */
  tried_at: number;
  /** Contracts changed before this time were compared; null: never. */
  read_until: number | null;
  /** The parts that were not compared, a JSON list of sentences; null: nothing was read yet. */
  notes: string | null;
  /** Why the newest attempt could not tell; null: it could. */
  unread: string | null;
  /** A `ReconciliationProgress` as JSON; null before the first comparison, and in older rows. */
  progress: Generated<string | null>;
  /** 1 while the config does not expect the activity. */
  paused: Generated<0 | 1>;
}

/** A contract that was executed without an event of this activity in the log at that time. */
export interface MissingEventRow {
  environment: string;
  /** As SpotDraft lists it: `T-1234`. */
  contract: string;
  activity: string;
  /** The identifiers under which its event would be in the log, a JSON list of `ContractIdentifier`. */
  ids: string;
  noticed_at: number;
  /** The contract changed after this time, epoch ms; null in older rows. */
  changed_from: number | null;
  /** `ntc_…` of the message that announced it; null: not announced yet. */
  notice: string | null;
}

/** An announcement of missing events, edited until all of them came. */
export interface MissingNoticeRow {
  /** `ntc_…` */
  id: string;
  environment: string;
  closed_at: number | null;
  /** A `MissingNotice` as JSON. */
  content: string;
}
