import type { TestContext } from 'vitest';
import { describe, it } from 'vitest';
import type { StoredMessage } from '../../sandbox/slack/server.ts';
import type { SimContract } from '../../sandbox/spotdraft/workspace.ts';
import type { Access, Config } from '../../src/config/config.ts';
import { actionIds } from '../../src/slack/action-ids.ts';
import { insertApiCall } from '../../src/store/api-calls.ts';
import { openDatabase } from '../../src/store/database.ts';
import { there } from '../environment.ts';
import {
  ALICE,
  BOB,
  blocksOf,
  GENERAL,
  openScene,
  type Scene,
  type SceneOptions,
  withOwnWebhooks,
} from './scene.ts';

const operatedBy =
  (operate: Partial<Access>) =>
  (config: Config): Config => ({
    ...withOwnWebhooks(config),
    access: { ...config.access, operate: { users: [], groups: [], ...operate } },
  });
const byAlice = operatedBy({ users: [ALICE] });

const WEBHOOK_OF_PROD = 'https://envcheck.northwind.example/webhooks/prod';

/** A scene in which a contract of production was created and executed, with a delivery for each. */
async function openExecuted(
  ctx: TestContext,
  options: SceneOptions = {},
): Promise<Scene & { contract: SimContract; number: number }> {
  const scene = await openScene(ctx, { adjust: byAlice, ...options });
  for (const webhook of scene.prod.webhooks) webhook.url = WEBHOOK_OF_PROD;
  const contract = there(scene.prod.contracts[0]);
  await scene.spotdraft.announce('prod', 'CONTRACT_CREATED', contract);
  await scene.spotdraft.announce('prod', 'CONTRACT_EXECUTED', { ...contract, status: 'EXECUTED' });
  return { ...scene, contract, number: contract.internalId };
}

async function ask({ slack }: Scene, text: string, user = ALICE): Promise<StoredMessage> {
  const before = slack.ephemerals(GENERAL, user).length;
  await slack.command({ text, user });
  return slack.waitFor(() => slack.ephemerals(GENERAL, user)[before]);
}

const retrigger = ({ slack }: Scene, message: StoredMessage, user = ALICE) =>
  slack.click({ message, actionId: actionIds.retriggerWebhook, user });

/** Waits until the same message contains the text. */
const becomes = (
  { slack }: Scene,
  { ts }: StoredMessage,
  words: string,
  timeoutMs = 20_000,
): Promise<StoredMessage> =>
  slack.waitFor(
    () => slack.ephemerals(GENERAL).find((each) => each.ts === ts && each.text.includes(words)),
    timeoutMs,
  );

const told = ({ slack }: Scene, user: string, words: string): Promise<StoredMessage> =>
  slack.waitFor(() => slack.ephemerals(GENERAL, user).find(({ text }) => text.includes(words)));

const sentCalls = ({ spotdraft }: Scene) =>
  spotdraft.requests.filter(({ path }) => path.endsWith('/re_trigger_latest/'));

async function audited({ config }: Scene): Promise<{ act: string; actor: string; subject: string }[]> {
  const db = openDatabase(config.database);
  const rows = await db.selectFrom('audit').select(['act', 'actor', 'subject']).orderBy('key').execute();
  await db.destroy();
  return rows;
}

const confirmOf = (message: StoredMessage): string => {
  const buttons = (message.blocks as { elements?: { action_id?: string; confirm?: unknown }[] }[]).flatMap(
    ({ elements }) => elements ?? [],
  );
  return JSON.stringify(buttons.find(({ action_id: id }) => id === actionIds.retriggerWebhook)?.confirm);
};

describe.concurrent('a re-triggered webhook', () => {
  it('needs a confirmation that names its effect, and its delivery appears in the same message', async (ctx) => {
    const { expect } = ctx;
    const scene = await openExecuted(ctx, { mode: 'http' });
    const found = await ask(scene, `find ${scene.number}`);
    expect(found.text).toContain('2 events, 2 deliveries');
    const dialog = confirmOf(found);
    for (const words of [
      `Contract ${scene.number} in prod (production)`,
      'to all of its receivers',
      'CONTRACT_EXECUTED',
    ])
      expect(dialog).toContain(words);

    expect(await retrigger(scene, found)).toMatchObject({ ok: true });
    const done = await becomes(scene, found, 'arrived in prod (production)');
    expect(done.text).toContain('2 events, 3 deliveries');
    expect(done.text).toMatch(
      /Delivery dlv_\w{26} arrived .* the same CONTRACT_EXECUTED as before, once more/,
    );
    expect(blocksOf(done)).toContain('delivered again (no. 2)');
    expect(blocksOf(done)).toMatch(/call_\w{26}/);
    expect(sentCalls(scene)).toHaveLength(1);
    expect(scene.slack.messages(GENERAL)).toEqual([]);
    expect(scene.slack.ephemerals(GENERAL)).toHaveLength(1);
    const act = { actor: `slack:${ALICE}`, subject: `contract ${scene.number}` };
    expect(await audited(scene)).toEqual([
      { act: 'webhook.retrigger_attempt', ...act },
      { act: 'webhook.retrigger', ...act },
    ]);
  });

  it('needs the permission, and the refusal names who has it', async (ctx) => {
    const { expect } = ctx;
    const scene = await openExecuted(ctx, { mode: 'http' });
    const found = await ask(scene, `find ${scene.number}`, BOB);
    await retrigger(scene, found, BOB);
    const refused = await told(scene, BOB, 'You may not re-trigger webhooks of prod (production)');
    expect(refused.text).toContain(`Allowed: <@${ALICE}>.`);
    expect(sentCalls(scene)).toEqual([]);
    expect(await audited(scene)).toEqual([]);
  });
});

describe.concurrent('a click on an outdated message', () => {
  it('sends once for two clicks, and asks to wait before the next one, even after a restart', async (ctx) => {
    const { expect } = ctx;
    const scene = await openExecuted(ctx, { mode: 'http' });
    const found = await ask(scene, `find ${scene.number}`);
    await Promise.all([retrigger(scene, found), retrigger(scene, found)]);
    await becomes(scene, found, 'arrived in prod (production)');
    expect(sentCalls(scene)).toHaveLength(1);

    await scene.startBot(scene.config);
    const again = await ask(scene, `find ${scene.number}`);
    await retrigger(scene, again);
    await becomes(scene, again, 'ago, so nothing was sent now');
    expect(sentCalls(scene)).toHaveLength(1);
  });

  it('sends nothing when a delivery has arrived since, and shows that delivery', async (ctx) => {
    const { expect } = ctx;
    const scene = await openExecuted(ctx, { mode: 'http' });
    const found = await ask(scene, `find ${scene.number}`);
    await scene.spotdraft.announce('prod', 'CONTRACT_CREATED', { ...scene.contract, name: 'Renamed' });
    await retrigger(scene, found);
    const now = await becomes(scene, found, 'has arrived in prod (production) since this was shown');
    expect(now.text).toContain('3 events, 3 deliveries');
    expect(sentCalls(scene)).toEqual([]);
    expect(await audited(scene)).toEqual([]);
    await retrigger(scene, now);
    await becomes(scene, found, 'once more');
    expect(sentCalls(scene)).toHaveLength(1);
  });

  it('records a lost answer as such, does not send again, and shows the delivery that arrived', async (ctx) => {
    const { expect } = ctx;
    const scene = await openExecuted(ctx, { mode: 'http' });
    const found = await ask(scene, `find ${scene.number}`);
    scene.spotdraft.faults.add({ times: 1, fault: { kind: 'reset_mid_body' } });
    await retrigger(scene, found);
    const done = await becomes(scene, found, 'arrived in prod (production)');
    expect(done.text).toContain('SpotDraft may be sending the latest webhook of contract');
    expect(sentCalls(scene)).toHaveLength(1);
    expect((await audited(scene)).map(({ act }) => act)).toEqual([
      'webhook.retrigger_attempt',
      'webhook.retrigger_lost',
    ]);
  });
});

it.concurrent('the message says when no delivery arrived, how long it waited, and what to check', async (ctx) => {
  const { expect } = ctx;
  const scene = await openExecuted(ctx, { arrivalWaitMs: 1_200 });
  for (const webhook of scene.prod.webhooks) webhook.status = 'DISABLED_BY_ERROR';
  const found = await ask(scene, `find ${scene.number}`);
  await retrigger(scene, found);
  await becomes(scene, found, 'Waiting for the delivery');
  const none = await becomes(scene, found, 'No delivery of this contract arrived');
  expect(none.text).toMatch(
    /within (?:1200 ms|1\d\d\d ms)\. Next: Envcheck knows no webhook for prod \(production\)\./,
  );
  expect(none.text).toContain('2 events, 2 deliveries');
});

it.concurrent('the message mentions deliveries that were refused meanwhile', async (ctx) => {
  const { expect } = ctx;
  const scene = await openExecuted(ctx, { arrivalWaitMs: 1_500 });
  const found = await ask(scene, `find ${scene.number}`);
  // SpotDraft's call carries a wrong signature.
  const right = scene.prod.hmacKey;
  scene.prod.webhooks = scene.prod.webhooks.map((webhook) => ({
    ...webhook,
    customHeaders: { 'X-SD-WEBHOOK-CONTENT-HASH': '00' },
  }));
  await retrigger(scene, found);
  const none = await becomes(scene, found, 'No delivery of this contract arrived');
  expect(none.text).toMatch(/\d+ deliver(?:y was|ies were) refused meanwhile.*events prod --failed/);
  expect(scene.prod.hmacKey).toBe(right);
});

it.concurrent('an unknown contract can be re-triggered, and SpotDraft’s refusal is shown', async (ctx) => {
  const { expect } = ctx;
  const scene = await openScene(ctx, { adjust: byAlice });
  const message = await ask(scene, 'find 99 prod');
  expect(message.text).toContain('was never received');
  expect(confirmOf(message)).toContain('99 has to be its internal id, not the number in T-99.');
  await retrigger(scene, message);
  const refused = await becomes(scene, message, 'SpotDraft does not send');
  expect(refused.text).toContain('Next: Check the id: there is no such contract in the workspace of prod');
  expect((await audited(scene)).map(({ act }) => act)).toEqual([
    'webhook.retrigger_attempt',
    'webhook.retrigger_refused',
  ]);
});

it.concurrent('a contract without webhooks can be re-triggered only where Envcheck knows it', async (ctx) => {
  const { expect } = ctx;
  const scene = await openScene(ctx, { adjust: byAlice });
  const db = openDatabase(scene.config.database);
  await insertApiCall(db, {
    callId: 'call_own_read',
    environment: 'uat',
    at: Date.now(),
    method: 'GET',
    path: '/api/v2.1/public/contracts/T-991/external_metadata',
    status: 200,
    attempts: 1,
    ms: 5,
    failure: null,
  });
  await db.destroy();
  const found = await ask(scene, 'find 991');
  expect(found.text).toContain('Known in uat, no webhook received');
  expect(blocksOf(found)).toContain('Re-trigger in uat');
  expect(blocksOf(found)).not.toContain('Re-trigger in prod');
  const inProd = await ask(scene, 'find 991 prod');
  expect(inProd.text).toContain('is not known in prod (production), but in uat');
  const unknown = await ask(scene, 'find 992');
  for (const message of [inProd, unknown]) expect(blocksOf(message)).not.toContain('Re-trigger');
});

it.concurrent.for<[string, (id: number) => string, string]>([
  ['a composite id that the log may know', (id: number) => `T-${id}`, '2 events, 2 deliveries'],
  ['a link', (id: number) => `https://app.spotdraft.com/contracts/v2/${id}`, '2 events, 2 deliveries'],
  ['a composite id that the log does not know', () => 'T-99', 'was never received'],
])('%s has no Re-trigger button, because its number is a guess', async ([, query, words], ctx) => {
  const { expect } = ctx;
  const scene = await openExecuted(ctx);
  const found = await ask(scene, `find ${query(scene.number)} prod`);
  expect(found.text).toContain(words);
  expect(blocksOf(found)).not.toContain(actionIds.retriggerWebhook);
  expect(blocksOf(found)).toContain('SpotDraft does not document that the number in');
});

it.concurrent('a shared answer has no Re-trigger button', async (ctx) => {
  const { expect } = ctx;
  const scene = await openExecuted(ctx);
  await scene.slack.command({ text: `find ${scene.number} --share` });
  const shared = await scene.slack.waitFor(() => scene.slack.messages(GENERAL).at(-1));
  expect(blocksOf(shared)).not.toContain(actionIds.retriggerWebhook);
});

it.concurrent('a stop during the wait for the delivery says so and where to look', {
  timeout: 30_000,
}, async (ctx) => {
  const { expect } = ctx;
  const scene = await openExecuted(ctx);
  for (const webhook of scene.prod.webhooks) webhook.status = 'DISABLED_BY_USER';
  const found = await ask(scene, `find ${scene.number}`);
  await retrigger(scene, found);
  await becomes(scene, found, 'Waiting for the delivery');
  await scene.stopBot();
  const [told] = scene.slack.ephemerals(GENERAL, ALICE);
  expect(told?.text).toContain('Envcheck was stopped before it was clear what came of the latest webhook');
  expect(told?.text).toContain(`/envcheck find ${scene.number} prod`);
  expect((await audited(scene)).map(({ act }) => act)).toContain('webhook.retrigger');
});
