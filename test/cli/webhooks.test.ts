import { readdirSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { type CliWorld, openCliWorld, secretsOf } from './program.ts';

/** A world without registered webhooks. */
async function openUnregistered(options: Parameters<typeof openCliWorld>[0] = {}): Promise<CliWorld> {
  const world = await openCliWorld(options);
  for (const workspace of [world.uat, world.prod]) workspace.webhooks = [];
  return world;
}

const CANARY = 'canary-header-value';
const HEADER = ['--header', 'X-Access-Key=HOOK_KEY'];

const webhooks = (world: CliWorld, args: string[], env: NodeJS.ProcessEnv = {}) =>
  world.run(['webhooks', ...args], env);

const bytesOf = ({ folder }: CliWorld): string =>
  readdirSync(folder)
    .filter((file) => file.startsWith('envcheck.db'))
    .map((file) => readFileSync(join(folder, file), 'latin1'))
    .join('');

it('register, list and delete show the webhook and record who did it', async () => {
  const world = await openUnregistered();
  const registered = await webhooks(
    world,
    ['register', 'prod', '--title', 'CRM', '--activities', 'contract_created, CONTRACT_VOIDED', ...HEADER],
    { HOOK_KEY: CANARY },
  );
  const [made] = world.prod.webhooks;
  const id = made?.id ?? 0;
  expect(registered).toMatchObject({ code: 0, err: '' });
  expect(registered.out).toMatch(new RegExp(`^✓ Registered in prod \\(production\\) as webhook ${id}\\.\n`));
  expect(registered.out).toContain('https://envcheck.northwind.example/webhooks/prod');
  expect(registered.out).toMatch(/^ {2}call_\w{26}$/m);
  expect(made).toMatchObject({
    title: 'CRM',
    onlyForActivities: ['CONTRACT_CREATED', 'CONTRACT_VOIDED'],
    customHeaders: { 'X-Access-Key': CANARY },
  });

  const listed = await webhooks(world, ['list', 'prod']);
  expect(listed).toMatchObject({ code: 0, err: '' });
  expect(listed.out).toContain('prod (production): 1 webhook');
  expect(listed.out).toMatch(/id +state +title +activities +since/);
  expect(listed.out).toMatch(
    new RegExp(`${id} +active +CRM +CONTRACT_CREATED, CONTRACT_VOIDED +\\d{4}-\\d\\d-\\d\\dT`),
  );
  expect(listed.out.replace(/\s+/g, ' ')).toContain("SpotDraft's API cannot list webhooks");

  const again = await webhooks(world, ['register', 'prod']);
  expect(again).toMatchObject({ code: 1, err: '' });
  expect(again.out).toMatch(/^✗ This URL is registered in prod \(production\) already/);
  expect(again.out).toContain('Next: ');

  const deleted = await webhooks(world, ['delete', 'prod', String(id)]);
  expect(deleted).toMatchObject({ code: 0, err: '' });
  expect(deleted.out).toMatch(new RegExp(`^✓ Deleted webhook ${id} of prod \\(production\\)\\.`));
  expect(world.prod.webhooks).toEqual([]);
  const gone = await webhooks(world, ['delete', 'prod', String(id)]);
  expect(gone).toMatchObject({ code: 0, err: '' });
  expect(gone.out).toMatch(new RegExp(`^✓ Webhook ${id} of prod \\(production\\) is gone since`));

  const database = new BetterSqlite3(join(world.folder, 'envcheck.db'));
  const audited = database.prepare('select act, actor from audit order by key').all();
  database.close();
  expect(audited).toEqual(
    ['register_attempt', 'register', 'delete_attempt', 'delete'].map((act) => ({
      act: `webhook.${act}`,
      actor: `cli:${userInfo().username}`,
    })),
  );
  const written = [registered, listed, again, deleted].map(({ out }) => out).join('') + bytesOf(world);
  for (const secret of [CANARY, ...secretsOf(world.env)]) expect(written).not.toContain(secret);
  expect(bytesOf(world)).toContain('X-Access-Key');
});

it('every webhooks command prints exactly one JSON value with --json', async () => {
  const world = await openUnregistered();
  const json = async (args: string[]) => {
    const { code, out, err } = await webhooks(world, [...args, '--json']);
    expect(err).toBe('');
    return { code, value: JSON.parse(out) };
  };
  const registered = await json(['register', 'uat']);
  const id = world.uat.webhooks[0]?.id;
  const webhook = {
    id,
    state: 'active',
    origin: 'created',
    title: 'Envcheck uat',
    url: 'https://envcheck.northwind.example/webhooks/uat',
    activities: ['CONTRACT_CREATED', 'CONTRACT_EXECUTED'],
    headers: [],
    since: expect.stringMatching(/^\d{4}-/),
    deletedAt: null,
  };
  expect(registered).toEqual({
    code: 0,
    value: {
      environment: 'uat',
      result: 'done',
      summary: `Registered in uat as webhook ${id}.`,
      remedy: null,
      webhook,
      status: 201,
      callId: expect.stringMatching(/^call_/),
      auditId: expect.stringMatching(/^aud_/),
    },
  });
  const noted = await json(['note', 'uat', '77', '--title', 'Elsewhere', '--url', 'https://crm.example/in']);
  expect(noted).toMatchObject({ code: 0, value: { result: 'done', webhook: { id: 77, origin: 'noted' } } });
  expect(await json(['list', 'uat'])).toEqual({
    code: 0,
    value: {
      environment: 'uat',
      webhooks: [expect.objectContaining({ id: 77, title: 'Elsewhere', activities: null }), webhook],
    },
  });
  expect(await json(['delete', 'uat', '77'])).toMatchObject({
    code: 0,
    value: { result: 'done', status: 404, webhook: { state: 'deleted' } },
  });
  // A negative id is an argument and not an option.
  expect(await json(['note', 'uat', '-5'])).toMatchObject({ code: 0, value: { webhook: { id: -5 } } });
});

describe('the exit code of webhooks', () => {
  it('is 2 when the response was lost, and the id can be noted afterwards', async () => {
    const world = await openUnregistered();
    world.spotdraft.faults.add({ times: 1, fault: { kind: 'reset_mid_body' } });
    const lost = await webhooks(world, ['register', 'prod']);
    expect(lost).toMatchObject({ code: 2, err: '' });
    const text = lost.out.replace(/\s+/g, ' ');
    expect(text).toMatch(/^\? A webhook may have been created in prod \(production\), or not\./);
    expect(text).toContain('Next: SpotDraft cannot list webhooks: look in Settings → Developer settings.');
    expect(world.spotdraft.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
    expect((await webhooks(world, ['list', 'prod'])).out).toMatch(/– +unknown +Envcheck prod/);
    const id = String(world.prod.webhooks[0]?.id);
    expect((await webhooks(world, ['note', 'prod', id])).code).toBe(0);
    expect((await webhooks(world, ['list', 'prod'])).out).toMatch(new RegExp(`${id} +active`));
  });

  it('is 1 when SpotDraft refuses, and the output says what to do', async () => {
    const world = await openUnregistered();
    world.prod.developerSettings = false;
    const refused = await webhooks(world, ['register', 'prod']);
    expect(refused).toMatchObject({ code: 1, err: '' });
    expect(refused.out).toMatch(/^✗ Nothing was registered in prod \(production\)\./);
    expect(refused.out).toContain('permission Developer Settings');
  });

  it('is 1 when the URL in the config belongs to another environment', async () => {
    const world = await openUnregistered({ sharedWebhookUrl: true });
    const refused = await webhooks(world, ['register', 'prod']);
    expect(refused.code).toBe(1);
    expect(refused.out.replace(/\s+/g, ' ')).toContain('its path is /webhooks/uat');
    expect(world.spotdraft.requests).toEqual([]);
  });

  it('is 64 for wrong usage; nothing is sent and no header value is printed', async () => {
    const world = await openUnregistered();
    const env = { HOOK_KEY: CANARY, HOOK_LINE: `${CANARY}\n` };
    const usageError = async (args: string[]): Promise<string> => {
      const { code, out, err } = await webhooks(world, args, env);
      expect({ code, out }).toEqual({ code: 64, out: '' });
      expect(err).not.toMatch(/\n\s+at /);
      expect(err).not.toContain(CANARY);
      return err;
    };
    const register = (...args: string[]) => usageError(['register', 'prod', ...args]);
    expect(await usageError(['register', 'prd'])).toContain('did you mean prod?');
    expect(await register('--activities', 'CONTRACT_CREATD')).toContain('did you mean CONTRACT_CREATED?');
    expect(await register('--activities', ',')).toContain('--activities is empty');
    expect(await register('--title', ' ')).toContain('--title is empty');
    expect(await register('--header', 'Authorization=HOOK_KEY')).toContain('must start with X-');
    expect(await register('--header', 'X-Datadog-Key=HOOK_KEY')).toContain(
      'names that start with X-Datadog-',
    );
    expect(await register('--header', `X-Key=${CANARY}`)).toContain('takes NAME=VARIABLE');
    expect(await register('--header', 'X-Key=NOWHERE')).toContain('is not set');
    expect(await register('--header', 'X-Key=HOOK_LINE')).toContain('line break');
    expect(await usageError(['delete', 'prod', 'T-1'])).toContain('is not the id of a webhook');
    expect(await usageError(['note', 'prod', '7', '--url', 'http://crm.example'])).toContain(
      'is not an https URL',
    );
    expect(await usageError(['delete', 'prod'])).toContain("missing required argument 'id'");
    expect(world.spotdraft.requests).toEqual([]);
  });

  it('is 78 when the config is wrong', async () => {
    const world = await openUnregistered();
    world.edit((config: Record<string, unknown>) => {
      config.environments = {};
    });
    expect(await webhooks(world, ['list', 'prod'])).toMatchObject({ code: 78, out: '' });
  });
});

it('find finds the API call of a registration by its id', async () => {
  const world = await openUnregistered();
  const { out } = await webhooks(world, ['register', 'prod', '--json']);
  const { callId } = JSON.parse(out);
  const found = await world.run(['find', callId]);
  expect(found.code).toBe(0);
  expect(found.out).toContain('POST /api/v2.1/public/webhooks/');
});

describe('retrigger', () => {
  it('has SpotDraft send the latest webhook of a contract again, and reports what arrived', async () => {
    const world = await openUnregistered();
    const id = String(world.prod.contracts[0]?.internalId);
    const quick = await webhooks(world, ['retrigger', 'prod', id, '--wait', '1']);
    expect(quick).toMatchObject({ code: 0, err: '' });
    const text = quick.out.replace(/\s+/g, ' ');
    expect(text).toMatch(
      /^✓ SpotDraft sends the latest webhook of contract \d+ in prod \(production\) again\./,
    );
    expect(text).toMatch(/\? No delivery of this contract arrived in prod \(production\) within 1\d\d\d ms/);
    expect(text).toContain('Next: Envcheck knows no webhook for prod (production).');

    const { code, out } = await webhooks(world, ['retrigger', 'uat', '1', '--json']);
    expect({ code, value: JSON.parse(out) }).toEqual({
      code: 1,
      value: {
        environment: 'uat',
        result: 'refused',
        summary: expect.stringContaining(
          'SpotDraft does not send the latest webhook of contract 1 in uat again.',
        ),
        remedy: expect.stringContaining('Check the id'),
        status: 404,
        callId: expect.stringMatching(/^call_/),
        auditId: expect.stringMatching(/^aud_/),
        contractId: 1,
        delivery: null,
        waitedMs: null,
      },
    });
  });

  it.each([
    ['T-1234', /the number in T-1234 is the internal id of the contract, so 1234 may be another contract\./],
    ['H-77', /so 77 may be/],
    ['t-481516', /in T-481516 is/],
    ['https://app.spotdraft.com/contracts/v2/4322', /so 4322 may be/],
  ])('sends nothing for %s, whose number is only a guess', async (id, why) => {
    const world = await openUnregistered();
    const { code, out } = await webhooks(world, ['retrigger', 'prod', id, '--json']);
    expect({ code, value: JSON.parse(out) }).toEqual({
      code: 1,
      value: expect.objectContaining({
        result: 'refused',
        summary: expect.stringMatching(why),
        remedy: expect.stringMatching(/^Give the internal id: contract_id of a webhook or /),
        contractId: null,
        status: null,
        auditId: null,
      }),
    });
    expect(world.spotdraft.requests).toEqual([]);
  });

  it('exits with 2 when the response was lost, and with 64 for wrong usage', async () => {
    const world = await openUnregistered();
    const id = String(world.prod.contracts[0]?.internalId);
    world.spotdraft.faults.add({ times: 1, fault: { kind: 'reset_mid_body' } });
    const lost = await webhooks(world, ['retrigger', 'prod', id, '--wait', '0']);
    expect(lost.code).toBe(2);
    expect(lost.out).toContain('? SpotDraft may be sending the latest webhook');
    expect(world.spotdraft.requests).toHaveLength(1);
    for (const args of [['T-x'], ['0'], [id, '--wait', '601'], [id, '--wait', 'x']])
      expect((await webhooks(world, ['retrigger', 'prod', ...args])).code).toBe(64);
    expect(world.spotdraft.requests).toHaveLength(1);
  });
});
