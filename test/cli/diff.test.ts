import { describe, expect, it } from 'vitest';
import type { Workspace } from '../../src/sandbox/spotdraft/workspace.ts';
import { openWorkplace, secretsOf } from './program.ts';

/** Production as its simulated workspace is on the day before go-live. */
const run = async (args: string[]) => {
  const workplace = await openWorkplace();
  return { ...workplace, ended: await workplace.run(args, { NO_COLOR: '1' }) };
};

describe('diff', () => {
  it('says counts first, then each difference with its path, the heaviest first, and the next step', async () => {
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

  it('with --json prints exactly the agreed object', async () => {
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

  it('ends with 0 where nothing differs and with 2 where that cannot be told', async () => {
    const workplace = await openWorkplace();
    Object.assign(workplace.prod, { ...workplace.uat, ...identityOf(workplace.prod) });
    const same = await workplace.run(['diff', 'uat', 'prod']);
    expect(same).toMatchObject({ code: 0, err: '' });
    expect(same.out).toBe('✅ uat → prod (production): the same\nno differences\n');
    workplace.spotdraft.faults.add({
      workspace: 'prod',
      operation: 'roles',
      fault: { kind: 'status', status: 403 },
    });
    const unknown = await workplace.run(['diff', 'uat', 'prod']);
    expect(unknown.code).toBe(2);
    expect(unknown.out).toMatch(
      /^❔ uat → prod \(production\): could not tell\nno differences; 1 place could not be/,
    );
    expect(unknown.out).toContain('roles: it could not be read in prod (production) (forbidden)');
    const json = JSON.parse((await workplace.run(['diff', 'uat', 'prod', '--json'])).out);
    expect(json).toMatchObject({ same: false, differences: [], unknown: [{ path: 'roles' }] });
  });

  it('compares an environment with what it was, and history tells when it became so', async () => {
    const workplace = await openWorkplace();
    const none = await workplace.run(['diff', 'prod', '--since', 'yesterday', '--json']);
    expect(none.code).toBe(2);
    expect(JSON.parse(none.out).unknown[0].reason).toMatch(
      /^there is no snapshot of prod \(production\) yet/,
    );
    expect((await workplace.run(['history', 'prod'])).out).toMatch(/^prod \(production\) was never read\./);

    await workplace.run(['diff', 'uat', 'prod']);
    const before = new Date().toISOString();
    workplace.prod.roles.pop();
    const changed = await workplace.run(['diff', 'prod', '--since', before]);
    expect(changed.code).toBe(1);
    expect(changed.out).toMatch(
      /^❌ prod \(production\) since 20\S+Z: different\n1 difference: 1 breaking\n/,
    );
    expect(changed.out).toMatch(/^ {4}roles\/NA Sales +gone$/m);

    const { out, code } = await workplace.run(['history', 'prod', '--json']);
    expect(code).toBe(0);
    const history = JSON.parse(out);
    expect(Object.keys(history)).toEqual(['environment', 'readings', 'firstAt', 'lastAt', 'changes']);
    expect(history).toMatchObject({ environment: 'prod', readings: 2, changes: [{}] });
    expect(Object.keys(history.changes[0])).toEqual(['at', 'notBefore', 'from', 'to', 'differences']);
    const text = (await workplace.run(['history', 'prod'], { NO_COLOR: '1' })).out;
    expect(text).toMatch(/^prod \(production\): 1 change\n2 readings, /);
    expect(text).toMatch(/^ {4}✗ breaking {2}roles\/NA Sales {2}gone$/m);
    const byHash = await workplace.run(['diff', 'prod', '--since', history.changes[0].to.slice(0, 8)]);
    expect(byHash.code).toBe(0);
  });

  it('refuses what cannot be compared, with what can', async () => {
    const workplace = await openWorkplace();
    const cases: [string[], RegExp][] = [
      [['diff', 'prod'], /give two environments, or one and --since: diff uat prod/],
      [['diff', 'uat', 'prod', '--since', '3d'], /give two environments, or one and --since/],
      [['diff', 'prod', 'prod'], /prod is the same on both sides; diff prod --since 3d compares in time/],
      [['diff', 'uat', 'prd'], /did you mean prod\?/],
      [['diff', 'prod', '--since', 'last week'], /--since “last week”: give a duration back from now/],
    ];
    for (const [args, words] of cases) {
      const ended = await workplace.run(args);
      expect(ended).toMatchObject({ code: 64, out: '' });
      expect(ended.err).toMatch(words);
    }
    expect(workplace.spotdraft.requests).toEqual([]);
  });
});

/** What stays with a workspace when it is set up like another. */
const identityOf = ({ key, workspaceId, clientId, clientSecret, hmacKey }: Workspace) => ({
  key,
  workspaceId,
  clientId,
  clientSecret,
  hmacKey,
});
