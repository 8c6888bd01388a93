import type { Region } from '../spotdraft/regions.ts';
import type { ExternalMetadata, Requirements, Scoped } from './requirements.ts';
import type { Secret } from './secret.ts';

/** All settings, read once and frozen. Durations are in ms. */
export interface Config {
  /** Absolute path of the config file. */
  file: string;
  /** Absolute path of the SQLite file. */
  database: string;
  /** The URL at which SpotDraft and people reach this server, without a trailing slash. */
  publicUrl: string | null;
  /** In the order of the file. */
  environments: Environment[];
  requires: Requirements;
  externalMetadata: ExternalMetadata | null;
  notApplicable: NotApplicable[];
  promotion: Promotion;
  signOffs: SignOff[];
  drift: { snapshotEveryMs: number; pairs: [string, string][]; ignore: DriftIgnore[] };
  reports: ReportSchedule[];
  log: { keepMs: number; payloads: 'none' | 'redacted' | 'full' };
  access: { read: Readers; signOff: Access; waive: Access; operate: Access };
  /** The key that signs go-live records; null when none is given. */
  record: { key: Secret | null };
  limits: { requestsPerSecond: number };
  /** Hosts (`host` or `host:port`, lower case) that a baseUrl may name in addition to SpotDraft's own. */
  trustedHosts: string[];
  /** null where Slack is not needed, which is every command except `start` and `doctor`. */
  slack: SlackSettings | null;
  /** `trustProxy`: addresses and ranges of the proxies in front of the server. */
  http: { host: string; port: number; trustProxy: string[] };
  logLevel: LogLevel;
}

export interface Environment {
  name: string;
  /** Names that it had before; its history under them is carried over. */
  formerly: string[];
  production: boolean;
  region: Region;
  /** As configured, or the region's default. Not normalised, because the check `host.path` judges its shape. */
  baseUrl: string;
  credentials: { clientId: Secret; clientSecret: Secret };
  userEmail: string | null;
  workspaceId: number | null;
  webhooks: Webhooks | null;
  intake: { token: Secret } | null;
  receivers: Receiver[];
  /** The business user that contracts of the integration must get: an address, or a role. */
  routing: { businessUser: string } | null;
  /** Periods in which nothing is announced. */
  maintenance: MaintenanceWindow[];
}

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

export type MaintenanceWindow =
  /** Epoch ms UTC. `until` is not included. */
  | { kind: 'once'; from: number; until: number; reason: string }
  /** Minutes after midnight in the time zone. A window that ends at or before its beginning ends on the next day. */
  | {
      kind: 'weekly';
      days: Weekday[];
      fromMinute: number;
      untilMinute: number;
      timezone: string;
      reason: string;
    };

export interface Webhooks {
  /** As configured, because the check `webhooks.endpoint` judges its shape. */
  url: string;
  activities: string[];
  maxSilenceMs: number | null;
  eventId: { header: string } | { field: string } | null;
}

export interface Receiver {
  name: string;
  url: string;
  probe: 'signed' | 'none';
  /** The environments that it serves too and keeps apart; null: it serves its own alone. */
  isolation: { with: string[]; reason: string } | null;
}

/** Items of the guide that a config may declare not applicable. */
export const guideItems = [
  'credentials',
  'host',
  'configuration',
  'webhooks',
  'external-metadata',
  'logging',
] as const;

/** A declaration that nothing has to be configured for an item of the checklist. */
export interface NotApplicable extends Scoped {
  item: (typeof guideItems)[number];
  reason: string;
}

/** The model that production is recreated from. */
export interface Promotion {
  /** null: the left side of the drift pair whose right side is the production environment. */
  from: string | null;
  /** null: every production environment. */
  to: string | null;
  /** How recently the model must have been ready, ms. */
  withinMs: number;
}

/** A person with an account in Slack and one on the machine that runs the command line; null: none is known. */
export interface Person {
  name: string;
  slack: string | null;
  os: string | null;
}

export interface SignOff extends Scoped {
  id: string;
  title: string;
  /** null: never expires. */
  validForMs: number | null;
  /** How many different people must sign. */
  approvals: number;
  /** Paths of the configuration, each including everything below it; `*` matches any text within one name. null: all paths. */
  covers: string[] | null;
  /** The accounts of people who have several: each of them counts once. */
  people: Person[];
  /** True when a signature must say in its note where something is found; absent otherwise. */
  needsNote?: true;
}

export interface DriftIgnore {
  path: string;
  reason: string;
  /** ISO date (YYYY-MM-DD). null: permanently. */
  until: string | null;
}

export interface ReportSchedule {
  name: string;
  cron: string;
  timezone: string;
  channel: string;
  environments: string[];
  sections: ('readiness' | 'drift' | 'events' | 'checklist')[];
  when: 'always' | 'changed';
}

export interface Access {
  users: string[];
  groups: string[];
}

/** The readers of answers in Slack. `members`: everybody in the bot's workspace except guests. */
export type Readers = 'members' | 'everybody' | Access;

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

export interface SlackSettings {
  botToken: Secret;
  /** A URL with a trailing slash. */
  apiUrl: string;
  mode: { kind: 'socket'; appToken: Secret } | { kind: 'http'; signingSecret: Secret };
}
