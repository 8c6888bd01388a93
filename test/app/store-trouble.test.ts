import { spawn } from 'node:child_process';
import { once } from 'node:events';
import BetterSqlite3 from 'better-sqlite3';
import { expect, it } from 'vitest';
import { GENERAL, openScene, reportAnywhere, withOwnWebhooks } from '../slack/scene.ts';

const HELD_MS = 1_500;

/** The script of another process that locks the whole database, as an administrator's shell does. */
const holder = (file: string): string => `
  import Database from 'better-sqlite3';
  const database = new Database(${JSON.stringify(file)});
  database.exec('begin exclusive');
  console.log('held');
  setTimeout(() => { database.exec('commit'); database.close(); }, ${HELD_MS});
`;

it('a check loses nothing when another process locks the database for a moment', async (ctx) => {
  const scene = await openScene(ctx, { latencyMs: 400, adjust: withOwnWebhooks });
  const { slack, spotdraft } = scene;
  await slack.command({ text: 'prod' });
  await slack.waitFor(() => spotdraft.requests.length > 0);
  const other = spawn(process.execPath, ['--input-type=module', '-e', holder(scene.config.database)]);
  const ended = once(other, 'close');
  await once(other.stdout, 'data');
  const report = await reportAnywhere(scene, GENERAL, 20_000);
  expect(report.text).toMatch(/^✅ prod \(production\): ready\./);
  expect(await ended).toEqual([0, null]);
  expect(scene.logs.filter(({ level }) => Number(level) >= 50)).toEqual([]);
  const database = new BetterSqlite3(scene.config.database, { readonly: true });
  const count = (table: string) => database.prepare(`select count(*) as n from ${table}`).get();
  expect(count('reports')).toEqual({ n: 1 });
  expect(count('snapshot_readings')).toEqual({ n: 1 });
  const own = "api_calls where reporter = 'envcheck'";
  expect(count(own)).toEqual({ n: spotdraft.requests.length });
  database.close();
});
