import { createHmac } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { onTestFinished, type TestContext } from 'vitest';
import { startWorld, type World } from '../../../sandbox/world.ts';
import { createApp, type Overrides } from '../../../src/app.ts';
import type { Config, Environment } from '../../../src/config/config.ts';
import { createDatabase } from '../../event-log.ts';

const shared = join(import.meta.dirname, '../../../../shared/spotdraft');

export interface Sample {
  name: string;
  body: Buffer;
}

/** SpotDraft's sample payloads. They are not part of this repository. */
export function samples(ctx: TestContext): Sample[] {
  const folder = join(shared, 'webhook-samples');
  if (!existsSync(folder)) ctx.skip('../shared/spotdraft/webhook-samples is not there');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({ name, body: readFileSync(join(folder, name)) }));
}

export interface Vectors {
  hmac_key: string;
  wrong_variants_for_negative_tests: Record<string, string>;
  vectors: { name: string; body_utf8: string; expected_hex: string }[];
}

/** Bodies with their signatures by SpotDraft's algorithm. They are not part of this repository. */
export function vectors(ctx: TestContext): Vectors {
  const file = join(shared, 'webhook-signature-vectors.json');
  if (!existsSync(file)) ctx.skip('../shared/spotdraft/webhook-signature-vectors.json is not there');
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** The documented signature, implemented a second time: the program's own function must not test itself. */
export const signed = (hmacKey: string, body: string | Buffer): string =>
  createHmac('sha512', Buffer.from(hmacKey, 'base64')).update(body).digest('hex');

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  json: { deliveryId?: string; eventId?: string; duplicate?: boolean; error?: string; requestId?: string };
}

export interface DeliverOptions {
  environment?: string;
  /** null sends no such header; default: the valid signature. */
  signature?: string | null;
  headers?: Record<string, string>;
}

export interface Receiver {
  world: World;
  config: Config;
  url: string;
  /** Complete lines of the log. */
  logged: string[];
  deliver(body: string | Buffer, how?: DeliverOptions): Promise<Answer>;
  /** Reads from the database file through a separate connection. */
  rows<Row>(sql: string): Row[];
  count(sql: string): number;
  /** Number of HMAC key reads that SpotDraft received. */
  keyReads(): number;
}

export interface ReceiverOptions {
  payloads?: Config['log']['payloads'];
  /** By environment name. */
  eventId?: Record<string, NonNullable<Environment['webhooks']>['eventId']>;
  overrides?: Overrides;
  adjust?: (config: Config) => Config;
  prepare?: (world: World) => void | Promise<void>;
}

/** Starts the whole program against a simulated SpotDraft. Everything stops with the test. */
export async function startReceiver(options: ReceiverOptions = {}): Promise<Receiver> {
  const world = await startWorld({ requestsPerSecond: 100_000 });
  onTestFinished(() => world.stop());
  await options.prepare?.(world);
  const read = world.configure({ sharedWebhookUrl: false, slackMode: 'http' });
  const wanted: Config = {
    ...read,
    logLevel: 'trace',
    limits: { requestsPerSecond: 10_000 },
    log: { ...read.log, payloads: options.payloads ?? read.log.payloads },
    environments: read.environments.map((environment) => {
      const eventId = options.eventId?.[environment.name];
      return eventId && environment.webhooks
        ? { ...environment, webhooks: { ...environment.webhooks, eventId } }
        : environment;
    }),
  };
  const config = options.adjust?.(wanted) ?? wanted;
  await createDatabase(config.database);
  const logged: string[] = [];
  const app = createApp(config, {
    retry: { baseDelayMs: 1 },
    logDestination: { write: (line) => void logged.push(line) },
    ...options.overrides,
  });
  onTestFinished(() => app.stop());
  const { url } = await app.start();
  const rows = <Row>(sql: string): Row[] => rowsOf<Row>(config.database, sql);
  return {
    world,
    config,
    url,
    logged,
    rows,
    deliver: (body, how = {}) => deliver(url, world, body, how),
    count: (sql) => Number(rows<{ n: number }>(`select count(*) as n from ${sql}`)[0]?.n),
    keyReads: () => world.spotdraft.requests.filter(({ operation }) => operation === 'hmac_key').length,
  };
}

export async function deliver(
  url: string,
  world: Pick<World, 'uat' | 'prod'>,
  body: string | Buffer,
  { environment = 'prod', signature, headers = {} }: DeliverOptions = {},
): Promise<Answer> {
  const workspace = environment === 'uat' ? world.uat : world.prod;
  const right = signed(workspace.hmacKey, body);
  const response = await fetch(`${url}/webhooks/${environment}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers: {
      'content-type': 'application/json',
      ...(signature === null ? {} : { 'x-sd-webhook-content-hash': signature ?? right }),
      ...headers,
    },
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: text ? JSON.parse(text) : {} };
}

export function rowsOf<Row>(file: string, sql: string): Row[] {
  const database = new BetterSqlite3(file, { readonly: true });
  try {
    return database.prepare(sql).all() as Row[];
  } finally {
    database.close();
  }
}

/** All bytes of the database file and its write-ahead log. */
export function bytesOf(file: string): Buffer {
  const names = readdirSync(dirname(file)).filter((name) => name.startsWith(basename(file)));
  return Buffer.concat(names.map((name) => readFileSync(join(dirname(file), name))));
}

/** A small payload as SpotDraft sends it. */
export const activity = (contractId: number, more: object = {}): string =>
  JSON.stringify({
    activity: 'CONTRACT_EXECUTED',
    contract_id: contractId,
    activity_data: { performed_by: { name: 'SYSTEM' }, timestamp: '2026-09-17T08:53:52.201442Z' },
    ...more,
  });
