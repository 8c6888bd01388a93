import { expect, it } from 'vitest';
import { createFailureLog } from '../../src/http/failure-log.ts';

it('a full disk is logged ten times a minute for each environment, with the number of requests that were not logged', () => {
  let now = 0;
  const lines: object[] = [];
  const logger = { error: (line: object) => void lines.push(line) };
  const log = createFailureLog({ now: () => now });
  const fail = (environment: string, reason: string, message = 'delivery not stored') =>
    log(logger, new Error(reason), { environment, requestId: `req_${lines.length}` }, message);
  for (let sent = 0; sent < 400; sent += 1) fail('prod', 'disk is full');
  expect(lines).toHaveLength(10);
  expect(lines[0]).toEqual({ err: new Error('disk is full'), environment: 'prod', requestId: 'req_0' });
  fail('uat', 'disk is full');
  fail('prod', 'database is locked');
  fail('prod', 'disk is full', 'reports not stored');
  expect(lines).toHaveLength(13);
  now = 60_000;
  fail('prod', 'disk is full');
  fail('prod', 'disk is full');
  expect(lines.slice(13)).toEqual([
    expect.objectContaining({ environment: 'prod', notLogged: 390 }),
    expect.not.objectContaining({ notLogged: expect.anything() }),
  ]);
});
