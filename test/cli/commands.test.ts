import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openCliWorld, repo, run, secretsOf, start } from './program.ts';

const TRACE = /\n\s+at |file:\/\/|node:internal/;

describe('the program', () => {
  it('exits with 64 for wrong usage and suggests what was meant, without a stack trace', async () => {
    const results = await Promise.all([
      start(['chekc']).ended,
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

  it('reads variables from .env in its working folder, and those of the process win', async () => {
    const { folder, env } = await openCliWorld({ delivered: false });
    writeFileSync(join(folder, '.env'), 'SPOTDRAFT_PROD_CLIENT_ID=from-the-file\nLOG_LEVEL=loud\n');
    const { SPOTDRAFT_PROD_CLIENT_ID: _, ...others } = env;
    const { code, err } = await start(['config', 'check'], { env: others, cwd: folder }).ended;
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  it.each([
    [{ FORCE_COLOR: '1' }, '\u001b[1m0 accepted, 0 ended\u001b[22m\n'],
    [{}, '0 accepted, 0 ended\n'],
  ])('prints colours as the variables %j ask for', async (env, out) => {
    // The command reads a database and creates none.
    const world = await openCliWorld();
    expect(await world.start(['waivers'], env).ended).toEqual({ code: 0, out, err: '' });
  });

  it('lists commands and exit codes with --help', async () => {
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
    'makes %s %s exit with 78 and list every problem, without a stack trace',
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

  it('is reported by its name when it does not exist', async () => {
    const { code, err } = await run(['check', 'prod', '--config', 'nowhere.yaml']);
    expect(code).toBe(78);
    expect(err).toContain('nowhere.yaml');
    expect(err).not.toMatch(TRACE);
  });
});

it('config check accepts a valid file, and config schema prints a JSON schema', async () => {
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

/** Without a model, doctor warns. */
const withModel = (config: Record<string, unknown>): void => {
  config.drift = { pairs: [['uat', 'prod']] };
};

describe('doctor', () => {
  it('lists what works and what does not with the next step, and prints no secret', async () => {
    const world = await openCliWorld();
    world.edit(withModel);
    world.edit((config: Record<string, unknown>) => {
      delete config.publicUrl;
    });
    const well = await world.run(['doctor']);
    expect(well).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^Everything works\./) });
    for (const part of [
      'configuration',
      'database',
      'audit',
      'Slack bot token',
      'Slack app token',
      'SpotDraft uat',
    ])
      expect(well.out).toMatch(new RegExp(`^✓ +${part}`, 'm'));
    expect(well.out).toContain('SpotDraft prod (production)');

    const wrong = {
      SLACK_BOT_TOKEN: 'xoxb-canary-wrong',
      SPOTDRAFT_PROD_CLIENT_SECRET: 'canary-wrong-secret',
    };
    const ill = await world.run(['doctor'], wrong);
    expect(ill.code).toBe(1);
    expect(ill.out).toMatch(/^2 of 14 do not work\./);
    expect(ill.out).toMatch(/^✗ +Slack bot token +Slack answered invalid_auth/m);
    // The check of the credentials says the same.
    expect(ill.out).toMatch(/^✗ +SpotDraft prod \(production\) +401: the credentials are not accepted/m);
    expect(ill.out.match(/Next: /g)).toHaveLength(2);
    for (const { out, err } of [well, ill])
      for (const secret of [...secretsOf(world.env), ...Object.values(wrong)])
        expect(out + err).not.toContain(secret);
  });

  it('names missing Slack variables and still tests everything else', async () => {
    const world = await openCliWorld();
    world.edit(withModel);
    world.edit((config: Record<string, unknown>) => {
      delete config.publicUrl;
    });
    const { code, out, err } = await world.run(['doctor'], { SLACK_BOT_TOKEN: '', SLACK_APP_TOKEN: '' });
    expect({ code, err }).toEqual({ code: 1, err: '' });
    const lines = out.split('\n').filter((line) => line.startsWith('✗'));
    expect(lines).toEqual([
      expect.stringMatching(/^✗ +Slack +SLACK_BOT_TOKEN /),
      expect.stringMatching(/^✗ +Slack +SLACK_APP_TOKEN /),
    ]);
    expect(out).not.toMatch(/to do:|\d problems? in/);
    expect(out.match(/^ +Next: /gm)?.length).toBeGreaterThanOrEqual(2);
    expect(out).toMatch(/^✓ +SpotDraft uat/m);
    expect(out).toContain('Next: ');
  });

  it('reports a database of a newer Envcheck as broken', async () => {
    const world = await openCliWorld();
    world.edit(withModel);
    world.edit((config: Record<string, unknown>) => {
      delete config.publicUrl;
    });
    await world.run(['migrate']);
    const database = new BetterSqlite3(join(world.folder, 'envcheck.db'));
    database.exec("insert into migrations values ('9999-later', 0)");
    database.close();
    const { code, out } = await world.run(['doctor']);
    expect(out).toMatch(/^1 of 13 does not work\./);
    expect(out.replace(/\s+/g, ' ')).toMatch(/✗ database .*written by a newer Envcheck .*9999-later/);
    expect(out).toContain('Next: Start the newer version');
    expect(code).toBe(1);
  });

  it('does not call the tokens wrong when Slack cannot be reached, and says why', async () => {
    const world = await openCliWorld();
    world.edit(withModel);
    world.edit((config: Record<string, unknown>) => {
      delete config.publicUrl;
    });
    const nowhere = await world.run(['doctor'], { SLACK_API_URL: 'http://127.0.0.1:3/api/' });
    expect(nowhere.out).toMatch(/^2 of 14 could not be tested\./);
    expect(nowhere.out).toMatch(/^\? +Slack bot token +connect ECONNREFUSED 127\.0\.0\.1:3/m);
    expect(nowhere.code).toBe(2);
  });

  it('does not call a public URL wrong when only this machine cannot reach it', async () => {
    const world = await openCliWorld();
    world.edit(withModel);
    world.edit((config: Record<string, unknown>) => {
      config.publicUrl = 'http://127.0.0.1:1';
      for (const environment of Object.values(config.environments as Record<string, { webhooks?: unknown }>))
        delete environment.webhooks;
    });
    const { code, out } = await world.run(['doctor']);
    expect(out).toMatch(/^\? +public URL +http:\/\/127\.0\.0\.1:1\/healthz/m);
    expect(out).toContain('Next: Start Envcheck');
    expect(out).toMatch(/^1 of 14 could not be tested\./);
    expect(code).toBe(2);
  });
});

describe('start', () => {
  const stopDuringCheck = async (signal: NodeJS.Signals) => {
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
      'Envcheck stopped before this finished. Try again in a minute: `/envcheck prod`',
    ]);
    expect(slack.connections()).toBe(0);
  };

  it('exits with 0 within 10 s of SIGTERM and SIGINT during a check', async () => {
    await Promise.all([stopDuringCheck('SIGTERM'), stopDuringCheck('SIGINT')]);
  });

  it('exits within 3 s of SIGTERM when nothing runs, even while it reconnects to Slack', async () => {
    const world = await openCliWorld();
    const program = world.start(['start'], { LOG_LEVEL: 'info' });
    await program.waitForOutput('Envcheck is ready');
    world.slack.dropConnections();
    await program.waitForOutput('connecting again');
    const stopped = performance.now();
    program.kill('SIGTERM');
    expect(await program.ended).toMatchObject({ code: 0 });
    expect(performance.now() - stopped).toBeLessThan(3_000);
  });

  it('exits with 1 when it cannot start and says why and what to do, without a stack trace', async () => {
    const world = await openCliWorld();
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const blocked = await world.start(['start'], { PORT: String(port) }).ended;
    expect(blocked.code).toBe(1);
    expect(blocked.err).toContain(
      'cannot start: the port is in use by another program; set PORT to a free one',
    );
    expect(blocked.err).not.toMatch(TRACE);

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

it('demo shows both verdicts, prints the sample of the README, and exits with 0', async () => {
  const { code, out, err } = await run(['demo'], { cwd: repo, env: { NO_COLOR: '1' } });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('❌ prod (production): not ready');
  expect(out).toContain('✅ prod (production): ready');
  expect(out.indexOf('not ready')).toBeLessThan(out.indexOf('(production): ready'));
  const [, sample = ''] = readFileSync(join(repo, 'README.md'), 'utf8').split(
    'The demo prints, shortened:\n\n```\n',
  );
  // The ids of calls are random, and the last two lines stand for more.
  const shown =
    sample
      .split('\n    call_')[0]
      ?.split('\n')
      .filter((line) => line !== '') ?? [];
  expect(shown.length).toBeGreaterThan(15);
  expect(
    out
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(0, shown.length),
  ).toEqual(shown);
});
