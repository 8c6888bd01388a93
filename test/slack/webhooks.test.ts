import { describe, expect, it } from 'vitest';
import type { StoredMessage } from '../../sandbox/slack/server.ts';
import type { Access, Config } from '../../src/config/config.ts';
import { actionIds } from '../../src/slack/action-ids.ts';
import { openDatabase } from '../../src/store/database.ts';
import { ALICE, BOB, blocksOf, GENERAL, openScene, type Scene, withOwnWebhooks } from './scene.ts';

/** A scene in which no webhook is registered. */
async function openUnregistered(...how: Parameters<typeof openScene>): Promise<Scene> {
  const scene = await openScene(...how);
  for (const workspace of [scene.uat, scene.prod]) workspace.webhooks = [];
  return scene;
}

const URL_OF_PROD = 'https://envcheck.northwind.example/webhooks/prod';

const operatedBy =
  (operate: Partial<Access>) =>
  (config: Config): Config => ({
    ...withOwnWebhooks(config),
    access: { ...config.access, operate: { users: [], groups: [], ...operate } },
  });
const byAlice = operatedBy({ users: [ALICE] });

/** Asks for the list of webhooks and waits for it. */
async function list({ slack }: Scene, user = ALICE, text = 'webhooks prod'): Promise<StoredMessage> {
  const before = slack.ephemerals(GENERAL, user).length;
  await slack.command({ text, user });
  return slack.waitFor(() => slack.ephemerals(GENERAL, user)[before]);
}

/** Waits until the same message contains the text. */
const becomes = ({ slack }: Scene, { ts }: StoredMessage, words: string): Promise<StoredMessage> =>
  slack.waitFor(() =>
    slack.ephemerals(GENERAL).find((message) => message.ts === ts && message.text.includes(words)),
  );

const register = ({ slack }: Scene, message: StoredMessage, user = ALICE) =>
  slack.click({ message, actionId: actionIds.registerWebhook, user });

/** Waits for a private message to this person that contains the text. */
const told = ({ slack }: Scene, user: string, words: string): Promise<StoredMessage> =>
  slack.waitFor(() => slack.ephemerals(GENERAL, user).find(({ text }) => text.includes(words)));

async function audited({ config }: Scene): Promise<{ act: string; actor: string }[]> {
  const db = openDatabase(config.database);
  const rows = await db.selectFrom('audit').select(['act', 'actor']).orderBy('key').execute();
  await db.destroy();
  return rows;
}

const confirmOf = (message: StoredMessage, actionId: string): string => {
  const buttons = (message.blocks as { elements?: { action_id?: string; confirm?: unknown }[] }[]).flatMap(
    ({ elements }) => elements ?? [],
  );
  return JSON.stringify(buttons.find(({ action_id: id }) => id === actionId)?.confirm);
};

describe.concurrent('webhooks', () => {
  it('are listed for the asker alone, registered and deleted in the same message', async (ctx) => {
    const { expect } = ctx;
    const scene = await openUnregistered(ctx, { adjust: byAlice });
    const { slack, prod } = scene;
    const empty = await list(scene);
    expect(empty.text).toContain('Webhooks of prod (production): 0 active');
    expect(blocksOf(empty)).toContain("SpotDraft's API cannot list webhooks");
    expect(blocksOf(empty)).toContain('CONTRACT_CREATED, CONTRACT_EXECUTED');
    const asked = confirmOf(empty, actionIds.registerWebhook);
    for (const words of ['prod (production)', URL_OF_PROD, 'CONTRACT_CREATED, CONTRACT_EXECUTED'])
      expect(asked).toContain(words);

    const ack = await register(scene, empty);
    expect(ack).toMatchObject({ ok: true });
    const registered = await becomes(scene, empty, 'Registered in prod (production) as webhook');
    const [made] = prod.webhooks;
    expect(made).toMatchObject({ url: URL_OF_PROD, title: 'Envcheck prod' });
    expect(registered.text).toContain(`1 active. Registered in prod (production) as webhook ${made?.id}`);
    expect(blocksOf(registered)).toMatch(/call_\w{26}/);
    expect(blocksOf(registered)).not.toContain(actionIds.registerWebhook);
    expect(blocksOf(registered)).not.toContain('is not known');
    expect(confirmOf(registered, actionIds.deleteWebhook)).toContain('prod (production)');

    await slack.click({ message: registered, actionId: actionIds.deleteWebhook, user: ALICE });
    const deleted = await becomes(scene, empty, `Deleted webhook ${made?.id} of prod (production)`);
    expect(deleted.text).toContain('0 active, 1 deleted');
    expect(blocksOf(deleted)).toContain(actionIds.registerWebhook);
    expect(prod.webhooks).toEqual([]);
    expect(slack.messages(GENERAL)).toEqual([]);
    expect(slack.ephemerals(GENERAL)).toHaveLength(1);
    expect(await audited(scene)).toEqual(
      ['register_attempt', 'register', 'delete_attempt', 'delete'].map((act) => ({
        act: `webhook.${act}`,
        actor: `slack:${ALICE}`,
      })),
    );
  });

  it('are not changed without the permission, and the refusal names who has it', async (ctx) => {
    const { expect } = ctx;
    const scene = await openUnregistered(ctx, { adjust: byAlice });
    const message = await list(scene, BOB);
    await register(scene, message, BOB);
    const refused = await told(scene, BOB, 'You may not register webhooks of prod (production)');
    expect(refused.text).toContain(`Allowed: <@${ALICE}>.`);
    expect(scene.spotdraft.requests).toEqual([]);
    expect(await audited(scene)).toEqual([]);
    // The refusal is visible to Bob alone, and the list is still there.
    expect(scene.slack.ephemerals(GENERAL, ALICE)).toEqual([]);
    expect(scene.slack.ephemerals(GENERAL, BOB)).toHaveLength(2);
  });

  it('are registered by a member of the allowed group, and by nobody while the group cannot be read', async (ctx) => {
    const { expect } = ctx;
    const scene = await openUnregistered(ctx, { adjust: operatedBy({ groups: ['S0OPERATORS'] }) });
    const { slack, prod } = scene;
    const [his, hers] = [await list(scene, BOB), await list(scene, ALICE)];
    slack.faults.add({ method: 'usergroups.users.list', fault: { kind: 'error', error: 'internal_error' } });
    await register(scene, his, BOB);
    const unread = await told(
      scene,
      BOB,
      'I couldn’t check whether you are in <!subteam^S0OPERATORS> (Slack says internal_error; try again in a moment)',
    );
    expect(unread.text).toContain('Allowed: <!subteam^S0OPERATORS>.');
    await register(scene, hers, ALICE);
    expect((await told(scene, ALICE, 'You may not')).text).not.toContain('couldn’t check');
    expect(prod.webhooks).toEqual([]);
    await register(scene, his, BOB);
    await becomes(scene, his, 'Registered in prod');
    expect((await audited(scene)).map(({ actor }) => actor)).toEqual([`slack:${BOB}`, `slack:${BOB}`]);
  });
});

describe.concurrent('an outdated list of webhooks', () => {
  it('has a button that works once the person has the permission', async (ctx) => {
    const scene = await openUnregistered(ctx, { adjust: operatedBy({ users: [BOB] }) });
    const message = await list(scene);
    await register(scene, message);
    await told(scene, ALICE, 'You may not register');
    await scene.startBot(byAlice(scene.config));
    await register(scene, message);
    await becomes(scene, message, 'Registered in prod');
  });

  it('does not register a second time', async (ctx) => {
    const scene = await openUnregistered(ctx, { adjust: byAlice });
    const [first, second] = [await list(scene), await list(scene)];
    await register(scene, first);
    await becomes(scene, first, 'Registered in prod');
    await register(scene, second);
    const refused = await becomes(scene, second, 'is registered in prod (production) already');
    expect(refused.text).toContain('Next: To replace it');
    expect(scene.prod.webhooks).toHaveLength(1);
  });

  it('registers nothing when the config has changed since its dialog', async (ctx) => {
    const scene = await openUnregistered(ctx, { adjust: byAlice });
    const message = await list(scene);
    await scene.startBot({
      ...scene.config,
      environments: scene.config.environments.map((environment) => ({
        ...environment,
        webhooks: environment.webhooks && { ...environment.webhooks, activities: ['CONTRACT_VOIDED'] },
      })),
    });
    await register(scene, message);
    const now = await becomes(scene, message, 'has changed since this was shown');
    expect(confirmOf(now, actionIds.registerWebhook)).toContain('CONTRACT_VOIDED');
    expect(scene.spotdraft.requests).toEqual([]);
    await register(scene, now);
    await becomes(scene, message, 'Registered in prod');
  });

  it('shows a lost answer as unknown, says where to look, and offers no second attempt', async (ctx) => {
    const scene = await openUnregistered(ctx, { adjust: byAlice });
    const message = await list(scene);
    scene.spotdraft.faults.add({ times: 1, fault: { kind: 'reset_mid_body' } });
    await register(scene, message);
    const lost = await becomes(scene, message, 'may have been created in prod (production), or not');
    expect(lost.text).toContain('0 active, 1 unknown');
    expect(blocksOf(lost)).toContain('note prod <its id>');
    expect(blocksOf(lost)).not.toContain(actionIds.registerWebhook);
    expect(blocksOf(lost)).not.toContain(actionIds.deleteWebhook);
  });
});

it.concurrent('a refusal by SpotDraft is shown with the next step, and Register stays', async (ctx) => {
  const scene = await openUnregistered(ctx, { adjust: byAlice });
  scene.prod.developerSettings = false;
  const message = await list(scene);
  await register(scene, message);
  const refused = await becomes(scene, message, 'Nothing was registered in prod (production)');
  expect(refused.text).toContain('answered 403');
  expect(blocksOf(refused)).toContain('permission Developer Settings');
  scene.prod.developerSettings = true;
  await register(scene, refused);
  await becomes(scene, message, 'Registered in prod');
});

it.concurrent('a stop before SpotDraft answers says so and leaves the attempt as unknown', async (ctx) => {
  const scene = await openUnregistered(ctx, { adjust: byAlice });
  const message = await list(scene);
  scene.spotdraft.faults.add({ fault: { kind: 'timeout' } });
  await register(scene, message);
  await scene.slack.waitFor(() => scene.spotdraft.requests.length > 0);
  await scene.stopBot();
  const excused = await becomes(scene, message, 'Envcheck was stopped before SpotDraft answered');
  expect(excused.text).toContain('`/envcheck webhooks prod` shows what is known');
  scene.spotdraft.faults.clear();
  await scene.startBot(scene.config);
  expect((await list(scene)).text).toContain('0 active, 1 unknown');
});

it.concurrent('an environment without webhooks offers nothing to register', async (ctx) => {
  const scene = await openUnregistered(ctx, {
    adjust: (config) => ({
      ...byAlice(config),
      environments: config.environments.map((environment) => ({ ...environment, webhooks: null })),
    }),
  });
  const message = await list(scene);
  expect(blocksOf(message)).toContain('The config has no webhooks for prod (production)');
  expect(blocksOf(message)).not.toContain(actionIds.registerWebhook);
});

it.concurrent('webhooks asks which environment when there are several', async (ctx) => {
  const scene = await openUnregistered(ctx, { adjust: byAlice });
  const message = await list(scene, ALICE, 'webhooks');
  expect(message.text).toContain('Which environment? Choose uat or prod.');
  expect(message.text).toContain('Did you mean `/envcheck webhooks uat`?');
});

it.concurrent('a list of a hundred webhooks fits into one message and counts the rest', async (ctx) => {
  const scene = await openUnregistered(ctx, { adjust: byAlice });
  const db = openDatabase(scene.config.database);
  for (let id = 1; id <= 100; id += 1)
    await db
      .insertInto('webhook_registrations')
      .values({
        environment: 'prod',
        webhook_id: id,
        origin: 'noted',
        state: 'active',
        registered_at: id,
        title: `<!channel> ${'x'.repeat(500)}`,
      })
      .execute();
  await db.destroy();
  const message = await list(scene);
  expect(message.text).toContain('100 active');
  const shown = blocksOf(message).match(/"text":"Delete \d+"/g)?.length ?? 0;
  expect(shown).toBeGreaterThan(5);
  expect(blocksOf(message)).toContain(`${100 - shown} more do not fit in this message.`);
});
