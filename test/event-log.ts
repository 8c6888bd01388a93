import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Workspace } from '../sandbox/spotdraft/workspace.ts';
import type { Config } from '../src/config/config.ts';
import { prepareDelivery } from '../src/events/log/prepare-delivery.ts';
import type { CheckResult, Report } from '../src/readiness/report.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { openEventLogWriter } from '../src/store/event-log.ts';
import { migrate } from '../src/store/migrate.ts';
import { saveReceiverKey } from '../src/store/receiver-keys.ts';
import type { ReportedCall } from '../src/store/reported.ts';
import { saveReport } from '../src/store/reports.ts';
import { saveSnapshot } from '../src/store/snapshots.ts';
import { snapshotOf } from '../src/workspace/snapshot.ts';
import { fingerprintOf } from '../src/workspace/webhook-key.ts';

export interface Filling {
  /** Calls that the integration reported, changed as given; by default one good call a workspace. null: none. */
  calls?: Partial<ReportedCall>[] | null;
  /** Address of the business user in every delivery. */
  businessUser?: string;
  /** True when UAT was ready a minute before the deliveries. Default: false. */
  ready?: boolean;
  /** Activities that arrived; by default those that Northwind expects. */
  activities?: string[];
  /** Time of arrival, epoch ms; by default a minute ago. */
  at?: number;
}

/** Fills the log as a receiver would: one delivery per activity, and the key that verified it. */
export async function fillLog(
  { database }: Pick<Config, 'database'>,
  workspaces: readonly Workspace[],
  {
    activities = ['CONTRACT_CREATED', 'CONTRACT_EXECUTED'],
    at = Date.now() - 60_000,
    calls = [{}],
    businessUser = 'integrations@northwind.example',
    ready = false,
  }: Filling = {},
): Promise<void> {
  const isNew = await createDatabase(database);
  const db = openDatabase(database);
  // The log counts as begun when its tables were created.
  if (isNew) await db.updateTable('migrations').set({ applied_at: at }).execute();
  for (const { key, hmacKey } of workspaces)
    await saveReceiverKey(db, key, { fingerprint: fingerprintOf(hmacKey), readAt: at });
  const uat = workspaces.find(({ key }) => key === 'uat');
  if (ready && uat) {
    const snapshot = snapshotOf({ version: 1, webhookKey: { known: fingerprintOf(uat.hmacKey) } });
    await saveSnapshot(db, 'uat', at - 60_000, snapshot);
    await saveReport(db, { ...readyReport('uat', at - 60_000), snapshot: snapshot.hash });
  }
  await db.destroy();
  const log = openEventLogWriter(database);
  log.write(
    workspaces.flatMap(({ key }) =>
      activities.map((activity, index) =>
        prepareDelivery(
          {
            environment: key,
            receivedAt: at,
            requestId: `request-${key}-${index}`,
            source: '127.0.0.1',
            rejection: null,
            signedWith: null,
            headerEventId: null,
            body: Buffer.from(
              JSON.stringify({
                activity,
                contract_id: 4_000 + index,
                business_user: { name: 'Northwind Integrations', email: businessUser },
              }),
            ),
          },
          { payloads: 'redacted', eventIdFields: {} },
        ),
      ),
    ),
  );
  for (const { key } of workspaces)
    log.reported.calls((calls ?? []).map((changes, index) => ({ ...goodCall(key, index, at), ...changes })));
  log.close();
}

/** A call as the integration reports it. */
const goodCall = (environment: string, index: number, at: number): ReportedCall => ({
  call_id: `call_${environment}_${index}`,
  environment,
  at,
  method: 'POST',
  path: '/api/v2.1/public/contracts/',
  status: 201,
  attempts: 1,
  duration_ms: 120,
  failure: null,
  reporter: 'integration',
  own_id: `own-${environment}-${index}`,
  request_id: `req-${environment}-${index}`,
  external_id: null,
  contract_id: 4_000 + index,
  contract_id_exact: 1,
  path_contract_id: null,
  host: null,
  retries_stated: 1,
});

/** A call of the integration that names nothing. */
export const plainCall: ReportedCall = {
  call_id: '',
  environment: 'prod',
  at: 0,
  method: 'GET',
  path: '/x',
  status: 200,
  attempts: 1,
  duration_ms: 1,
  failure: null,
  reporter: 'integration',
  own_id: null,
  request_id: null,
  external_id: null,
  contract_id: null,
  contract_id_exact: null,
  path_contract_id: null,
  host: null,
  retries_stated: null,
};

const passed: CheckResult = {
  id: 'config.templates',
  item: 'configuration',
  status: 'pass',
  severity: 'blocking',
  title: 'Templates',
  expected: 'one',
  actual: 'one',
  reason: null,
  remedy: null,
  evidence: [],
};

const readyReport = (environment: string, checkedAt: number): Report => ({
  id: `rpt_ready_${environment}`,
  environment,
  production: environment === 'prod',
  verdict: 'ready',
  checkedAt,
  durationMs: 1,
  apiCalls: 0,
  snapshot: null,
  items: [{ id: 'configuration', title: 'Configuration', status: 'pass', checks: [passed] }],
});

/** Writes an empty, migrated database. Returns false without writing when the file exists. */
export async function createDatabase(database: string): Promise<boolean> {
  if (existsSync(database)) return false;
  mkdirSync(dirname(database), { recursive: true });
  writeFileSync(database, await migratedDatabase());
  return true;
}

/** Opens a new database whose migrations ran at this time, epoch ms. It is closed after the test. */
export async function openNewDatabase(file: string, at: number): Promise<Database> {
  await createDatabase(file);
  const db = openDatabase(file);
  onTestFinished(() => db.destroy());
  // The log counts as begun when its tables were created.
  await db.updateTable('migrations').set({ applied_at: at }).execute();
  return db;
}

let migrated: Promise<Buffer> | null = null;

/** The file of an empty database. The migrations run once per process: they take longer than most tests. */
function migratedDatabase(): Promise<Buffer> {
  migrated ??= createMigratedDatabase();
  return migrated;
}

async function createMigratedDatabase(): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'envcheck-'));
  const file = join(folder, 'empty.db');
  const db = openDatabase(file);
  await migrate(db, { now: () => 0 });
  await db.destroy();
  const bytes = readFileSync(file);
  rmSync(folder, { recursive: true });
  return bytes;
}
