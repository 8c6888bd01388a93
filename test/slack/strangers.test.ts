import { describe, it } from 'vitest';
import { acts } from './acts.ts';
import { forActsOfBob, traces, waitForText } from './bob.ts';
import { ALICE, BOB, GENERAL, openScene, type Scene } from './scene.ts';

const commands = [
  'prod',
  'find T-1',
  'events prod',
  'failures prod --share',
  'diff uat prod',
  'waivers',
  'self',
  'help',
];

/** One act of each kind: a command, a button, a form. */
const someActs = [null, 'operate', 'signOff'].flatMap(
  (kind) => acts.find(({ access }) => access === kind) ?? [],
);

const told = ({ slack }: Scene, user = BOB): string[] =>
  slack.ephemerals(GENERAL, user).map(({ text }) => text);

describe.concurrent('somebody who may not read', () => {
  it.concurrent.for([
    { name: 'a guest', change: { isGuest: true }, words: /You are a guest here/ },
    {
      name: 'a member of another workspace',
      change: { team: 'T0OTHER' },
      words: /not in the workspace of this bot/,
    },
  ])('$name gets the reason for every command, and nothing else', async ({ change, words }, ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode: 'http' });
    scene.slack.changeUser(BOB, change);
    for (const text of commands)
      expect(await scene.slack.command({ text, user: BOB, channel: GENERAL })).toMatchObject({ ok: true });
    await expect
      .poll(() => told(scene).filter((text) => words.test(text)).length, { timeout: 10_000 })
      .toBe(commands.length);
    expect(told(scene)).toHaveLength(commands.length);
    expect(scene.shown('post')).toEqual([]);
    expect(scene.spotdraft.requests).toEqual([]);
    await scene.slack.openHome(BOB);
    await expect.poll(() => JSON.stringify(scene.slack.home(BOB)), { timeout: 10_000 }).toMatch(words);
    expect(JSON.stringify(scene.slack.home(BOB))).not.toContain('uat');
  });

  it.concurrent.for(someActs)('$name changes nothing', async (act, ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode: 'http', adjust: forActsOfBob(act) });
    const perform = await act.prepare(scene);
    const before = traces(scene);
    scene.slack.changeUser(BOB, { team: 'T0OTHER' });
    expect(await perform()).toMatchObject({ ok: true });
    await waitForText(scene, /You are not in the workspace of this bot/);
    expect(traces(scene)).toEqual(before);
  });
});

it('whoever posts in a channel of two organizations is warned, and a private answer warns nobody', async (ctx) => {
  const { expect } = ctx;
  const scene = await openScene(ctx);
  const warnings = () =>
    told(scene, ALICE).filter((text) => text.includes('shared with another organization'));
  scene.slack.shareChannel(GENERAL);
  await scene.slack.command({ text: 'find T-1', user: ALICE, channel: GENERAL });
  await expect.poll(() => told(scene, ALICE)).toHaveLength(1);
  expect(warnings()).toEqual([]);
  for (const [index, text] of ['subscribe prod weekdays at 9', 'find T-1 --share', 'prod'].entries()) {
    await scene.slack.command({ text, user: ALICE, channel: GENERAL });
    await expect.poll(warnings, { timeout: 10_000 }).toHaveLength(index + 1);
  }
});
