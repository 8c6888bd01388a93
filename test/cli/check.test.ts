import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { there } from '../environment.ts';
import { openCliWorld, repo, secretsOf } from './program.ts';

describe('check', () => {
  it('exits with 0 for ready, 1 for not ready and 2 when it could not tell', async () => {
    const world = await openCliWorld();
    const ready = await world.run(['check', 'PROD']);
    expect(ready).toMatchObject({ code: 0, err: '' });
    expect(ready.out).toMatch(/^✅ prod \(production\): ready\n\d+ passed, \d+ skipped\n/);

    const { activities } = world.configure({ sharedWebhookUrl: true }).environments[0]?.webhooks ?? {};
    expect(activities).toBeDefined();
    const notReady = await world.run(['check', 'prod']);
    expect(notReady.code).toBe(1);
    expect(notReady.out).toMatch(/^❌ prod \(production\): not ready\n\d+ failed, /);

    await world.spotdraft.stop();
    world.configure({ sharedWebhookUrl: false });
    const unknown = await world.run(['check', 'prod']);
    expect(unknown.code).toBe(2);
    expect(unknown.out).toMatch(/^❔ prod \(production\): could not tell\n\d+ unknown, /);
    expect(unknown.out).toContain('connection refused');
  });

  it('prints the checklist in columns, then each failure with expected, found, next step and evidence', async () => {
    const world = await openCliWorld({ whole: true, sharedWebhookUrl: true });
    const { code, out, err } = await world.run(['check', 'prod'], { NO_COLOR: '1' });
    expect(code).toBe(1);
    expect(err).toBe('');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence starts with one
    expect(out).not.toMatch(/\u001b/);
    const table = out.split('\n').filter((line) => /^ {2}[✓✗?!~-] /.test(line));
    expect(table).toHaveLength(6);
    expect(new Set(table.map((line) => line.search(/\d+ (?:passed|failed)/)))).toEqual(new Set([23]));
    const failed = out.split(/\n(?=✗ )/).slice(1);
    expect(failed).toHaveLength(7);
    for (const one of failed) {
      for (const label of ['expected', 'found', 'next'])
        expect(one).toMatch(new RegExp(`^ {4}${label} +\\S`, 'm'));
    }
    expect(failed[0]?.replace(/\s+/g, ' ')).toMatch(
      / evidence GET \/api\/v2\.1\/public\/\S+ → 200, \S+Z, call_\w{26} $/,
    );
    for (const line of out.split('\n').filter((each) => /^ {4}.*\S \S/.test(each)))
      expect(line.length).toBeLessThanOrEqual(80);

    const coloured = await world.run(['check', 'prod'], { FORCE_COLOR: '1' });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence starts with one
    expect(coloured.out).toMatch(/\u001b\[31m✗\u001b\[39m configuration/);
  });

  it('shows the failing answers of a receiver, with their probes as evidence, and the next step', async () => {
    const world = await openCliWorld();
    world.integration.verifiesWith.set('prod', 'uat');
    const { code, out } = await world.run(['check', 'prod'], { NO_COLOR: '1' });
    expect(code).toBe(1);
    const section = out.slice(out.indexOf('✗ Receivers accept')).replace(/\s+/g, ' ');
    expect(section).toMatch(
      /\(webhooks\.receivers\): failed expected receiver crm-sync \(127\.0\.0\.1:\d+\) accepts/,
    );
    expect(section).toMatch(
      / found crm-sync refused the key of prod \(production\): 401 in \d+ ms .* found crm-sync accepted the key of uat: 200 in \d+ ms /,
    );
    expect(section).toContain(
      ' next Give crm-sync the webhook key of prod (production): it verifies with the key of uat ',
    );
    const [own, , , uat] = world.integration.received;
    for (const each of [own, uat]) {
      const { status, headers } = there(each);
      expect(section).toMatch(
        new RegExp(
          `POST 127\\.0\\.0\\.1:\\d+/\\[secret\\] → ${status}, \\S+Z, ${headers['x-envcheck-probe']}`,
        ),
      );
    }
  });

  it('prints only the documented object with --json, and no secret', async () => {
    const world = await openCliWorld({ whole: true });
    const { code, out, err } = await world.run(['check', 'prod', '--json'], { LOG_LEVEL: 'trace' });
    expect(code).toBe(1);
    expect(err).toBe('');
    const report = JSON.parse(out);
    expect(Object.keys(report)).toEqual([
      'environment',
      'verdict',
      'checkedAt',
      'durationMs',
      'apiCalls',
      'snapshot',
      'items',
    ]);
    expect(report).toMatchObject({ environment: 'prod', verdict: 'not_ready', apiCalls: expect.any(Number) });
    expect(new Date(report.checkedAt).toISOString()).toBe(report.checkedAt);
    expect(report.snapshot).toMatch(/^[0-9a-f]{64}$/);
    const checks = report.items.flatMap((item: { checks: object[] }) => item.checks);
    expect(checks.length).toBeGreaterThan(20);
    for (const item of report.items) expect(Object.keys(item)).toEqual(['id', 'title', 'status', 'checks']);
    for (const check of checks)
      expect(Object.keys(check)).toEqual([
        'id',
        'status',
        'severity',
        'title',
        'expected',
        'actual',
        'reason',
        'remedy',
        'evidence',
      ]);
    const evidence = checks.flatMap((check: { evidence: object[] }) => check.evidence);
    expect(evidence.length).toBeGreaterThan(10);
    for (const source of evidence)
      expect(Object.keys(source)).toEqual(['method', 'path', 'status', 'at', 'callId']);
    for (const secret of secretsOf(world.env)) expect(out + err).not.toContain(secret);
  });

  it('exits with 64 for an unknown environment and suggests the name that was meant', async () => {
    const world = await openCliWorld();
    const { code, out, err } = await world.run(['check', 'prd']);
    expect({ code, out }).toEqual({ code: 64, out: '' });
    expect(err).toBe(
      'envcheck: there is no environment “prd”; did you mean prod? The config has: uat, prod\n',
    );
    expect(world.spotdraft.requests).toEqual([]);
  });

  it('shows its progress on a terminal', async (ctx) => {
    if (spawnSync('/usr/bin/env', ['script', '--version']).status !== 0)
      ctx.skip('no script(1) of util-linux to give a terminal');
    const world = await openCliWorld({ whole: true });
    world.edit((config: Record<string, unknown>) => {
      config.limits = { requestsPerSecond: 10 };
    });
    const command = `${process.execPath} ${join(repo, 'src/cli.ts')} check prod`;
    const child = spawn('/usr/bin/env', ['script', '-qec', command, '/dev/null'], {
      cwd: world.folder,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, TERM: 'xterm', ...world.env },
    });
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(1);
    const seen = [...out.matchAll(/Reading prod \(production\): (\d+) of (\d+) \(\d+ s\)/g)];
    expect(seen.length).toBeGreaterThan(5);
    expect(Number(seen.at(-1)?.[1])).toBeGreaterThan(5);
    // The progress line is erased before the report begins.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence starts with one
    expect(out).toMatch(/\r\u001b\[2K\S*❌ prod \(production\): not ready/);
  });
});
