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
  outcomes: OutcomeRow;
  receiver_keys: { environment: string; fingerprint: string; read_at: number };
  webhook_registrations: WebhookRegistrationRow;
  audit: AuditRow;
  report_schedules: { report: string; definition: string; seen_until: number };
  report_runs: ReportRunRow;
  outbox: OutboxRow;
  outbox_pauses: { channel: string; until: number; reason: string | null };
  subscriptions: SubscriptionRow;
  comparisons: ComparisonRow;
  differences: DifferenceRow;
  waivers: WaiverRow;
  sign_off_acts: SignOffActRow;
  digests: DigestRow;
  watched: { environment: string; report: string; checked_at: number; state: Buffer };
  notices: NoticeRow;
  failure_acknowledgements: AcknowledgementRow;
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

export interface WebhookRegistrationRow {
  key: Generated<number>;
  environment: string;
  /** SpotDraft's id; null when the answer that carries it was lost. */
  webhook_id: number | null;
  /** Made by Envcheck, or made elsewhere and noted. */
  origin: 'created' | 'noted';
  /** `unknown`: SpotDraft's answer to the creation or deletion never came. */
  state: 'active' | 'unknown' | 'deleted';
  title: string | null;
  url: string | null;
  /** JSON list. */
  activities: string | null;
  /** JSON list; values of custom headers are not kept. */
  header_names: string | null;
  registered_at: number;
  deleted_at: number | null;
}

export interface AuditRow {
  key: Generated<number>;
  /** `aud_…` */
  id: string;
  at: number;
  /** `slack:U…`, or `cli:` and the name of the operating system's user. */
  actor: string;
  /** `webhook.register`, … */
  act: string;
  environment: string | null;
  /** What it was done to. */
  subject: string;
  /** JSON object. */
  detail: string;
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
  /** Null without payload, and in rows of before this was noted. */
  payload_kind: 'raw' | 'redacted' | null;
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

export interface ReportRunRow {
  /** Id of the scheduled report. */
  report: string;
  /** The planned time. */
  fired_for: number;
  late: 0 | 1;
  /** `open`: to be made, or being made by `owner`. `posted` put messages into the outbox, `quiet` had nothing to say. */
  state: 'open' | 'posted' | 'quiet' | 'failed';
  attempts: number;
  /** The process that makes it; null: nobody does. */
  owner: string | null;
  /** From when on another process may take it over. */
  free_at: number;
  began_at: number | null;
  ended_at: number | null;
  /** Of the last attempt that failed. */
  error: string | null;
}

export interface OutboxRow {
  seq: Generated<number>;
  /** `obx_…` */
  id: string;
  key: string;
  channel: string;
  kind: 'post' | 'update';
  /** Packed. */
  message: Buffer;
  parent: string | null;
  target: string | null;
  broadcast: 0 | 1;
  /** `merged`: an update that became the content of its target before that was sent. */
  state: 'waiting' | 'sent' | 'merged' | 'given_up';
  created_at: number;
  attempts: number;
  /** When the last attempt was noted, before it was made. */
  attempted_at: number | null;
  /** When the first attempt was noted of which nobody knows what Slack did with it. */
  in_doubt_since: number | null;
  /** Not to be attempted before; while `owner` is set, the end of its claim. */
  due_at: number;
  owner: string | null;
  error: string | null;
  sent_at: number | null;
  sent_channel: string | null;
  sent_ts: string | null;
  picture: Buffer | null;
  picture_name: string | null;
  picture_alt: string | null;
  /** Null: there is none. */
  picture_state: 'waiting' | 'sent' | 'given_up' | null;
  /** Slack's id of the uploaded file. */
  picture_file: string | null;
}

export interface SubscriptionRow {
  key: Generated<number>;
  /** `sub_…` */
  id: string;
  channel: string;
  environment: string;
  kind: 'digest' | 'drift' | 'failures';
  /** Null: not on a schedule. */
  days: 'daily' | 'weekdays' | null;
  /** `HH:MM` */
  time: string | null;
  timezone: string | null;
  /** What a channel can have once per environment. */
  slot: string;
  /** `slack:U…` or `cli:…`. */
  created_by: string;
  created_at: number;
  ended_at: number | null;
}

/** One comparison of two environments. Left is the model. Counts are of open differences. */
export interface ComparisonRow {
  key: Generated<number>;
  left_environment: string;
  environment: string;
  at: number;
  breaking: number;
  risky: number;
  cosmetic: number;
  /** Of the others none is accepted. */
  accepted: number;
  /** Places that could not be compared. */
  not_compared: number;
  /** 1: a side could not be read at all, and the counts are those of before. */
  failed: 0 | 1;
}

export interface DifferenceRow {
  key: Generated<number>;
  left_environment: string;
  environment: string;
  path: string;
  kind: 'missing' | 'extra' | 'changed';
  weight: 'breaking' | 'risky' | 'cosmetic';
  /** `{ left, right }`, packed. */
  sides: Buffer;
  fingerprint: string;
  first_seen: number;
  /** When its values last became others while it was open. */
  changed_at: number | null;
  /** Since when its place could not be compared; null: the newest comparison saw it. */
  unchecked_since: number | null;
  resolved_at: number | null;
}

export interface WaiverRow {
  /** `wvr_…` */
  id: string;
  kind: 'difference' | 'check';
  /** Empty for a check. */
  left_environment: string;
  environment: string;
  /** The path of the difference, or the id of the check. */
  subject: string;
  /** What was accepted, on one line. */
  shown: string;
  fingerprint: string;
  reason: string;
  /** `slack:U…`, or `cli:` and a name. */
  accepted_by: string;
  accepted_at: number;
  /** It counts before this time. */
  until: number;
  ended_at: number | null;
  ended_how: 'revoked' | 'changed' | 'resolved' | 'expired' | null;
  /** Who revoked it, and why. */
  ended_by: string | null;
  ended_reason: string | null;
}

/** One act about a checklist item. `void` is Envcheck's own: the configuration under a signature changed. */
export interface SignOffActRow {
  key: Generated<number>;
  /** `sgn_…` */
  id: string;
  environment: string;
  /** Its id in the config. */
  sign_off: string;
  act: 'sign' | 'refuse' | 'withdraw' | 'void';
  at: number;
  /** Who did it: `slack:U…`, `cli:` and a name, or `envcheck`. */
  actor: string;
  /** Whom the command line did it for, where that was said; as given. */
  person: string | null;
  /** What the person is called. */
  person_name: string;
  /** The reason of a refusal. */
  note: string | null;
  link: string | null;
  /** What the item said when it was done. */
  title: string;
  /** What was signed: the configuration of the newest check, and the newest reading of everything. */
  snapshot: string | null;
  complete_snapshot: string | null;
  expires_at: number | null;
  /** Of `void`: the signature that ended. */
  about: string | null;
  /** Of `void`: JSON, what changed. */
  changes: string | null;
  /** When the person was told that it expires. */
  reminded_at: number | null;
}

/** A digest that was put into the outbox, with what it told. */
export interface DigestRow {
  key: Generated<number>;
  /** Id of the scheduled report. */
  report: string;
  channel: string;
  /** The planned time. */
  fired_for: number;
  made_at: number;
  /** The day of the calendar in the report's time zone, as `2026-11-24`. */
  day: string;
  /** `obx_…` of the message of that day, in whose thread its details are. */
  message: string;
  /** Packed. */
  state: Buffer;
}

/** What was announced of an environment, until all of it is over. */
export interface NoticeRow {
  /** `ntc_…` */
  id: string;
  environment: string;
  announced_at: number;
  /** Null: it lasts. */
  closed_at: number | null;
  /** Packed: what it is about, where it was posted, and as what it is shown. */
  content: Buffer;
}

/** Somebody knows of a group of failures. Never changed: what holds follows from these rows and the log. */
export interface AcknowledgementRow {
  key: Generated<number>;
  /** `ack_…` */
  id: string;
  environment: string;
  kind: 'badly_signed' | 'refused' | 'failed' | 'silence';
  activity: string | null;
  at: number;
  /** `slack:U…`, or `cli:` and a name. */
  actor: string;
  reason: string;
  /** JSON list: the rejections or codes that were known then. */
  covers: string;
  /** What was seen then: how many were in the log, and since and until when. */
  count: number;
  first_seen: number;
  last_seen: number;
}
