import type { Generated } from 'kysely';

/** Subscriptions, schedules, the outbox and what was posted. */
export interface ReportingTables {
  subscriptions: SubscriptionRow;
  report_schedules: { report: string; definition: string; seen_until: number };
  /** One row at most: the process whose config decides when reports are due. */
  report_keeper: { key: 1; owner: string; until: number };
  report_runs: ReportRunRow;
  outbox: OutboxRow;
  outbox_pauses: { channel: string; until: number; reason: string | null };
  digests: DigestRow;
  watched: { environment: string; report: string; checked_at: number; state: Buffer };
  notices: NoticeRow;
}

export interface SubscriptionRow {
  key: Generated<number>;
  /** `sub_…` */
  id: string;
  channel: string;
  environment: string;
  kind: 'digest' | 'drift' | 'failures';
  /** null when not on a schedule. */
  days: 'daily' | 'weekdays' | null;
  /** `HH:MM` */
  time: string | null;
  timezone: string | null;
  /** The kind that a channel can have once per environment. */
  slot: string;
  /** `slack:U…` or `cli:…`. */
  created_by: string;
  created_at: number;
  ended_at: number | null;
}

export interface ReportRunRow {
  /** Id of the scheduled report. */
  report: string;
  /** The planned time. */
  fired_for: number;
  late: 0 | 1;
  /** `open`: waiting, or being made by `owner`. `posted`: put messages into the outbox. `quiet`: had nothing to report. */
  state: 'open' | 'posted' | 'quiet' | 'failed';
  attempts: number;
  /** The process that makes it; null when none does. */
  owner: string | null;
  /** Time from which another process may claim it. */
  free_at: number;
  began_at: number | null;
  ended_at: number | null;
  /** Error of the last failed attempt. */
  error: string | null;
}

export interface OutboxRow {
  seq: Generated<number>;
  /** `obx_…` */
  id: string;
  /** Unique for all time: a key is never stored twice. */
  key: string;
  channel: string;
  kind: 'post' | 'update';
  /** Packed. */
  message: Buffer;
  /** `obx_…` of the message whose thread it belongs to; it is posted after that message. */
  parent: string | null;
  /** `obx_…` of the message that an update edits. */
  target: string | null;
  broadcast: 0 | 1;
  /** `merged`: an update that became the content of its target before that was sent. */
  state: 'waiting' | 'sent' | 'merged' | 'given_up';
  created_at: number;
  attempts: number;
  /** When the last attempt was recorded, before it was made. */
  attempted_at: number | null;
  /** When the first attempt with an unknown result was recorded. */
  in_doubt_since: number | null;
  /** Earliest time of the next attempt; while `owner` is set, the end of its claim. */
  due_at: number;
  owner: string | null;
  error: string | null;
  sent_at: number | null;
  sent_channel: string | null;
  sent_ts: string | null;
  /** PNG. */
  picture: Buffer | null;
  picture_name: string | null;
  picture_alt: string | null;
  /** null when there is no picture. */
  picture_state: 'waiting' | 'sent' | 'given_up' | null;
  /** Slack's id of the uploaded file. */
  picture_file: string | null;
}

/** A digest that was put into the outbox, with its content. */
export interface DigestRow {
  key: Generated<number>;
  /** Id of the scheduled report. */
  report: string;
  channel: string;
  /** The planned time. */
  fired_for: number;
  made_at: number;
  /** Calendar day in the report's time zone, as `2026-11-24`. */
  day: string;
  /** `obx_…` of that day's message; details are in its thread. */
  message: string;
  /** Packed. */
  state: Buffer;
}

/** An announcement about an environment, until all of it is resolved. */
export interface NoticeRow {
  /** `ntc_…` */
  id: string;
  environment: string;
  announced_at: number;
  /** null while open. */
  closed_at: number | null;
  /** Packed: the checks, the places it was posted, and the message shown there. */
  content: Buffer;
}
