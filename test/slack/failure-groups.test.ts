import { describe, it } from 'vitest';
import type { StoredMessage, StoredView } from '../../sandbox/slack/server.ts';
import type { Access, Config } from '../../src/config/config.ts';
import { actionIds } from '../../src/slack/action-ids.ts';
import { openDatabase } from '../../src/store/database.ts';
import { writeOutcomes } from '../events/failures/write-log.ts';
import { runningClock } from '../time/movable-clock.ts';
import { ALICE, BOB, blocksOf, GENERAL, openScene, type Scene } from './scene.ts';

const DAY = 86_400_000;

const operatedBy =
  (operate: Partial<Access>) =>
  (config: Config): Config => ({
    ...config,
    access: { ...config.access, operate: { users: [], groups: [], ...operate } },
  });
const byAlice = operatedBy({ users: [ALICE] });

const everything = ({ slack }: Scene): StoredMessage[] => [
  ...slack.messages(GENERAL),
  ...slack.ephemerals(GENERAL),
];

async function ask(scene: Scene, text: string, user = ALICE): Promise<StoredMessage> {
  const before = new Set(everything(scene).map(({ ts }) => ts));
  await scene.slack.command({ text, user });
  return scene.slack.waitFor(() =>
    everything(scene).find((each) => !before.has(each.ts) && each.text.includes('failure groups')),
  );
}

const becomes = (scene: Scene, { ts }: StoredMessage, says: RegExp): Promise<StoredMessage> =>
  scene.slack.waitFor(() => everything(scene).find((each) => each.ts === ts && says.test(each.text)));

interface Button {
  action_id?: string;
  value?: string;
  accessibility_label?: string;
}

const buttons = (message: StoredMessage): Button[] =>
  (message.blocks as { elements?: Button[] }[])
    .flatMap(({ elements }) => elements ?? [])
    .filter((each) => each.action_id === actionIds.acknowledgeFailure);

function click({ slack }: Scene, message: StoredMessage, of: string, user = ALICE) {
  const button = buttons(message).find((each) => each.accessibility_label?.includes(of));
  if (!button?.value) throw new Error(`no button for ${of}`);
  return slack.click({ message, actionId: actionIds.acknowledgeFailure, value: button.value, user });
}

const viewJson = ({ view }: StoredView): string => JSON.stringify(view);
const modal = ({ slack }: Scene, user = ALICE): Promise<StoredView> =>
  slack.waitFor(() => slack.modals(user).findLast((each) => !viewJson(each).includes('One moment')));

/** Sends the running receiver a delivery with a wrong signature, or with none. */
async function sendBadly({ url }: Scene, signature: string | null = 'ab'.repeat(64)): Promise<number> {
  const response = await fetch(`${url}/webhooks/prod`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(signature === null ? {} : { 'x-sd-webhook-content-hash': signature }),
    },
    body: '{}',
  });
  await response.body?.cancel();
  return response.status;
}

const fail = ({ config }: Scene, code: string, at = Date.now()) =>
  writeOutcomes(config.database, [
    { at, status: 'failed', code, activity: 'CONTRACT_EXECUTED', contract_id: 7 },
  ])[0];

async function acts({ config }: Scene): Promise<{ act: string; actor: string; detail: string }[]> {
  const db = openDatabase(config.database);
  const rows = await db.selectFrom('audit').select(['act', 'actor', 'detail']).orderBy('key').execute();
  await db.destroy();
  return rows;
}

describe.concurrent('groups of failures', () => {
  it('are listed for the asker alone, acknowledged in a form, and open again for a new error code', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { adjust: byAlice });
    const { slack } = scene;
    expect(await sendBadly(scene)).toBe(401);
    expect(await sendBadly(scene)).toBe(401);
    const sample = fail(scene, 'CRM_TIMEOUT');
    const message = await ask(scene, 'errors prod');
    expect(message.ephemeralFor).toBe(ALICE);
    expect(message.text).toBe('❌ prod (production), failure groups: 2 open, 0 acknowledged, 0 resolved');
    for (const words of [
      'bad signature',
      'failed outcomes of CONTRACT_EXECUTED',
      `/envcheck find ${sample}`,
      'Next: ',
    ])
      expect(blocksOf(message)).toContain(words);

    // Both are counted; one is kept per minute, and a minute may have ended between the two.
    expect(blocksOf(message)).toMatch(/[12] deliver(?:y|ies)/);

    await click(scene, message, 'failed outcomes');
    const form = await modal(scene);
    for (const words of ['prod (production)', 'failed outcomes of CONTRACT_EXECUTED', 'CRM_TIMEOUT'])
      expect(viewJson(form)).toContain(words);
    await slack.submitView({ user: ALICE, values: { reason: '  ' } });
    expect(slack.modals(ALICE).at(-1)?.errors).toEqual({
      reason: expect.stringContaining('A reason is needed'),
    });
    await slack.submitView({ user: ALICE, values: { reason: 'CRM is down, INC-7' } });
    expect(slack.modals(ALICE)).toEqual([]);
    const after = await becomes(scene, message, /1 open, 1 acknowledged/);
    expect(blocksOf(after)).toContain('CRM is down, INC-7');
    expect(buttons(after)).toHaveLength(1);
    expect(await acts(scene)).toEqual([
      {
        act: 'failures.acknowledge',
        actor: `slack:${ALICE}`,
        detail: expect.stringContaining('CRM is down, INC-7'),
      },
    ]);

    fail(scene, 'CRM_TIMEOUT');
    expect((await ask(scene, 'failures prod')).text).toContain('1 open, 1 acknowledged');
    fail(scene, 'CRM_REFUSED');
    const reopened = await ask(scene, 'failures prod');
    expect(reopened.text).toContain('2 open, 0 acknowledged');
    expect(blocksOf(reopened)).toContain('open again: new reason CRM_REFUSED');
  });

  it('cannot be acknowledged without the permission, which is checked again when the form is sent', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { adjust: operatedBy({ groups: ['S0OPERATORS'] }) });
    const { slack } = scene;
    await sendBadly(scene);
    const message = await ask(scene, 'failures prod --share');
    expect(message.ephemeralFor).toBeFalsy();
    await click(scene, message, 'without a valid signature', ALICE);
    const refused = await modal(scene, ALICE);
    expect(viewJson(refused)).toContain('You may not acknowledge failures. Allowed: <!subteam^S0OPERATORS>.');
    expect(refused.view.submit).toBeUndefined();
    await click(scene, message, 'without a valid signature', BOB);
    expect((await modal(scene, BOB)).view.submit).toBeDefined();
    // The config now allows only Alice.
    await scene.startBot(byAlice(scene.config));
    await slack.submitView({ user: BOB, values: { reason: 'because' } });
    expect(viewJson(await modal(scene, BOB))).toContain(
      `You may not acknowledge failures. Allowed: <@${ALICE}>.`,
    );
    expect(await acts(scene)).toEqual([]);
  });
});

describe.concurrent('a group of failures', () => {
  it('is acknowledged once, however many forms are open, and the message in the channel is updated', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { adjust: operatedBy({ users: [ALICE, BOB] }) });
    const { slack } = scene;
    await sendBadly(scene);
    const mine = await ask(scene, 'failures prod');
    await slack.click({ message: mine, actionId: actionIds.shareFailures, user: ALICE });
    const shared = await slack.waitFor(() => slack.messages(GENERAL).at(-1));
    for (const user of [ALICE, BOB]) {
      await click(scene, shared, 'without a valid signature', user);
      await modal(scene, user);
    }
    for (const user of [ALICE, BOB]) await slack.submitView({ user, values: { reason: 'a scan' } });
    expect(slack.modals(ALICE)).toEqual([]);
    expect(slack.modals(BOB).at(-1)?.errors).toEqual({
      reason: expect.stringContaining(`Slack member ${ALICE} acknowledged it already`),
    });
    await becomes(scene, shared, /0 open, 1 acknowledged/);
    expect(await acts(scene)).toHaveLength(1);
    // The private message still has its button.
    await slack.closeView({ user: BOB });
    await click(scene, mine, 'without a valid signature');
    const outdated = await modal(scene);
    expect(viewJson(outdated)).toContain('somebody did already (a scan)');
    expect(outdated.view.submit).toBeUndefined();
  });

  it('is not acknowledged for a cause that is newer than the message or the form', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { adjust: byAlice });
    const { slack } = scene;
    fail(scene, 'CRM_TIMEOUT');
    const message = await ask(scene, 'failures prod');
    await click(scene, message, 'failed outcomes');
    await modal(scene);
    fail(scene, 'CRM_REFUSED');
    await slack.submitView({ user: ALICE, values: { reason: 'known' } });
    expect(slack.modals(ALICE).at(-1)?.errors).toEqual({
      reason: expect.stringContaining('CRM_REFUSED is new'),
    });
    await slack.closeView({ user: ALICE });
    await click(scene, message, 'failed outcomes');
    const outdated = await modal(scene);
    expect(viewJson(outdated)).toContain('This is not what the message shows any more');
    expect(outdated.view.submit).toBeUndefined();
    expect(await acts(scene)).toEqual([]);
  });

  it('is listed only with --all once it is resolved, and its old button does nothing', async (ctx) => {
    const { expect } = ctx;
    const clock = runningClock();
    const scene = await openScene(ctx, { adjust: byAlice, clock });
    fail(scene, 'CRM_TIMEOUT');
    const message = await ask(scene, 'failures prod');
    clock.move(DAY);
    writeOutcomes(scene.config.database, [
      { at: clock.now(), status: 'processed', activity: 'CONTRACT_EXECUTED', contract_id: 7 },
    ]);
    const now = await ask(scene, 'failure prod');
    expect(now.text).toContain('✅ prod (production), failure groups: 0 open, 0 acknowledged, 1 resolved');
    expect(blocksOf(now)).not.toContain('CRM_TIMEOUT');
    expect(blocksOf(await ask(scene, 'failures prod --all'))).toContain('CRM_TIMEOUT');
    await click(scene, message, 'failed outcomes');
    expect(viewJson(await modal(scene))).toContain('Nothing to acknowledge: it is resolved');
    expect(await acts(scene)).toEqual([]);
  });

  it('is reported as unknown when it cannot be read, and a form that does not open is reported', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { adjust: byAlice });
    const { slack } = scene;
    await sendBadly(scene);
    const message = await ask(scene, 'failures prod');
    slack.faults.add({ method: 'views.open', fault: { kind: 'error', error: 'expired_trigger_id' } });
    await click(scene, message, 'without a valid signature');
    await slack.waitFor(() =>
      slack
        .ephemerals(GENERAL, ALICE)
        .find(
          ({ text }) => text === 'The form did not open (Slack says expired_trigger_id). Click once more.',
        ),
    );
    const db = openDatabase(scene.config.database);
    await db.schema.alterTable('outcomes').renameTo('lost').execute();
    await db.destroy();
    const told = await ask(scene, 'failures prod');
    expect(told.text).toContain('1 open, 0 acknowledged, 0 resolved; 1 could not be checked');
    expect(blocksOf(told)).toContain('Could not check failed outcomes');
  });
});
