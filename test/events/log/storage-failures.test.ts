import BetterSqlite3 from 'better-sqlite3';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { NotRecordedError } from '../../../src/events/log/recorder.ts';
import { limitStorageFailures } from '../../../src/events/log/storage-failures.ts';
import { StoreError } from '../../../src/store/store-error.ts';

function openLog() {
  let now = 0;
  const lines: Record<string, unknown>[] = [];
  const logger = pino(
    { base: null, timestamp: false, hooks: { logMethod: limitStorageFailures({ now: () => now }) } },
    { write: (line) => void lines.push(JSON.parse(line)) },
  );
  const nextMinute = () => {
    now += 60_000;
  };
  return { logger, lines, nextMinute };
}

const full = () => new BetterSqlite3.SqliteError('database or disk is full', 'SQLITE_FULL');

it('a database that does not work is logged once a minute for each kind of line, with the number of those not written', () => {
  const { logger, lines, nextMinute } = openLog();
  const request = logger.child({ reqId: 1 });
  for (let sent = 0; sent < 400; sent += 1)
    request.error(
      { err: new NotRecordedError('SQLITE_FULL', 'disk is full'), requestId: `req_${sent}` },
      'delivery not stored',
    );
  expect(lines).toMatchObject([
    { msg: 'delivery not stored', requestId: 'req_0', err: { code: 'SQLITE_FULL' } },
  ]);
  nextMinute();
  logger.error({ err: new NotRecordedError('SQLITE_FULL', 'disk is full') }, 'delivery not stored');
  logger.error({ err: new NotRecordedError('SQLITE_FULL', 'disk is full') }, 'delivery not stored');
  expect(lines.slice(1)).toMatchObject([{ msg: 'delivery not stored', notLogged: 399 }]);
});

it.each([
  ['a full disk while calls are logged', full(), 'api call not logged', 1],
  ['a lock while a tick writes', new BetterSqlite3.SqliteError('locked', 'SQLITE_BUSY'), 'a tick failed', 1],
  ['a disk that does not write', new BetterSqlite3.SqliteError('i/o', 'SQLITE_IOERR_WRITE'), 'not kept', 1],
  ['a database that was moved', new StoreError('it is not where it was'), 'snapshot not kept', 1],
  ['a wrong statement', new BetterSqlite3.SqliteError('no such column', 'SQLITE_ERROR'), 'not kept', 5],
  ['another error', new Error('a bug'), 'request failed', 5],
])('five lines about %s make the right number of lines', (_, err, message, written) => {
  const { logger, lines } = openLog();
  for (let n = 0; n < 5; n += 1) logger.error({ err, n }, message);
  expect(lines).toHaveLength(written);
  logger.error({ err }, `${message}, of another kind`);
  logger.error({ err, token: 'err_1' }, message);
  logger.error({ err, token: 'err_2' }, message);
  logger.error('a line without an error');
  logger.info({ n: 1 });
  expect(lines).toHaveLength(written + 5);
});
