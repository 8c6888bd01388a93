import type { Generated } from 'kysely';

/** What persons have done, and the audit of it. */
export interface ActTables {
  audit: AuditRow;
  webhook_registrations: WebhookRegistrationRow;
  waivers: WaiverRow;
  sign_off_acts: SignOffActRow;
  failure_acknowledgements: AcknowledgementRow;
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
