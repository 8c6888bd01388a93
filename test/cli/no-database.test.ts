import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { expect, it } from 'vitest';
import { openCliWorld } from './program.ts';

const reading = [
  'find 4711',
  'find 4711 --json',
  'find 4711 --env prod',
  'events prod',
  'events prod --failed --json',
  'failures prod',
  'failures list prod --all',
  'failures acknowledge prod grp_123456 --reason known',
  'export prod --since 30d',
  'export prod --since 30d --what calls --format csv',
  'export prod --since 30d --out out.ndjson',
  'keep',
  'keep 4711 90d --reason incident',
  'history prod',
  'diff prod --since 3d',
  'waivers',
  'waivers list --all --json',
  'waivers revoke wvr_1 --reason over',
  'waivers accept prod config.templates --reason known --until 30d',
  'subscriptions',
  'webhooks list prod',
  'webhooks retrigger prod 4711',
  'report preview morning',
  'replay evt_123456 --to http://localhost:1/',
  'backup copy.db',
];

it('a command that reads the log names the missing database and what to do, and creates none', async () => {
  const { run, folder, spotdraft } = await openCliWorld({ delivered: false });
  const before = readdirSync(folder);
  for (const line of reading) {
    const { code, out, err } = await run(line.split(' '));
    expect({ line, code, out }).toEqual({ line, code: 2, out: '' });
    expect(err, line).toContain(`there is no database ${join(folder, 'envcheck.db')}`);
    expect(err, line).toMatch(/`database` in the config/);
    expect(readdirSync(folder), line).toEqual(before);
  }
  expect(spotdraft.requests).toEqual([]);

  // A database that a slip of the operator made is none either.
  const file = join(folder, 'envcheck.db');
  writeFileSync(file, '');
  expect((await run(['find', '4711'])).err).toContain(`there is no database ${file}`);
  const other = new BetterSqlite3(file);
  other.exec('pragma auto_vacuum = incremental; create table notes (text)');
  other.close();
  const { code, out, err } = await run(['events', 'prod']);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(`${file} is a database, but not Envcheck's`);
});

it('the doctor warns of a missing database and creates none', async () => {
  const { run, folder, edit } = await openCliWorld({ delivered: false });
  edit((config: Record<string, unknown>) => {
    delete config.publicUrl;
  });
  const file = join(folder, 'envcheck.db');
  const { out } = await run(['doctor']);
  expect(out.replace(/\s+/g, ' ')).toContain(
    `! database there is no database ${file}; the next start creates it`,
  );
  expect(existsSync(file)).toBe(false);
});

it('a check creates the database where there is none, and the log can be read afterwards', async () => {
  const { run, folder } = await openCliWorld({ delivered: false });
  await run(['check', 'prod']);
  expect(existsSync(join(folder, 'envcheck.db'))).toBe(true);
  expect((await run(['find', '4711'])).code).toBe(1);
});

it.each(['events prod', 'keep', 'waivers', 'webhooks note prod 77'])(
  '%s tells of a damaged database and what to do, without a stack trace',
  async (line) => {
    const { run, folder } = await openCliWorld();
    const file = join(folder, 'envcheck.db');
    const other = new BetterSqlite3(file);
    other.pragma('wal_checkpoint(truncate)');
    // The schema stays readable, so that the database opens.
    const schema = other
      .prepare<[], { pageno: number }>("select pageno from dbstat('main') where name = 'sqlite_schema'")
      .all();
    const size = other.pragma('page_size', { simple: true }) as number;
    other.close();
    const kept = new Set(schema.map(({ pageno }) => pageno));
    const bytes = readFileSync(file);
    for (let page = 1; page * size <= bytes.length; page += 1)
      if (!kept.has(page)) bytes.fill(0xff, (page - 1) * size, page * size);
    writeFileSync(file, bytes);
    const { code, out, err } = await run(line.split(' '));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^envcheck: .*it is damaged; restore a backup\n$/);
  },
);
