import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { openCliWorld } from './program.ts';

const reports = [
  {
    name: 'morning',
    cron: '0 9 * * 1-5',
    channel: 'C0GENERAL',
    environments: ['prod', 'uat'],
    when: 'changed',
  },
];

const openWorldWithReport = async () => {
  const world = await openCliWorld();
  world.edit((config: Record<string, unknown>) => {
    config.reports = reports;
  });
  return world;
};

test('report preview shows what the report would post now, and posts nothing', async () => {
  const { run, folder } = await openWorldWithReport();
  const { code, out, err } = await run(['report', 'preview', 'morning']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('morning would post to C0GENERAL now: it is the first one, the baseline.');
  expect(out).toContain('In the channel');
  expect(out).toMatch(/morning: \S+ prod \(production\) .* · \S+ uat /);
  const json = JSON.parse((await run(['report', 'preview', 'MORNING', '--json'])).out);
  expect(json).toMatchObject({ report: 'morning', channel: 'C0GENERAL', posts: true, because: 'baseline' });
  expect(json.messages[0]).toMatchObject({
    place: 'channel',
    text: expect.stringContaining('morning (baseline): prod (production)'),
  });
  const db = openDatabase(join(folder, 'envcheck.db'));
  const rows = await Promise.all([
    db.selectFrom('outbox').selectAll().execute(),
    db.selectFrom('digests').selectAll().execute(),
  ]);
  await db.destroy();
  expect(rows).toEqual([[], []]);
}, 60_000);

test('report test shows every state, each labelled as a test', async () => {
  const { run } = await openWorldWithReport();
  const { code, out, err } = await run(['report', 'test', 'morning']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const labels = out.match(/🧪 Test of morning: /g) ?? [];
  expect(labels).toHaveLength(out.match(/^▌ /gm)?.length ?? 0);
  expect(labels).toHaveLength(9);
  for (const text of [
    'Baseline',
    'Late: planned for',
    '1 new, 1 changed',
    'still open, day 12',
    'Resolved: 2',
    'Accepted: 1 difference',
    'Could not be read',
    'Heartbeat',
    '1 check fails',
    'still failing, day 2',
    'resolved, 1 check passes again',
    'verdict unknown for',
    'prod (production)',
  ])
    expect(out).toContain(text);
}, 60_000);

test('an unknown report is refused with the one that was meant and all that exist', async () => {
  const { run } = await openWorldWithReport();
  const { code, err } = await run(['report', 'preview', 'mornin']);
  expect(code).toBe(64);
  expect(err).toContain('there is no report “mornin”; did you mean morning? There are: morning');
}, 60_000);
