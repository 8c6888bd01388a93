import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { find } from '../../../src/events/find/find.ts';
import type { FindResult } from '../../../src/events/find/result.ts';
import { callSchema, toCall } from '../../../src/events/intake/call.ts';
import { outcomeSchema, toOutcome } from '../../../src/events/intake/outcome.ts';
import { prepareDelivery } from '../../../src/events/log/prepare-delivery.ts';
import { type Database, openDatabase } from '../../../src/store/database.ts';
import { openEventLogWriter } from '../../../src/store/event-log.ts';
import { createDatabase } from '../../event-log.ts';

export const at = Date.UTC(2026, 10, 30, 9);
export const iso = (ms: number): string => new Date(ms).toISOString();

/** The body of one event, which happened at `at` unless `occurred` says otherwise. */
export const act = (contract: unknown, activity = 'CONTRACT_EXECUTED', occurred = at, more: object = {}) => ({
  activity,
  contract_id: contract,
  activity_data: { timestamp: iso(occurred) },
  ...more,
});

export interface BlameLog {
  db: Database;
  /** Stores a verified delivery as a receiver does. Returns the id of its event. */
  deliver(body: unknown, how?: { eventId?: string; environment?: string; receivedAt?: number }): string;
  /** Stores reports as the intake reads them. */
  calls(...lines: object[]): void;
  outcomes(...lines: object[]): void;
  find(id: string, environment?: string | null): Promise<FindResult>;
  answer(id: string): Promise<string>;
  close(): Promise<void>;
}

const rules = {
  environment: 'prod',
  payloads: 'full' as const,
  keepMs: 90 * 86_400_000,
  clock: { now: () => at },
};

/** A log without a server, filled through the code that receivers and intake use. */
export async function openBlameLog(): Promise<BlameLog> {
  const folder = mkdtempSync(join(tmpdir(), 'envcheck-'));
  const file = join(folder, 'log.db');
  await createDatabase(file);
  const [log, db] = [openEventLogWriter(file), openDatabase(file)];
  let count = 0;
  const line = (given: object) => {
    count += 1;
    return { id: `own-${count}`, at: iso(at + 60_000 + count), ...given };
  };
  const ask = (id: string, environment: string | null = null) =>
    find(
      db,
      { id, environment },
      {
        keepMs: rules.keepMs,
        now: at,
        environments: [
          { name: 'uat', production: false },
          { name: 'prod', production: true },
        ],
        pairs: [],
      },
    );
  return {
    db,
    deliver(body, { eventId, environment = 'prod', receivedAt = at + 1_000 } = {}) {
      count += 1;
      const prepared = prepareDelivery(
        {
          environment,
          receivedAt,
          requestId: `req_blame${count}`,
          source: '127.0.0.1',
          rejection: null,
          signedWith: null,
          headerEventId: eventId ?? null,
          body: Buffer.from(JSON.stringify(body)),
        },
        { payloads: 'redacted', eventIdFields: {} },
      );
      log.write([prepared]);
      return prepared.event?.id ?? '';
    },
    calls: (...lines) => {
      const schema = callSchema(rules);
      log.reported.calls(lines.map((each) => toCall(schema.parse(line(each)), rules)));
    },
    outcomes: (...lines) => {
      const schema = outcomeSchema(rules);
      log.reported.outcomes(lines.map((each) => toOutcome(schema.parse(line(each)), rules)));
    },
    find: ask,
    answer: async (id) => (await ask(id)).answer,
    async close() {
      log.close();
      await db.destroy();
      rmSync(folder, { recursive: true });
    },
  };
}
