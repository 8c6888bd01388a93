import { expect, it, onTestFinished } from 'vitest';
import { startWorld } from '../../sandbox/world.ts';
import { createRecorder } from '../../src/events/log/recorder.ts';
import { openNewDatabase } from '../event-log.ts';
import { run as runProgram } from './program.ts';

/** Fills a log with five events of production, one of them delivered twice. */
async function logWithEvents(): Promise<NodeJS.ProcessEnv> {
  const world = await startWorld({});
  onTestFinished(() => world.stop());
  const config = world.configure({ sharedWebhookUrl: false });
  const db = await openNewDatabase(config.database, 0);
  await db.destroy();
  const recorder = createRecorder({
    database: config.database,
    options: { payloads: 'redacted', eventIdFields: {} },
  });
  for (const contract of [1, 2, 3, 4, 5, 5])
    await recorder.record({
      environment: 'prod',
      receivedAt: Date.now(),
      requestId: `request-${contract}`,
      source: '127.0.0.1',
      rejection: null,
      signedWith: null,
      headerEventId: null,
      body: Buffer.from(
        JSON.stringify({
          activity: contract === 3 ? 'CONTRACT_VOIDED' : 'CONTRACT_CREATED',
          contract_id: contract,
        }),
      ),
    });
  await recorder.close();
  return { ...world.environment, ENVCHECK_CONFIG: config.file };
}

const run = (args: string[], env: NodeJS.ProcessEnv) => runProgram(['events', ...args], { env });
const contractsOf = (out: string) =>
  JSON.parse(out).events.map((event: { contractId: number }) => event.contractId);

it('events are listed newest first, page by page, and each once', async () => {
  const env = await logWithEvents();
  const first = await run(['prod', '--json', '--limit', '2'], env);
  expect(first).toMatchObject({ code: 0, err: '' });
  const page = JSON.parse(first.out);
  expect(Object.keys(page)).toEqual(['environment', 'events', 'next', 'leftOut']);
  expect(page.leftOut).toEqual({ events: 3 });
  expect(contractsOf(first.out)).toEqual([5, 4]);
  expect(page.events[0].deliveries.map(({ duplicate }: { duplicate: boolean }) => duplicate)).toEqual([
    false,
    true,
  ]);
  const second = await run(['prod', '--json', '--limit', '2', '--after', page.next], env);
  expect(contractsOf(second.out)).toEqual([3, 2]);
  const last = await run(['prod', '--json', '--limit', '2', '--after', JSON.parse(second.out).next], env);
  expect(contractsOf(last.out)).toEqual([1]);
  expect(JSON.parse(last.out)).toMatchObject({ next: null, leftOut: {} });
  const text = await run(['prod', '--limit', '2', '--after', page.next], env);
  expect(text.out).toMatch(/^prod \(production\): 2 of 5 events, newest first\n/);
  expect(text.out).toMatch(/More: --after \S+ \(1 older\)/);
});

it('events are filtered by activity and time, and an empty list says what the log has instead', async () => {
  const env = await logWithEvents();
  expect(contractsOf((await run(['prod', '--json', '--activity', 'contract_voided'], env)).out)).toEqual([3]);
  expect(contractsOf((await run(['prod', '--json', '--since', '1h'], env)).out)).toHaveLength(5);
  expect((await run(['prod'], env)).out).toContain('prod (production): 5 events, newest first');
  expect(
    (await run(['prod', '--since', '2026-11-01T09:00'], { ...env, TZ: 'America/New_York' })).out,
  ).toContain('prod (production): 5 events since 2026-11-01 09:00 UTC, newest first');
  expect((await run(['prod', '--since', '2999-01-01'], env)).out).toMatch(
    /^No events in prod \(production\) since 2999.*The newest event arrived \d{4}-.*The log keeps 90 days/,
  );
  expect((await run(['uat', '--activity', 'CONTRACT_SIGNED'], env)).out).toMatch(
    /^No CONTRACT_SIGNED in uat\. None was ever received\./,
  );
});

it('a wrong filter is refused and the message says what is allowed', async () => {
  const env = await logWithEvents();
  const cases: [string[], RegExp][] = [
    [['--since', 'yesterday-ish'], /--since “yesterday-ish” is not a time: give a duration/],
    [
      ['--since', '2026-02-30'],
      /--since “2026-02-30” is not a time: there is no day 30 in 2026-02: 01 to 28\n/,
    ],
    [
      ['--since', '2026-11-30T24:61'],
      /--since “2026-11-30T24:61” is not a time: there is no hour 24: 00 to 23\n/,
    ],
    [['--activity', 'CONTRACT_EXECUTD'], /did you mean CONTRACT_EXECUTED\?/],
    [['--limit', '0'], /--limit “0” is not a whole number from 1 to 1000/],
    [['--after', 'x'], /--after “x” is not the end of a page/],
  ];
  for (const [args, message] of cases) {
    const ended = await run(['prod', ...args], env);
    expect(ended.code).toBe(64);
    expect(ended.err).toMatch(message);
    expect(ended.out).toBe('');
  }
});

it('a period has a start and an end, each also as a time of today, and the end is stated', async () => {
  const env = await logWithEvents();
  const all = await run(['prod', '--since', '90m', '--until', '2999-01-01'], env);
  expect(all.out).toContain('5 events since');
  expect(all.out).toContain('until 2999-01-01 00:00 UTC, newest first');
  expect(contractsOf((await run(['prod', '--since', '3d', '--until', '90m', '--json'], env)).out)).toEqual(
    [],
  );
  const before = await run(['prod', '--until', '90m', '--failed'], env);
  expect(before.out).toMatch(/^Nothing refused and no failed outcome in prod \(production\) until \d{4}-/);
  expect(contractsOf((await run(['prod', '--since', '00:00', '--json'], env)).out)).toEqual([5, 4, 3, 2, 1]);
  const backwards = await run(['prod', '--since', '1m', '--until', '90m'], env);
  expect(backwards).toMatchObject({ code: 64, err: expect.stringContaining('is not before --until') });
});
