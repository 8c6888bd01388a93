import { sql } from 'kysely';
import { describe, it } from 'vitest';
import type { StoredMessage, StoredView } from '../../sandbox/slack/server.ts';
import type { Access, Config } from '../../src/config/config.ts';
import { actionIds } from '../../src/slack/action-ids.ts';
import { openDatabase } from '../../src/store/database.ts';
import { runningClock } from '../time/movable-clock.ts';
import { ALICE, BOB, blocksOf, GENERAL, isReport, openScene, type Scene } from './scene.ts';

const LONG = 40_000;
const DAY = 86_400_000;
const dayIn = (days: number): string => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);

const waivedBy =
  (waive: Partial<Access>) =>
  (config: Config): Config => ({
    ...config,
    access: { ...config.access, waive: { users: [], groups: [], ...waive } },
  });
const byAlice = waivedBy({ users: [ALICE] });

const everything = ({ slack }: Scene): StoredMessage[] => [
  ...slack.messages(GENERAL),
  ...slack.ephemerals(GENERAL),
];

async function ask(scene: Scene, text: string, says: RegExp, user = ALICE): Promise<StoredMessage> {
  const before = new Set(everything(scene).map(({ ts }) => ts));
  await scene.slack.command({ text, user });
  return scene.slack.waitFor(
    () =>
      everything(scene).find(
        (each) => !before.has(each.ts) && says.test(each.text) && blocksOf(each).includes('"actions"'),
      ),
    LONG,
  );
}

const becomes = (scene: Scene, { ts }: StoredMessage, says: RegExp): Promise<StoredMessage> =>
  scene.slack.waitFor(() => everything(scene).find((each) => each.ts === ts && says.test(each.text)), LONG);

const compare = (scene: Scene, more = '') =>
  ask(scene, `diff uat prod${more}`, /^❌ uat → prod \(production\)/);

interface Menu {
  action_id?: string;
  options?: { text: { text: string }; description?: { text: string }; value: string }[];
}

const optionsOf = (message: StoredMessage, actionId: string) =>
  (message.blocks as { elements?: Menu[] }[])
    .flatMap(({ elements }) => elements ?? [])
    .find((each) => each.action_id === actionId)?.options ?? [];

/** Chooses the first menu entry whose name contains this. */
function choose({ slack }: Scene, message: StoredMessage, actionId: string, name: string, user = ALICE) {
  const option = optionsOf(message, actionId).find(({ text }) => text.text.includes(name));
  if (!option) throw new Error(`no option ${name}`);
  return slack.click({ message, actionId, value: option.value, user });
}

/** Changes the value of an option in all contract types. */
function renameOption(workspace: { contractTypes: object[] }, from: string, to: string): void {
  const written = JSON.stringify(workspace.contractTypes).replaceAll(
    JSON.stringify(from),
    JSON.stringify(to),
  );
  workspace.contractTypes.splice(0, workspace.contractTypes.length, ...JSON.parse(written));
}

const viewJson = ({ view }: StoredView): string => JSON.stringify(view);
/** Waits until the modal has loaded. */
const modal = ({ slack }: Scene, user = ALICE): Promise<StoredView> =>
  slack.waitFor(() => slack.modals(user).findLast((each) => !viewJson(each).includes('One moment')));

async function acts({ config }: Scene): Promise<{ act: string; actor: string }[]> {
  const db = openDatabase(config.database);
  const rows = await db.selectFrom('audit').select(['act', 'actor']).orderBy('key').execute();
  await db.destroy();
  return rows;
}

const accepted = async (scene: Scene) => (await acts(scene)).filter(({ act }) => act === 'waiver.accept');

describe.concurrent('a waiver', () => {
  it('is created for a difference in a form, shown in the same message, listed, and revoked', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode: 'http', adjust: byAlice });
    const { slack, spotdraft } = scene;
    const message = await compare(scene);
    const reads = spotdraft.requests.length;
    await choose(scene, message, actionIds.acceptDifference, 'Net 60');
    const form = await modal(scene);
    const shown = viewJson(form);
    for (const words of [
      'uat → prod (production)',
      'payment_terms/options/Net 60/value',
      'Net 60 → net-60',
      dayIn(30),
    ])
      expect(shown).toContain(words);

    const wrong = await slack.submitView({
      user: ALICE,
      values: { reason: 'next release', until: dayIn(400) },
    });
    expect(wrong.ok).toBe(true);
    expect(slack.modals(ALICE).at(-1)?.errors).toEqual({
      until: expect.stringContaining('is more than a year away'),
    });
    await slack.submitView({ user: ALICE, values: { reason: '  ', until: dayIn(3) } });
    expect(slack.modals(ALICE).at(-1)?.errors).toEqual({
      reason: expect.stringContaining('A reason is needed'),
    });
    const ack = await slack.submitView({ user: ALICE, values: { reason: 'next release', until: dayIn(3) } });
    expect(ack).toMatchObject({ ok: true });
    expect(slack.modals(ALICE)).toEqual([]);
    const after = await becomes(scene, message, /1 more accepted/);
    expect(after.text).toContain('2 differences: 1 breaking, 1 risky; 1 more accepted');
    expect(optionsOf(after, actionIds.acceptDifference)).toHaveLength(2);
    expect(spotdraft.requests).toHaveLength(reads);
    expect(await acts(scene)).toEqual([{ act: 'waiver.accept', actor: `slack:${ALICE}` }]);

    const list = await ask(scene, 'waivers', /^Waivers: 1 accepted/);
    expect(list.ephemeralFor).toBe(ALICE);
    for (const words of ['Net 60 → net-60', 'next release', ALICE, dayIn(3), 'Revoke this waiver'])
      expect(blocksOf(list)).toContain(words);
    const revoke = () => slack.click({ message: list, actionId: actionIds.revokeWaiver });
    await Promise.all([revoke(), revoke()]);
    const revoked = await becomes(scene, list, /Revoked: .* in uat → prod \(production\)\. It counts again/);
    expect(revoked.text).toContain('0 accepted, 1 ended');
    await new Promise((resolve) => setTimeout(resolve, 300));
    // The second click did nothing and did not replace the answer to the first.
    expect(slack.ephemerals(GENERAL, ALICE).find(({ ts }) => ts === list.ts)?.text).toBe(revoked.text);
    expect((await acts(scene)).map(({ act }) => act)).toEqual(['waiver.accept', 'waiver.revoke']);
    expect((await compare(scene)).text).toContain('3 differences: 2 breaking, 1 risky. ');
  });

  it('ends on its last day, and when the accepted value changes', async (ctx) => {
    const { expect } = ctx;
    const clock = runningClock();
    const scene = await openScene(ctx, { mode: 'http', adjust: byAlice, clock });
    const { slack } = scene;
    const accept = async (days: number) => {
      const message = await compare(scene);
      await choose(scene, message, actionIds.acceptDifference, 'Net 60');
      await modal(scene);
      const until = new Date(clock.now() + days * DAY).toISOString().slice(0, 10);
      await slack.submitView({ user: ALICE, values: { reason: 'next release', until } });
      await becomes(scene, message, /1 more accepted/);
    };
    await accept(3);
    clock.move(3 * DAY);
    expect((await compare(scene)).text).toContain('1 more accepted');
    clock.move(DAY);
    expect((await compare(scene)).text).toContain('3 differences: 2 breaking, 1 risky. ');
    await slack.command({ text: 'waivers' });
    await slack.waitFor(
      () => everything(scene).find(({ text }) => text.includes('0 accepted, 1 ended')),
      LONG,
    );

    await accept(30);
    renameOption(scene.prod, 'net-60', 'net_60');
    expect((await compare(scene)).text).toContain('3 differences: 2 breaking, 1 risky. ');
    renameOption(scene.prod, 'net_60', 'net-60');
    expect((await compare(scene)).text).toContain('3 differences: 2 breaking, 1 risky. ');
    await slack.command({ text: 'waivers' });
    const list = await slack.waitFor(
      () => everything(scene).find(({ text }) => text.includes('0 accepted, 2 ended')),
      LONG,
    );
    for (const words of ['1 changed', '1 expired']) expect(blocksOf(list)).toContain(words);
  }, 90_000);

  it('updates the report in the same message when it accepts a failing check', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode: 'http', adjust: byAlice });
    const { slack } = scene;
    const report = await ask(scene, 'prod', /^❌ prod \(production\): not ready/);
    await choose(scene, report, actionIds.acceptCheck, 'No receiver URL is shared');
    expect(viewJson(await modal(scene))).toContain('webhooks.separate');
    await slack.submitView({
      user: ALICE,
      values: { reason: 'one receiver for both, by design', until: dayIn(30) },
    });
    const after = await becomes(scene, report, /1 waived/);
    expect(isReport(after)).toBe(true);
    expect(blocksOf(after)).toContain('Since the last report: 1 accepted (webhooks.separate)');
    expect(optionsOf(after, actionIds.acceptCheck).map(({ value }) => value)).not.toContain(
      'webhooks.separate',
    );
    expect(slack.messages(GENERAL)).toHaveLength(1);
  });

  it('requires the permission, which is checked again when the form is sent', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, {
      mode: 'http',
      adjust: waivedBy({ groups: ['S0OPERATORS'] }),
    });
    const { slack } = scene;
    const message = await compare(scene);
    await choose(scene, message, actionIds.acceptDifference, 'Net 60', ALICE);
    const refused = await modal(scene, ALICE);
    expect(viewJson(refused)).toContain('You may not accept a difference. Allowed: <!subteam^S0OPERATORS>.');
    expect(refused.view.submit).toBeUndefined();
    await choose(scene, message, actionIds.acceptDifference, 'Net 60', BOB);
    expect((await modal(scene, BOB)).view.submit).toBeDefined();
    // The config now allows only Alice.
    await scene.startBot(byAlice(scene.config));
    await slack.submitView({ user: BOB, values: { reason: 'because', until: dayIn(3) } });
    const after = await modal(scene, BOB);
    expect(viewJson(after)).toContain(`You may not accept this. Allowed: <@${ALICE}>.`);
    expect(await accepted(scene)).toEqual([]);
  });
});

describe.concurrent('a waiver of a difference', () => {
  it('is refused when the value has changed since the form was opened or the message was posted', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode: 'http', adjust: byAlice });
    const { slack, prod } = scene;
    const message = await compare(scene);
    await choose(scene, message, actionIds.acceptDifference, 'unpublishedChanges');
    await modal(scene);
    renameOption(prod, 'net-60', 'net_sixty');
    await compare(scene);
    await slack.closeView({ user: ALICE });
    await choose(scene, message, actionIds.acceptDifference, 'Net 60');
    const outdated = await modal(scene);
    expect(viewJson(outdated)).toContain(
      'This is not what the message shows any more. It is now: Net 60 → net_sixty',
    );
    expect(outdated.view.submit).toBeUndefined();

    await slack.closeView({ user: ALICE });
    const fresh = await compare(scene);
    await choose(scene, fresh, actionIds.acceptDifference, 'Net 60');
    await modal(scene);
    renameOption(prod, 'net_sixty', 'n60');
    await compare(scene);
    await slack.submitView({ user: ALICE, values: { reason: 'because', until: dayIn(3) } });
    expect(slack.modals(ALICE).at(-1)?.errors).toEqual({
      reason: 'It has changed since this was shown. It is now: Net 60 → n60.',
    });
    expect(await accepted(scene)).toEqual([]);
  });

  it('is created once when several forms are open', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode: 'http', adjust: waivedBy({ users: [ALICE, BOB] }) });
    const { slack } = scene;
    const message = await compare(scene);
    for (const user of [ALICE, BOB]) {
      await choose(scene, message, actionIds.acceptDifference, 'Net 60', user);
      await modal(scene, user);
    }
    for (const user of [ALICE, BOB])
      await slack.submitView({ user, values: { reason: 'because', until: dayIn(3) } });
    expect(slack.modals(ALICE)).toEqual([]);
    expect(slack.modals(BOB).at(-1)?.errors).toEqual({
      reason: expect.stringContaining(`Slack member ${ALICE} accepted it already`),
    });
    expect(await accepted(scene)).toHaveLength(1);
  });

  it('can be created from a private message, which is updated', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode: 'http', adjust: byAlice });
    const mine = await compare(scene, ' --private');
    expect(mine.ephemeralFor).toBe(ALICE);
    await choose(scene, mine, actionIds.acceptDifference, 'Net 60');
    await modal(scene);
    await scene.slack.submitView({ user: ALICE, values: { reason: 'because', until: dayIn(3) } });
    await becomes(scene, mine, /1 more accepted/);
    expect(scene.slack.messages(GENERAL)).toEqual([]);
  });

  it('has a form that reports when it cannot open and does not wait for a slow user group', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, {
      mode: 'http',
      adjust: waivedBy({ groups: ['S0OPERATORS'] }),
    });
    const { slack } = scene;
    const message = await compare(scene);
    slack.faults.add({ method: 'views.open', fault: { kind: 'error', error: 'expired_trigger_id' } });
    await choose(scene, message, actionIds.acceptDifference, 'Net 60', BOB);
    const told = await slack.waitFor(() => slack.ephemerals(GENERAL, BOB)[0]);
    expect(told.text).toBe('The form did not open (Slack says expired_trigger_id). Choose it once more.');
    slack.faults.add({ method: 'usergroups.users.list', fault: { kind: 'slow', ms: 1_000 } });
    await choose(scene, message, actionIds.acceptDifference, 'Net 60', BOB);
    const waiting = await slack.waitFor(() => slack.modals(BOB)[0]);
    expect(viewJson(waiting)).toContain('One moment');
    await slack.waitFor(() => slack.modals(BOB)[0]?.view.submit, 10_000);
  });

  it('can be revoked with the same button after a failed attempt', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode: 'http', adjust: byAlice });
    const report = await ask(scene, 'prod', /^❌ prod \(production\): not ready/);
    await choose(scene, report, actionIds.acceptCheck, 'No receiver URL is shared');
    await modal(scene);
    await scene.slack.submitView({ user: ALICE, values: { reason: 'because', until: dayIn(3) } });
    await becomes(scene, report, /1 waived/);
    const list = await ask(scene, 'waivers', /^Waivers: 1 accepted/);
    const db = openDatabase(scene.config.database);
    await sql`create trigger full before insert on audit begin select raise(abort, 'full'); end`.execute(db);
    const revoke = () => scene.slack.click({ message: list, actionId: actionIds.revokeWaiver });
    await revoke();
    await scene.slack.waitFor(() => everything(scene).some(({ text }) => /Revoke failed.*err_/.test(text)));
    await sql`drop trigger full`.execute(db);
    await db.destroy();
    await revoke();
    await becomes(scene, list, /^Waivers: 0 accepted, 1 ended/);
    expect((await acts(scene)).map(({ act }) => act)).toEqual(['waiver.accept', 'waiver.revoke']);
  });

  it('is not revoked without the permission', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode: 'http', adjust: byAlice });
    const { slack } = scene;
    const message = await compare(scene);
    await choose(scene, message, actionIds.acceptDifference, 'Net 60');
    await modal(scene);
    await slack.submitView({ user: ALICE, values: { reason: 'because', until: dayIn(3) } });
    await becomes(scene, message, /accepted/);
    const list = await ask(scene, 'waivers', /^Waivers: 1 accepted/, BOB);
    await slack.click({ message: list, actionId: actionIds.revokeWaiver, user: BOB });
    const told = await slack.waitFor(() =>
      slack.ephemerals(GENERAL, BOB).find(({ text }) => text.includes('may not revoke')),
    );
    expect(told.text).toContain(`Allowed: <@${ALICE}>.`);
    expect((await acts(scene)).map(({ act }) => act)).toEqual(['waiver.accept']);
  });
});
