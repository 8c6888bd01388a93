import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { northwindConfig, northwindSecrets } from '../../sandbox/northwind-config.ts';
import { seedWorkspaces } from '../../sandbox/spotdraft/seed.ts';
import { run } from '../cli/program.ts';
import { type ConfigFile, temporaryFolder } from '../environment.ts';
import fc, { runs } from '../fast-check.ts';
import { loadOpenApi, NO_OPENAPI } from '../openapi.ts';
import { compareWithAnswers, type Requirements, requiredItems, topLists } from './carried.ts';
import { type Mock, type Play, type Recorded, startMock } from './mock-server.ts';
import type { Names } from './oddities.ts';

/** Texts that no person may read. */
const LEAKED = /undefined|NaN|\[object|unexpected error/;

interface Stand {
  mock: Mock;
  file: Required<ConfigFile>;
  run(args: string[]): Promise<string>;
  /** Answers for an environment since the last `play`. */
  answersTo(environment: string): Recorded[];
}

/** The mock, and a config of Northwind for it. Commands run in this process. */
async function open({ workspaceId }: { workspaceId: boolean }): Promise<Stand> {
  const { uat, prod } = seedWorkspaces(Date.now());
  const mock = await startMock(
    names,
    (clientId) => [uat, prod].find((each) => each.clientId === clientId)?.workspaceId ?? 0,
  );
  const { baseUrl, host } = mock;
  const file = northwindConfig({
    baseUrl,
    host,
    uat,
    prod,
    sharedWebhookUrl: false,
    receiverUrl: null,
  }) as unknown as Required<ConfigFile>;
  file.requires = requires as typeof file.requires;
  // Ids that the mock does not know would make every other check wait.
  if (!workspaceId) for (const each of Object.values(file.environments)) delete each.workspaceId;
  // Nothing listens there, and `doctor` would wait for it.
  delete (file as ConfigFile).publicUrl;
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'envcheck.yaml'), JSON.stringify(file));
  const secrets = northwindSecrets([uat, prod]);
  const env = { ...secrets, LOG_LEVEL: 'silent', NO_COLOR: '1' };
  return {
    mock,
    file,
    async run(args) {
      const { code, out, err } = await run(args, { env, cwd: folder });
      expect(err, args.join(' ')).toBe('');
      expect([0, 1, 2], args.join(' ')).toContain(code);
      expect(out, args.join(' ')).not.toMatch(LEAKED);
      return out;
    },
    answersTo: (environment) =>
      mock.recorded.filter(
        ({ clientId }) => clientId === secrets[`SPOTDRAFT_${environment.toUpperCase()}_CLIENT_ID`],
      ),
  };
}

/** One item of each kind, so that a whole check passes at times. */
const requires: Requirements = {
  contractTypes: [
    {
      name: 'Order Form',
      entities: ['Northwind GmbH'],
      intakeFields: [{ variable: 'purpose' }],
      metadataFields: [{ variable: 'value.amount' }],
    },
  ],
  templates: [{ name: 'MSA', contractType: 'Order Form', fields: [{ variable: 'effective_date' }] }],
  workflows: [{ title: 'Order Form' }],
  roles: ['Legal Team'],
  users: [{ email: 'ana.lima@northwind.example' }],
  featureFlags: ['PUBLIC_ANALYTICS_QUERY_API'],
};

/** Required names and near forms of them, by the field of an answer that holds them. */
const names: Names = {
  name: ['Order Form', 'MSA', 'Legal Team', 'order form ', 'Order Forms', '\u041erder Form', 'Mutual NDA'],
  entity_name: ['Northwind GmbH', 'Northwind Inc.'],
  variable: ['purpose', 'value', 'amount', 'value.amount', 'effective_date', 'Purpose'],
  email: ['ana.lima@northwind.example', 'ana.lima@northwind.test'],
  title: ['Order Form', 'Mutual NDA'],
  value: ['Net 30', 'Net 60', 'Net 30 '],
};

/** Runs every command that reads SpotDraft, and compares its report with the recorded answers. */
async function tryCommands({ mock, file, run, answersTo }: Stand, play: Play) {
  const total = { problems: [] as string[], passes: 0, missing: 0 };
  for (const environment of ['uat', 'prod']) {
    mock.play(play);
    const report = JSON.parse(await run(['check', environment, '--json']));
    const checks = report.items.flatMap((item: { checks: object[] }) => item.checks);
    const workspaceId = file.environments[environment]?.workspaceId ?? 0;
    const required = requiredItems(requires, workspaceId);
    const result = compareWithAnswers(checks, required, answersTo(environment));
    total.problems.push(...result.problems.map((problem) => `${environment}: ${problem}`));
    total.passes += result.passes;
    total.missing += result.missing;
    await run(['check', environment]);
  }

  mock.play(play);
  const { differences } = JSON.parse(await run(['diff', 'uat', 'prod', '--json']));
  const { steps } = JSON.parse(await run(['plan', 'uat', 'prod', '--json']));
  for (const { path, kind, action } of [...differences, ...steps]) {
    const [list, name = '', ...below] = String(path).split('/');
    const names = topLists[String(list)];
    if (!names || below.length > 0) continue;
    const [left, right] = [names(answersTo('uat')), names(answersTo('prod'))];
    const item = name.replaceAll('~2', '*').replaceAll('~1', '/').replaceAll('~0', '~');
    const onlyIn =
      kind === 'missing' || action === 'create'
        ? left
        : kind === 'extra' || action === 'remove'
          ? right
          : null;
    if (onlyIn === null) continue;
    const other = onlyIn === left ? right : left;
    if (!onlyIn.includes(item) || !other || other.includes(item))
      total.problems.push(`${path} ${kind ?? action}; answered: ${JSON.stringify({ left, right })}`);
  }
  for (const args of [
    ['diff', 'uat', 'prod'],
    ['plan', 'uat', 'prod'],
    ['plan', 'uat', 'prod', '--format', 'csv'],
  ])
    await run(args);

  mock.play(play);
  const doctor = await run(['doctor']);
  for (const environment of ['uat', 'prod']) {
    const [key] = answersTo(environment).filter(({ path }) => path === '/webhooks/hmac_key/');
    const accepted = key?.status === 200 && Boolean((key.body as { hmac_key?: string }).hmac_key);
    if (new RegExp(`✓ SpotDraft ${environment}\\b`).test(doctor) !== accepted)
      total.problems.push(`doctor, ${environment}: the key was answered ${key?.status}\n${doctor}`);
  }
  await tryWebhooks({ mock, run }, play, total.problems);
  expect(mock.misfits).toEqual([]);
  expect(total.problems).toEqual([]);
  return total;
}

/** Registers, lists, deletes and re-triggers a webhook. */
async function tryWebhooks({ mock, run }: Pick<Stand, 'mock' | 'run'>, play: Play, problems: string[]) {
  mock.play(play);
  const made = JSON.parse(await run(['webhooks', 'register', 'prod', '--again', '--json']));
  const answer = mock.recorded.at(-1);
  const created = answer?.status === 201 ? (answer.body as { id: unknown; status?: string | null }) : null;
  const state = made.webhook?.state ?? null;
  if ((state === 'active') !== (created?.status === 'ACTIVE' && Number.isSafeInteger(Number(created.id))))
    problems.push(`registered as ${state}; answered: ${JSON.stringify(answer)}`);
  const { webhooks } = JSON.parse(await run(['webhooks', 'list', 'prod', '--json']));
  if (state && !webhooks.some((each: object) => JSON.stringify(each) === JSON.stringify(made.webhook)))
    problems.push(`the list lacks ${JSON.stringify(made.webhook)}`);
  await run(['webhooks', 'list', 'prod']);
  for (let time = 0; made.webhook && made.webhook.id !== null && time < 2; time += 1) {
    mock.recorded.length = 0;
    const gone = JSON.parse(
      await run(['webhooks', 'delete', 'prod', '--json', '--', String(made.webhook.id)]),
    );
    const [sent] = mock.recorded;
    if (sent && (gone.webhook.state === 'deleted') !== (sent.status === 204 || sent.status === 404))
      problems.push(`deleted as ${gone.webhook.state}; answered: ${JSON.stringify(sent)}`);
  }
  await run(['webhooks', 'retrigger', 'prod', '481516', '--wait', '0']);
}

describe('against a mock made from SpotDraft’s API document, every command ends without a claim that the answers do not carry', () => {
  test('when the mock answers with the examples of the document', async (context) => {
    if (!loadOpenApi()) return context.skip(NO_OPENAPI);
    const { passes, missing } = await tryCommands(await open({ workspaceId: false }), { kind: 'static' });
    expect(passes + missing).toBeGreaterThan(0);
  });

  test('when the mock answers at random, as its schemas allow', async (context) => {
    if (!loadOpenApi()) return context.skip(NO_OPENAPI);
    const stand = await open({ workspaceId: false });
    for (const seed of seeds(2)) await tryCommands(stand, { kind: 'random', seed });
  });

  test('when the answers have legal oddities, names that are required, and failures', async (context) => {
    if (!loadOpenApi()) return context.skip(NO_OPENAPI);
    const stand = await open({ workspaceId: true });
    let [passes, missing] = [0, 0];
    for (const seed of [REACHES_BOTH, ...seeds(2)]) {
      const total = await tryCommands(stand, { kind: 'odd', seed });
      passes += total.passes;
      missing += total.missing;
    }
    expect(passes).toBeGreaterThan(0);
    expect(missing).toBeGreaterThan(0);
  });
});

/** A seed whose answers lead to passes and to missing items, so that this test compares both. */
const REACHES_BOTH = 217075803;

/** Seeds of this run: `short` of them in `npm test`, ten times as many in `npm run test:long`. */
const seeds = (short: number): number[] => fc.sample(fc.noBias(fc.nat()), runs(short));
