import type { Generated } from 'kysely';

/** Acts of people, and their audit. */
export interface ActTables {
  audit: AuditRow;
  audit_head: { key: 1; hash: string; entries: number };
  incident_marks: IncidentMarkRow;
  webhook_registrations: WebhookRegistrationRow;
  waivers: WaiverRow;
  sign_off_acts: SignOffActRow;
  failure_acknowledgements: AcknowledgementRow;
}

export interface AuditRow {
  key: Generated<number>;
  /** `aud_…` */
  id: string;
  /** Epoch ms. */
  at: number;
  /** `slack:U…`, or `cli:` and the name of the operating system's user. */
  actor: string;
  /** `webhook.register`, … */
  act: string;
  environment: string | null;
  /** The object of the act, such as a webhook id or a path. */
  subject: string;
  /** JSON object. */
  detail: string;
  /** Hash of the entry before. */
  previous: string;
}

/** An id whose rows a person asked to keep beyond `log.keep`. */
export interface IncidentMarkRow {
  /** `mrk_…` */
  id: string;
  /** The id as the person gave it. */
  query: string;
  /** null: in every environment. */
  environment: string | null;
  /** The ids that it led to, JSON list of `Match`. */
  names: string;
  reason: string;
  /** `slack:U…`, or `cli:` and a name. */
  marked_by: string;
  marked_at: number;
  /** The mark applies before this time. */
  until: number;
}

export interface WebhookRegistrationRow {
  key: Generated<number>;
  environment: string;
  /** SpotDraft's id; null when the answer that carries it was lost. */
  webhook_id: number | null;
  /** Created by Envcheck, or created elsewhere and noted. */
  origin: 'created' | 'noted';
  /**
   * `disabled`: SpotDraft created it with a status other than ACTIVE. `unknown`: SpotDraft's answer to the creation or deletion
   * never came, or lacks the id or the status.
   */
  state: 'active' | 'disabled' | 'unknown' | 'deleted';
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
  /** The accepted difference or finding, on one line. */
  shown: string;
  fingerprint: string;
  reason: string;
  /** `slack:U…`, or `cli:` and a name. */
  accepted_by: string;
  accepted_at: number;
  /** The waiver applies before this time. */
  until: number;
  ended_at: number | null;
  ended_how: 'revoked' | 'changed' | 'resolved' | 'expired' | 'not judged' | null;
  /** The person who revoked it. */
  ended_by: string | null;
  ended_reason: string | null;
}

/** One act about a checklist item. `void` is Envcheck's own: the configuration under a signature changed. */
export interface SignOffActRow {
  key: Generated<number>;
  /** `sgn_…` */
  id: string;
  environment: string;
  /** The id in the config. */
  sign_off: string;
  act: 'sign' | 'refuse' | 'withdraw' | 'void';
  at: number;
  /** `slack:U…`, `cli:` and a name, or `envcheck`. */
  actor: string;
  /** The person named on the command line, as given; null when none was. */
  person: string | null;
  /** Display name of the person. */
  person_name: string;
  /** Reason of a refusal. */
  note: string | null;
  link: string | null;
  /** Title of the item at that time. */
  title: string;
  /** The signed configuration: that of the newest check, and the newest complete reading. */
  snapshot: string | null;
  complete_snapshot: string | null;
  expires_at: number | null;
  /** For `void`: the signature that ended. */
  about: string | null;
  /** For `void`: the changes, JSON. */
  changes: string | null;
  /** When the person was reminded of the expiry. */
  reminded_at: number | null;
}

/** An acknowledgement of a group of failures. Never changed: the state follows from these rows and the log. */
export interface AcknowledgementRow {
  key: Generated<number>;
  /** `ack_…` */
  id: string;
  environment: string;
  kind: 'badly_signed' | 'refused' | 'failed' | 'silence' | 'missing';
  activity: string | null;
  at: number;
  /** `slack:U…`, or `cli:` and a name. */
  actor: string;
  reason: string;
  /** Rejections or codes known at that time, JSON list. */
  covers: string;
  /** Number of failures in the log at that time, with the first and last time. */
  count: number;
  first_seen: number;
  last_seen: number;
}
