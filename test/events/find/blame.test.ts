import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { up as contractsInPaths } from '../../../migrations/0018-contracts-in-paths.ts';
import { contractInPath } from '../../../src/spotdraft/contract-id.ts';
import { act, type BlameLog, openBlameLog } from './blame-log.ts';

let log: BlameLog;
beforeAll(async () => {
  log = await openBlameLog();
  // A log that is not empty, so that no answer says so.
  log.deliver(act(1));
});
afterAll(() => log.close());

/** Paths of calls, and the number of the contract that each names. */
const paths: [path: string, contract: number | null][] = [
  ['/contracts/4711/', 4711],
  ['/api/v2.1/public/contracts/4712/status?page=2', 4712],
  ['https://api.us.spotdraft.com/api/v2.1/public/contracts/T-4713', 4713],
  ['/contracts/h-4714?x=1', 4714],
  ['/contracts/v2/4715', 4715],
  ['/CONTRACTS/T-4716X/', 4716],
  ['/api/v2.1/public/contracts/?page=1&filter__contract_id=T-4717', 4717],
  ['/contracts/', null],
  ['/contracts/upload/', null],
  ['/contracts/webhooks/4718/', null],
  ['/contracts/4719-draft', null],
  ['/contracts/0/', null],
  ['/templates/4720/', null],
  ['/contracts/1234567890123456/', null],
];

describe('a reported call that names its contract in its path alone', () => {
  it.each(paths)('%s names %s', (path, contract) => {
    expect(contractInPath(path)).toBe(contract);
  });

  it('is found by the number, and its answer leaves no call out', async () => {
    log.calls(
      { method: 'GET', path: '/contracts/4711/', status: 200, requestId: 'crm-17' },
      { method: 'POST', path: '/api/v2.1/public/contracts/4712/send', status: 500, requestId: 'crm-18' },
      { method: 'GET', path: 'https://api.us.spotdraft.com/contracts/T-4713/', status: 404 },
      { method: 'GET', path: '/contracts/?filter__contract_id=4717', status: null, code: 'ETIMEDOUT' },
    );
    const none = 'no webhook of it is in the log.';
    expect(await log.answer('4711')).toBe(
      `Your integration’s call GET /contracts/4711/ was answered 200 (request crm-17); ${none}`,
    );
    expect(await log.answer('crm-17')).toBe(await log.answer('4711'));
    expect(await log.answer('4712')).toContain('contracts/4712/send was answered 500 (request crm-18)');
    expect(await log.answer('T-4713')).toContain('was answered 404');
    expect(await log.answer('4717')).toContain('got no answer (ETIMEDOUT)');
  });

  it('explains an event of its contract, and a contract that the report gives wins over the path', async () => {
    log.deliver(act(4730));
    log.calls(
      { method: 'PUT', path: '/contracts/4730/fields', status: 422, at: '2026-11-20T00:00:00Z' },
      { method: 'GET', path: '/contracts/4731/', status: 500, contractId: 4732 },
    );
    expect(await log.answer('4730')).toMatch(/arrived and was verified; your integration’s call PUT .* 422/);
    expect(await log.find('4731')).toMatchObject({ found: false });
    expect(await log.answer('4732')).toContain('GET /contracts/4731/ was answered 500');
  });

  it('gets the number in rows of an earlier version, too', async () => {
    const { db } = log;
    const rows = paths.map(([path], index) => ({
      call_id: `call_old${index}`,
      environment: 'prod',
      at: 1,
      method: 'GET',
      path: path.replace(/^https:\/\/[^/]*/, ''),
      status: 200,
      attempts: 1,
      duration_ms: 1,
      failure: null,
      reporter: 'integration' as const,
    }));
    await db.insertInto('api_calls').values(rows).execute();
    await contractsInPaths(db as never);
    const stored = await sql<{ contract_id: number | null; contract_id_exact: number | null }>`
      select contract_id, contract_id_exact from api_calls where call_id like 'call_old%' order by rowid`.execute(
      db,
    );
    expect(stored.rows).toEqual(
      paths.map(([, id]) => ({ contract_id: id, contract_id_exact: id === null ? null : 0 })),
    );
  });
});
