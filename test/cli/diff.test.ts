import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Workspace } from '../../sandbox/spotdraft/workspace.ts';
import { openDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { saveSnapshot } from '../../src/store/snapshots.ts';
import { systemClock } from '../../src/time/clock.ts';
import { openCliWorld, secretsOf } from './program.ts';

const run = async (args: string[]) => {
  const world = await openCliWorld();
  return { ...world, ended: await world.run(args, { NO_COLOR: '1' }) };
};

describe('diff', () => {
  it('prints counts and the next step, then each difference with its path, heaviest first', async () => {
    const { ended } = await run(['diff', 'uat', 'PROD']);
    expect(ended).toMatchObject({ code: 1, err: '' });
    const lines = ended.out.split('\n');
    expect(lines[0]).toBe('❌ uat → prod (production): different');
    expect(lines[1]).toMatch(/^\d+ differences: \d+ breaking, 1 risky$/);
    expect(ended.out.replace(/\s+/g, ' ')).toContain(
      'Next: npm run -s envcheck -- plan uat prod lists what to create or change in prod (production)',
    );
    expect(ended.out).toMatch(/^ {4}templates\/Order Form - Standard +only in uat$/m);
    expect(ended.out).toMatch(
      /^ {4}contractTypes\/Order Form\/intakeFields\/payment_terms\/options\/Net 60\/value +Net 60 → net-60$/m,
    );
    expect(ended.out).toMatch(/^! risky\n {4}workflows\/Order Form\/unpublishedChanges +false → true$/m);
    const column = lines.filter((line) => /^ {4}\S.*(?:only in uat|→)/.test(line));
    expect(column.length).toBeGreaterThan(2);
    expect(ended.out.indexOf('✗ breaking')).toBeLessThan(ended.out.indexOf('! risky'));
  });

  it('prints only the documented object with --json', async () => {
    const { ended, env } = await run(['diff', 'uat', 'prod', '--json']);
    expect(ended.code).toBe(1);
    const result = JSON.parse(ended.out);
    expect(Object.keys(result)).toEqual(['left', 'right', 'same', 'differences', 'unknown']);
    expect(result).toMatchObject({ left: 'uat', right: 'prod', same: false, unknown: [] });
    for (const difference of result.differences)
      expect(Object.keys(difference)).toEqual(['path', 'kind', 'weight', 'left', 'right', 'waived']);
    expect(
      result.differences.find(({ path }: { path: string }) => path === 'templates/Order Form - Standard'),
    ).toMatchObject({
      kind: 'missing',
      weight: 'breaking',
      left: { contractType: 'Order Form' },
      right: null,
    });
    for (const secret of secretsOf(env)) expect(ended.out + ended.err).not.toContain(secret);
  });

  it('exits with 0 when nothing differs and with 2 when it could not tell', async () => {
    const world = await openCliWorld();
    Object.assign(world.prod, { ...world.uat, ...identityOf(world.prod) });
    const same = await world.run(['diff', 'uat', 'prod']);
    expect(same).toMatchObject({ code: 0, err: '' });
    expect(same.out).toBe('✅ uat → prod (production): the same\nno differences\n');
    world.spotdraft.faults.add({
      workspace: 'prod',
      operation: 'roles',
      fault: { kind: 'status', status: 403 },
    });
    const unknown = await world.run(['diff', 'uat', 'prod']);
    expect(unknown.code).toBe(2);
    expect(unknown.out).toMatch(
      /^❔ uat → prod \(production\): could not tell\nno differences; 1 place could not be/,
    );
    expect(unknown.out).toContain('roles: it could not be read in prod (production) (forbidden)');
    const json = JSON.parse((await world.run(['diff', 'uat', 'prod', '--json'])).out);
    expect(json).toMatchObject({ same: false, differences: [], unknown: [{ path: 'roles' }] });
  });

  it('compares an environment with its past, and history shows when it changed', async () => {
    const world = await openCliWorld();
    const none = await world.run(['diff', 'prod', '--since', 'yesterday', '--json']);
    expect(none.code).toBe(2);
    expect(JSON.parse(none.out).unknown[0].reason).toMatch(
      /^there is no snapshot of prod \(production\) yet/,
    );
    expect((await world.run(['history', 'prod'])).out).toMatch(/^prod \(production\) has no snapshots yet\./);

    await world.run(['diff', 'uat', 'prod']);
    const before = new Date().toISOString();
    world.prod.roles.pop();
    const changed = await world.run(['diff', 'prod', '--since', before]);
    expect(changed.code).toBe(1);
    expect(changed.out).toMatch(
      /^❌ prod \(production\) since 20\S+Z: different\n1 difference: 1 breaking\n/,
    );
    expect(changed.out).toMatch(/^ {4}roles\/NA Sales +gone$/m);

    const { out, code } = await world.run(['history', 'prod', '--json']);
    expect(code).toBe(0);
    const history = JSON.parse(out);
    expect(Object.keys(history)).toEqual(['environment', 'readings', 'firstAt', 'lastAt', 'changes']);
    expect(history).toMatchObject({ environment: 'prod', readings: 2, changes: [{}] });
    expect(Object.keys(history.changes[0])).toEqual(['at', 'notBefore', 'from', 'to', 'differences']);
    const text = (await world.run(['history', 'prod'], { NO_COLOR: '1' })).out;
    expect(text).toMatch(/^prod \(production\): 1 change\n2 readings, /);
    expect(text).toMatch(/^ {4}✗ breaking {2}roles\/NA Sales {2}gone$/m);
    const byHash = await world.run(['diff', 'prod', '--since', history.changes[0].to.slice(0, 8)]);
    expect(byHash.code).toBe(0);
  });

  it('names the oldest snapshot as the next step when --since is before it', async () => {
    const world = await openCliWorld();
    const never = await world.run(['diff', 'prod', '--since', '3d'], { NO_COLOR: '1' });
    expect(never.code).toBe(2);
    expect(never.out.replace(/\s+/g, ' ')).toContain(
      'Next: npm run -s envcheck -- check prod takes the first snapshot',
    );
    await world.run(['check', 'prod']);
    const early = await world.run(['diff', 'prod', '--since', '3d'], { NO_COLOR: '1' });
    expect(early.code).toBe(2);
    const text = early.out.replace(/\s+/g, ' ');
    const since = /Next: npm run -s envcheck -- diff prod --since (\S+) goes back/.exec(text)?.[1] ?? '';
    expect(text).not.toContain('doctor');
    expect((await world.run(['diff', 'prod', '--since', since])).out).not.toContain('there is no snapshot');
  });

  it('refuses sides that cannot be compared and says what to give', async () => {
    const world = await openCliWorld();
    const cases: [string[], RegExp][] = [
      [['diff', 'prod'], /give two environments, or one and --since: diff uat prod/],
      [['diff', 'uat', 'prod', '--since', '3d'], /give two environments, or one and --since/],
      [['diff', 'prod', 'prod'], /both sides are prod; to compare it with its past: diff prod --since 3d/],
      [['diff', 'uat', 'prd'], /did you mean prod\?/],
      [['diff', 'prod', '--since', 'last week'], /--since “last week”: give a duration back from now/],
    ];
    for (const [args, message] of cases) {
      const ended = await world.run(args);
      expect(ended).toMatchObject({ code: 64, out: '' });
      expect(ended.err).toMatch(message);
    }
    expect(world.spotdraft.requests).toEqual([]);
  });
});

/** The properties that a workspace keeps when it is configured like another. */
const identityOf = ({ key, workspaceId, clientId, clientSecret, hmacKey }: Workspace) => ({
  key,
  workspaceId,
  clientId,
  clientSecret,
  hmacKey,
});

describe('history', () => {
  it('shows twenty changes and counts the older ones; --json shows all unless --limit is given', async () => {
    const world = await openCliWorld();
    const db = openDatabase(world.env.DATABASE_URL ?? world.configure({ sharedWebhookUrl: false }).database);
    await migrate(db, systemClock);
    const start = Date.now() - 60_000_000;
    for (let index = 0; index <= 25; index += 1) {
      const content = { host: 'h', roles: { known: Array.from({ length: index }, (_, at) => `Role ${at}`) } };
      await saveSnapshot(db, 'prod', start + index * 1_000, {
        hash: String(index).padStart(64, '0'),
        content,
      } as never);
    }
    await db.destroy();
    const run = async (...args: string[]) => world.run(['history', 'prod', ...args], { NO_COLOR: '1' });
    const text = (await run()).out;
    expect(text).toMatch(/^prod \(production\): 25 changes\n26 readings/);
    expect(text.match(/, snapshot /g)).toHaveLength(20);
    expect(text.indexOf('roles/Role 24')).toBeLessThan(text.indexOf('roles/Role 23'));
    expect(text).toContain('5 older changes not shown: npm run -s envcheck -- history prod --limit 25\n');
    expect((await run('--limit', '25')).out).not.toContain('not shown');
    expect((await run('--limit', '2')).out).toContain('23 older changes not shown');
    expect(JSON.parse((await run('--json')).out).changes).toHaveLength(25);
    expect(JSON.parse((await run('--json', '--limit', '3')).out).changes).toHaveLength(3);
    const wrong = await run('--limit', 'none');
    expect(wrong).toMatchObject({ code: 64, out: '' });
    expect(wrong.err).toContain('--limit “none” is not a whole number above 0');
  });

  it('writes its chart over an older one, but never over the database', async () => {
    const world = await openCliWorld();
    await world.run(['check', 'prod']);
    const file = join(world.folder, 'trend.png');
    writeFileSync(file, 'an older chart');
    const ended = await world.run(['history', 'prod', '--png', 'trend.png', '--json']);
    expect(ended.code).toBe(0);
    expect(JSON.parse(ended.out)).toMatchObject({ environment: 'prod', readings: 1 });
    expect(ended.err).toMatch(/trend\.png: prod \(production\), .* not checked on 29\./);
    expect(readFileSync(file).subarray(1, 4).toString()).toBe('PNG');
    const { database } = world.configure({ sharedWebhookUrl: false });
    const refused = await world.run(['history', 'prod', '--png', database]);
    expect(refused).toMatchObject({ code: 64, out: '' });
    expect(refused.err).toContain('is the database itself; name another file');
    expect(
      (await world.run(['history', 'prod', '--png', join(world.folder, 'no/such/x.png')])).err,
    ).toContain('cannot be written');
  });
});
