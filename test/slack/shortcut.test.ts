import { describe, it } from 'vitest';
import { actionIds, shortcutIds } from '../../src/slack/action-ids.ts';
import { ALICE, blocksOf, GENERAL, type Mode, openScene, type Scene } from './scene.ts';

/** Contracts with one activity each in the scene's log. */
const [CREATED, EXECUTED] = [4_000, 4_001];

const answer = ({ slack }: Scene) => slack.waitFor(() => slack.ephemerals(GENERAL, ALICE).at(-1));

describe.concurrent.each<Mode>(['socket', 'http'])('“Find SpotDraft ids” over %s', (mode) => {
  it('finds the ids in text, blocks and attachments, and shows them to the asker alone', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode });
    const { slack } = scene;
    const message = slack.say({
      channel: GENERAL,
      user: ALICE,
      text: `T-${CREATED} is stuck, request &lt;request-prod-1&gt;, also T-99999`,
      blocks: [{ type: 'section', text: { type: 'mrkdwn', text: `see contract_id: ${EXECUTED}` } }],
      attachments: [{ text: 'no id here', fields: [{ title: 'Request', value: 'request-uat-0' }] }],
    });
    await slack.shortcut({ message, callbackId: shortcutIds.findIds, user: ALICE });
    const told = await answer(scene);
    expect(told.text).toBe('5 ids in this message, 4 in the log');
    for (const id of [`T-${CREATED}`, String(EXECUTED), 'request-prod-1', 'request-uat-0'])
      expect(blocksOf(told)).toContain(id);
    expect(blocksOf(told)).toMatch(/T-99999.*was never received/);
    expect(blocksOf(told)).toContain('Matched by its number, which may be of another contract');
    expect(slack.messages(GENERAL)).toHaveLength(1);

    await slack.click({ message: told, actionId: actionIds.showFind, user: ALICE });
    const shown = await slack.waitFor(() =>
      slack.ephemerals(GENERAL, ALICE).find(({ text }) => text.startsWith(`T-${CREATED}: `)),
    );
    expect(shown.text).toContain('2 events, 2 deliveries');
  });

  it('shows the timeline at once when there is one id', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode });
    const message = scene.slack.say({ channel: GENERAL, user: ALICE, text: 'what of request-prod-0?' });
    await scene.slack.shortcut({ message, callbackId: shortcutIds.findIds, user: ALICE });
    expect((await answer(scene)).text).toMatch(
      /^request-prod-0: CONTRACT_CREATED arrived and was verified; your integration reported no outcome\. 1 event, 1 delivery/,
    );
  });
});

it.concurrent('a message without an id is answered with other ways to search', async (ctx) => {
  const { expect } = ctx;
  const scene = await openScene(ctx);
  const message = scene.slack.say({ channel: GENERAL, user: ALICE, text: 'good morning, room 4711' });
  await scene.slack.shortcut({ message, callbackId: shortcutIds.findIds, user: ALICE });
  expect((await answer(scene)).text).toMatch(
    /^This message has no id that I know.*\/envcheck find <id>|&lt;id&gt;/,
  );
});

it.concurrent('a message full of ids is answered within Slack’s limits, with the number of ids left out', async (ctx) => {
  const { expect } = ctx;
  const scene = await openScene(ctx);
  const text = Array.from({ length: 60 }, (_, index) => `T-${CREATED + index}`).join(' ');
  const message = scene.slack.say({ channel: GENERAL, user: ALICE, text });
  await scene.slack.shortcut({ message, callbackId: shortcutIds.findIds, user: ALICE });
  const told = await answer(scene);
  expect(told.text).toBe('60 ids in this message, 2 in the log');
  expect(blocksOf(told)).toContain('40 more were not looked up');
});
