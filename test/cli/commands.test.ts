import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openCliWorld, repo, run, secretsOf } from './program.ts';

const TRACE = /\n\s+at |file:\/\/|node:internal/;

describe('wrong usage', () => {
  it('is told with 64 and what was probably meant, without a stack trace', async () => {
    const results = await Promise.all([
      run(['chekc']),
      run(['check']),
      run(['check', 'prod', '--jsno']),
      run([]),
    ]);
    expect(results.map(({ code }) => code)).toEqual([64, 64, 64, 64]);
    const [command, argument, option] = results;
    expect(command?.err).toMatch(/unknown command 'chekc'[\s\S]*Did you mean check\?/);
    expect(argument?.err).toContain("missing required argument 'environment'");
    expect(option?.err).toMatch(/unknown option '--jsno'[\s\S]*Did you mean --json\?/);
    for (const { err, out } of results) {
      expect(err).not.toMatch(TRACE);
      expect(out).toBe('');
    }
  });

  it('never arises from asking for help, which lists commands and exit codes', async () => {
    const { code, out, err } = await run(['--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const command of ['check', 'config', 'doctor', 'migrate', 'start', 'demo'])
      expect(out).toMatch(new RegExp(`^  ${command} `, 'm'));
    for (const meaning of [
      '0 ready',
      '1 not ready',
      '2 could not tell',
      '64 wrong usage',
      '78 wrong configuration',
    ])
      expect(out).toContain(meaning);
    expect((await run(['check', '--help'])).code).toBe(0);
  });
});

describe('a wrong config', () => {
  it.each([['check', 'prod'], ['config', 'check'], ['migrate'], ['doctor'], ['start']])(
    'ends %s %s with 78 and every problem, without a stack trace',
    async (...args) => {
      const world = await openCliWorld();
      writeFileSync(
        join(world.folder, 'envcheck.yaml'),
        'environments:\n  prod:\n    region: eu-west\n    credentials: { clientId: { env: NOWHERE }, clientSecret: plain }\n',
      );
      const { code, out, err } = await world.run(args.filter((arg) => typeof arg === 'string'));
      expect({ code, out }).toEqual({ code: 78, out: '' });
      for (const path of ['region', 'clientId', 'clientSecret']) expect(err).toContain(path);
      expect(err).not.toMatch(TRACE);
    },
  );

  it('that is not there is told with its name and what to do', async () => {
    const { code, err } = await run(['check', 'prod', '--config', 'nowhere.yaml']);
    expect(code).toBe(78);
    expect(err).toContain('nowhere.yaml');
    expect(err).not.toMatch(TRACE);
  });
});

it('config check says that all is well, and config schema prints a JSON schema', async () => {
  const world = await openCliWorld({ delivered: false });
  const checked = await world.run(['config', 'check']);
  expect(checked).toMatchObject({ code: 0, err: '' });
  expect(checked.out).toContain('is valid. Environments: uat, prod (production).');
  expect(existsSync(join(world.folder, 'envcheck.db'))).toBe(false);

  const { code, out } = await run(['config', 'schema']);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ type: 'object', properties: { environments: expect.anything() } });
});

it('migrate brings the database up to date, once', async () => {
  const world = await openCliWorld({ delivered: false });
  const first = await world.run(['migrate']);
  expect(first).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/ran 0001-/) });
  const second = await world.run(['migrate']);
  expect(second).toMatchObject({ code: 0, out: expect.stringContaining('is up to date') });

  const database = new BetterSqlite3(join(world.folder, 'envcheck.db'));
  database.exec("insert into migrations values ('9999-later', 0)");
  database.close();
  const newer = await world.run(['migrate']);
  expect(newer).toMatchObject({ code: 2, err: expect.stringContaining('written by a newer Envcheck') });
  expect(newer.err).not.toMatch(TRACE);
});

describe('doctor', () => {
  it('says what works, what does not and what to do, and shows no secret', async () => {
    const world = await openCliWorld();
    world.edit((config: Record<string, unknown>) => {
      delete config.publicUrl;
    });
    const well = await world.run(['doctor']);
    expect(well).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^Everything works\./) });
    for (const part of ['configuration', 'database', 'Slack bot token', 'Slack app token', 'SpotDraft uat'])
      expect(well.out).toMatch(new RegExp(`^✓ +${part}`, 'm'));
    expect(well.out).toContain('SpotDraft prod (production)');

    const wrong = {
      SLACK_BOT_TOKEN: 'xoxb-canary-wrong',
      SPOTDRAFT_PROD_CLIENT_SECRET: 'canary-wrong-secret',
    };
    const ill = await world.run(['doctor'], wrong);
    expect(ill.code).toBe(1);
    expect(ill.out).toMatch(/^2 of 11 do not work\./);
    expect(ill.out).toMatch(/^✗ +Slack bot token +Slack says invalid_auth/m);
    expect(ill.out).toMatch(/^✗ +SpotDraft prod \(production\) +/m);
    expect(ill.out.match(/Next: /g)).toHaveLength(2);
    for (const { out, err } of [well, ill])
      for (const secret of [...secretsOf(world.env), ...Object.values(wrong)])
        expect(out + err).not.toContain(secret);
  });

  it('tries the rest without Slack’s variables, and names those that are missing', async () => {
    const world = await openCliWorld();
    world.edit((config: Record<string, unknown>) => {
      delete config.publicUrl;
    });
    const { code, out, err } = await world.run(['doctor'], { SLACK_BOT_TOKEN: '', SLACK_APP_TOKEN: '' });
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toMatch(/^✗ +Slack /m);
    expect(out).toContain('SLACK_BOT_TOKEN');
    expect(out).toContain('SLACK_APP_TOKEN');
    expect(out).toMatch(/^✓ +SpotDraft uat/m);
    expect(out).toContain('Next: ');
  });

  it('says of a database of a newer Envcheck what a start would say', async () => {
    const world = await openCliWorld();
    world.edit((config: Record<string, unknown>) => {
      delete config.publicUrl;
    });
    await world.run(['migrate']);
    const database = new BetterSqlite3(join(world.folder, 'envcheck.db'));
    database.exec("insert into migrations values ('9999-later', 0)");
    database.close();
    const { code, out } = await world.run(['doctor']);
    expect(out).toMatch(/^1 of 11 does not work\./);
    expect(out.replace(/\s+/g, ' ')).toMatch(/✗ database .*written by a newer Envcheck .*9999-later/);
    expect(out).toContain('Next: Start the newer version');
    expect(code).toBe(1);
  });

  it('says why Slack cannot be reached, and does not call the tokens wrong', async () => {
    const world = await openCliWorld();
    world.edit((config: Record<string, unknown>) => {
      delete config.publicUrl;
    });
    const nowhere = await world.run(['doctor'], { SLACK_API_URL: 'http://127.0.0.1:3/api/' });
    expect(nowhere.out).toMatch(/^2 of 11 could not be told\./);
    expect(nowhere.out).toMatch(/^\? +Slack bot token +connect ECONNREFUSED 127\.0\.0\.1:3/m);
    expect(nowhere.code).toBe(2);
  });

  it('does not call a public URL wrong that only this machine cannot reach, and says what to look at', async () => {
    const world = await openCliWorld();
    world.edit((config: Record<string, unknown>) => {
      config.publicUrl = 'http://127.0.0.1:1';
      for (const environment of Object.values(config.environments as Record<string, { webhooks?: unknown }>))
        delete environment.webhooks;
    });
    const { code, out } = await world.run(['doctor']);
    expect(out).toMatch(/^\? +public URL +http:\/\/127\.0\.0\.1:1\/healthz/m);
    expect(out).toContain('Next: Start Envcheck');
    expect(out).toMatch(/^1 of 11 could not be told\./);
    expect(code).toBe(2);
  });
});

describe('start', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('ends on %s in mid-check with 0 within 10 s', async (signal) => {
    const world = await openCliWorld();
    const { slack, spotdraft } = world;
    const program = world.start(['start'], { LOG_LEVEL: 'info' });
    await program.waitForOutput('Envcheck is ready');
    spotdraft.faults.add({ workspace: 'prod', fault: { kind: 'timeout' } });
    expect(await slack.command({ text: 'prod' })).toMatchObject({ ok: true });
    await slack.waitFor(() => spotdraft.requests.length > 0);
    const stopped = performance.now();
    program.kill(signal);
    const { code, out } = await program.ended;
    expect(performance.now() - stopped).toBeLessThan(10_000);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(slack.messages('C0GENERAL').map(({ text }) => text)).toEqual([
      'Envcheck was stopped before this was complete. Ask again in a minute: `/envcheck prod`',
    ]);
    expect(slack.connections()).toBe(0);
  });

  it('ends at once when nothing runs, also while the connection to Slack is being made anew', async () => {
    const world = await openCliWorld();
    const program = world.start(['start'], { LOG_LEVEL: 'info' });
    await program.waitForOutput('Envcheck is ready');
    world.slack.dropConnections();
    await program.waitForOutput('reconnects by itself');
    const stopped = performance.now();
    program.kill('SIGTERM');
    expect(await program.ended).toMatchObject({ code: 0 });
    expect(performance.now() - stopped).toBeLessThan(3_000);
  });

  it('that cannot says why and what to do, with 1 and without a stack trace', async () => {
    const world = await openCliWorld();
    const running = world.start(['start'], { LOG_LEVEL: 'info' });
    await running.waitForOutput('Envcheck is ready');
    const port = /"url":"http:\/\/127\.0\.0\.1:(\d+)/;
    await running.waitForOutput(port);
    running.kill('SIGTERM');
    const { err } = await running.ended;
    const taken = port.exec(err)?.[1] ?? '';

    const first = world.start(['start'], { LOG_LEVEL: 'info', PORT: taken });
    await first.waitForOutput('Envcheck is ready');
    const second = await world.run(['start'], { PORT: taken });
    expect(second.code).toBe(1);
    expect(second.err).toContain(
      'cannot start: the port is in use by another program; set PORT to a free one',
    );
    expect(second.err).not.toMatch(TRACE);

    for (const variable of ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN']) {
      const wrong = `${variable === 'SLACK_BOT_TOKEN' ? 'xoxb' : 'xapp'}-canary-wrong`;
      const refused = await world.run(['start'], { [variable]: wrong });
      expect(refused.code).toBe(1);
      expect(refused.err).toContain(`cannot start: Slack does not accept ${variable} (invalid_auth)`);
      expect(refused.err).not.toMatch(TRACE);
      expect(refused.err).not.toContain(wrong);
    }
  });
});

it('demo shows both verdicts and ends with 0', async () => {
  const { code, out, err } = await run(['demo'], { cwd: repo, env: { NO_COLOR: '1' } });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('❌ prod (production): not ready');
  expect(out).toContain('✅ prod (production): ready');
  expect(out.indexOf('not ready')).toBeLessThan(out.indexOf('(production): ready'));
});
