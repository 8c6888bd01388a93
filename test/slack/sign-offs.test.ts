import { describe, expect, it } from 'vitest';
import type { StoredMessage, StoredView } from '../../sandbox/slack/server.ts';
import type { Access, Config, SignOff } from '../../src/config/config.ts';
import { actionIds } from '../../src/slack/action-ids.ts';
import { openDatabase } from '../../src/store/database.ts';
import { ALICE, BOB, blocksOf, GENERAL, type Mode, openScene, type Scene, withOwnWebhooks } from './scene.ts';

const OPERATORS = 'S0OPERATORS';

const wants =
  (
    signOff: Partial<Access> = { users: [ALICE], groups: [OPERATORS] },
    signOffs: Partial<SignOff>[] = [{ id: 'runbook', title: 'The runbook was rehearsed <@U0BOB>' }],
  ) =>
  (config: Config): Config => ({
    ...withOwnWebhooks(config),
    access: { ...config.access, signOff: { users: [], groups: [], ...signOff } },
    signOffs: signOffs.map((each) => ({
      id: 'runbook',
      title: `Title of ${each.id}`,
      validForMs: 90 * 86_400_000,
      approvals: 1,
      people: [],
      covers: null,
      environments: ['prod'],
      ...each,
    })),
  });

const isChecklist = ({ text }: { text: string }): boolean => text.includes('Go-live checklist for');

async function checklist({ slack }: Scene, text = 'checklist prod'): Promise<StoredMessage> {
  await slack.command({ text });
  return slack.waitFor(() => slack.messages(GENERAL).filter(isChecklist).at(-1), 15_000);
}

const current = ({ slack }: Scene, { ts }: StoredMessage): StoredMessage | undefined =>
  slack.messages(GENERAL).find((message) => message.ts === ts);

/** Clicks the button of a sign-off and waits for the loaded form. */
async function open(
  { slack }: Scene,
  message: StoredMessage,
  user = ALICE,
  id = 'runbook',
): Promise<StoredView> {
  const report = /rpt_\w{26}/.exec(blocksOf(message))?.[0];
  const ack = await slack.click({
    message,
    actionId: actionIds.openSignOff,
    value: `prod ${id} ${report}`,
    user,
  });
  expect(ack.ok).toBe(true);
  return settled(slack, user);
}

const settled = (slack: Scene['slack'], user = ALICE): Promise<StoredView> =>
  slack.waitFor(() => {
    const view = slack.modals(user).at(-1);
    return view && !/One moment…|Writing it down…/.test(viewText(view)) && view;
  });

const viewText = ({ view }: StoredView): string => JSON.stringify(view.blocks);

async function submit(
  { slack }: Scene,
  values: Record<string, string | null>,
  user = ALICE,
): Promise<StoredView> {
  expect(await slack.submitView({ values, user })).toMatchObject({ ok: true });
  return settled(slack, user);
}

async function rows({ config }: Scene): Promise<{ acts: string[]; audit: { act: string; actor: string }[] }> {
  const db = openDatabase(config.database);
  const acts = await db.selectFrom('sign_off_acts').select(['act', 'person_name']).orderBy('key').execute();
  const audit = await db.selectFrom('audit').select(['act', 'actor']).orderBy('key').execute();
  await db.destroy();
  return { acts: acts.map(({ act, person_name: name }) => `${name} ${act}`), audit };
}

describe.concurrent.each<Mode>(['socket', 'http'])('the checklist over %s', (mode) => {
  it('shows the seven items, is signed by button and form, and shows the signature in the same message', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode, adjust: wants() });
    const message = await checklist(scene);
    expect(message.text).toContain('❌ Go-live checklist for prod (production): not ready');
    expect(message.text).toContain('0 of 1 signed off');
    for (const title of [
      '1. Credentials belong',
      '2. Host',
      '3. Workflows',
      '4. Webhooks',
      '5. External',
      '6. Ids',
      '7. Sign-offs',
    ])
      expect(blocksOf(message)).toContain(title);
    expect(blocksOf(message)).toContain('rehearsed <@U0BOB>');

    const form = await open(scene, message);
    expect(viewText(form)).toContain('prod (production)');
    expect(viewText(form)).toMatch(/snapshot .{0,80}[0-9a-f]{12}/);
    const result = await submit(scene, { note: 'rehearsed on Monday', link: 'https://wiki.example/runbook' });
    expect(viewText(result)).toContain('alice signed');
    expect(viewText(result)).toMatch(/aud_\w{26}/);
    const after = await scene.slack.waitFor(() => {
      const now = current(scene, message);
      return now?.text.includes('1 of 1 signed off') && now;
    });
    expect(after.text).toContain('✅ Go-live checklist for prod (production): ready');
    expect(blocksOf(after)).toContain('alice (slack:U0ALICE)');
    expect(blocksOf(after)).toContain('“rehearsed on Monday”');
    expect(await rows(scene)).toEqual({
      acts: ['alice sign'],
      audit: [{ act: 'sign-off.sign', actor: `slack:${ALICE}` }],
    });
    // The signature counts in everybody's report.
    await scene.slack.command({ text: 'prod' });
    const report = await scene.report();
    expect(report.text).toContain('prod (production): ready');
  });

  it('shows a refusal with its reason to everybody, until it is withdrawn', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode, adjust: wants() });
    const message = await checklist(scene);
    await open(scene, message, BOB);
    await scene.slack.submitView({ user: BOB, values: { act: 'refuse' } });
    const asked = scene.slack.modals(BOB).at(-1);
    expect(asked?.errors).toEqual({ note: expect.stringContaining('A refusal needs a reason') });
    await submit(scene, { act: 'refuse', note: 'nobody is <!here> on call' }, BOB);
    const refused = await scene.slack.waitFor(() => {
      const now = current(scene, message);
      return now && blocksOf(now).includes('refused by bob') && now;
    });
    expect(blocksOf(refused)).toContain('nobody is <!here> on call');
    await scene.slack.closeView({ user: BOB });
    const form = await open(scene, refused, BOB);
    expect(viewText(form)).toContain('Withdraw my refusal');
    await submit(scene, { act: 'withdraw' }, BOB);
    await scene.slack.waitFor(
      () => current(scene, message) && blocksOf(current(scene, message) as never).includes('not signed'),
    );
    expect((await rows(scene)).acts).toEqual(['bob refuse', 'bob withdraw']);
  });
});

describe.concurrent('the form of a sign-off', () => {
  it('names who has the permission when it opens and again when it is sent', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { adjust: wants({ groups: [OPERATORS] }) });
    const message = await checklist(scene);
    const refused = await open(scene, message, ALICE);
    expect(viewText(refused)).toContain('You may not sign off for prod (production)');
    expect(viewText(refused)).toContain(`Allowed: <!subteam^${OPERATORS}>.`);
    expect(refused.view.submit).toBeUndefined();

    await open(scene, message, BOB);
    // The config has changed in between.
    await scene.startBot(wants({ users: [ALICE] })(scene.config));
    const sent = await submit(scene, {}, BOB);
    expect(viewText(sent)).toContain('You may not sign off');
    expect(viewText(sent)).toContain(`Allowed: <@${ALICE}>.`);
    expect(await rows(scene)).toEqual({ acts: [], audit: [] });
  });

  it('does not let one person sign twice when two people must sign', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, {
      adjust: wants(undefined, [{ id: 'legal', approvals: 2 }]),
    });
    const message = await checklist(scene);
    await open(scene, message, ALICE, 'legal');
    expect(viewText(await submit(scene, {}))).toContain('1 of 2 have signed; 1 more person has to');
    await scene.slack.closeView();
    const again = await open(scene, message, ALICE, 'legal');
    expect(viewText(again)).toContain('Withdraw my signature');
    expect(viewText(again)).not.toContain('"value":"sign"');
    await scene.slack.closeView();
    await open(scene, message, BOB, 'legal');
    await submit(scene, {}, BOB);
    await scene.slack.waitFor(() => current(scene, message)?.text.includes('1 of 1 signed off'));
    expect((await rows(scene)).acts).toEqual(['alice sign', 'bob sign']);
  });

  it('says that its sign-off is no longer in the config', async (ctx) => {
    const scene = await openScene(ctx, { adjust: wants() });
    const message = await checklist(scene);
    await open(scene, message);
    await scene.startBot(wants(undefined, [{ id: 'other' }])(scene.config));
    expect(viewText(await submit(scene, {}))).toContain('has no sign-off “runbook”');
    await scene.slack.closeView();
    expect(viewText(await open(scene, message))).toContain('has no sign-off runbook any more');
  });

  it('updates a private checklist', async (ctx) => {
    const scene = await openScene(ctx, { adjust: wants() });
    const { slack } = scene;
    await slack.command({ text: 'checklist prod --private' });
    const own = await slack.waitFor(() => slack.ephemerals(GENERAL, ALICE).find(isChecklist), 15_000);
    await open(scene, own);
    await submit(scene, {});
    await slack.waitFor(() =>
      slack.ephemerals(GENERAL, ALICE).some(({ text }) => text.includes('1 of 1 signed off')),
    );
    expect(slack.messages(GENERAL)).toEqual([]);
  });

  it('reports that Slack did not open it, and signs nothing', async (ctx) => {
    const scene = await openScene(ctx, { adjust: wants() });
    const message = await checklist(scene);
    scene.slack.faults.add({ method: 'views.open', fault: { kind: 'error', error: 'expired_trigger_id' } });
    await scene.slack.click({ message, actionId: actionIds.openSignOff });
    await scene.slack.waitFor(() =>
      scene.slack
        .ephemerals(GENERAL, ALICE)
        .some(({ text }) => text.includes('did not open the form (expired_trigger_id)')),
    );
    expect(await rows(scene)).toEqual({ acts: [], audit: [] });
  });
});

it.concurrent('checklist asks which environment when there are several', async (ctx) => {
  const scene = await openScene(ctx, { adjust: wants() });
  await scene.slack.command({ text: 'checklist' });
  const asked = await scene.slack.waitFor(() => scene.slack.ephemerals(GENERAL, ALICE).at(-1));
  expect(asked.text).toContain('Which environment? Choose uat or prod.');
});
