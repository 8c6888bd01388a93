import type { Generated } from 'kysely';

/** What channels are told: who asked for it, when it is due, and what is on its way. */
export interface ReportingTables {
  subscriptions: SubscriptionRow;
  report_schedules: { report: string; definition: string; seen_until: number };
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
  /** Unique for all time: what was put here under it once is not put here again. */
  key: string;
  channel: string;
  kind: 'post' | 'update';
  /** Packed. */
  message: Buffer;
  /** `obx_…` of the message in whose thread it is posted, after it. */
  parent: string | null;
  /** `obx_…` of the message that an update edits. */
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
  /** PNG. */
  picture: Buffer | null;
  picture_name: string | null;
  picture_alt: string | null;
  /** Null: there is none. */
  picture_state: 'waiting' | 'sent' | 'given_up' | null;
  /** Slack's id of the uploaded file. */
  picture_file: string | null;
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
