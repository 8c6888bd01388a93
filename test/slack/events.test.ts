import { describe, it } from 'vitest';
import { actionIds } from '../../src/slack/action-ids.ts';
import { fillLog } from '../event-log.ts';
import { ALICE, blocksOf, GENERAL, openScene, type Scene } from './scene.ts';

const newest = ({ slack }: Scene) => slack.ephemerals(GENERAL, ALICE).at(-1);
const told = (scene: Scene) => scene.slack.waitFor(() => newest(scene));

describe.concurrent('events', () => {
  it('are listed for the asker alone, and Share posts the page in the channel', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx);
    const { slack } = scene;
    for (let hour = 2; hour < 12; hour += 1)
      await fillLog(scene.config, [scene.prod], { at: Date.now() - hour * 3_600_000 - hour });
    // The bodies are equal, so these are two events with many deliveries.
    await slack.command({ text: 'events prod' });
    const first = await told(scene);
    expect(first.text).toBe('prod (production): 2 events, newest first');
    expect(blocksOf(first)).toContain('CONTRACT_EXECUTED, contract 4001, 11 deliveries');
    expect(slack.messages(GENERAL)).toEqual([]);

    await slack.click({ message: first, actionId: actionIds.shareEvents, user: ALICE });
    const shared = await slack.waitFor(() => slack.messages(GENERAL).at(-1));
    expect(blocksOf(shared)).toContain('CONTRACT_CREATED, contract 4000');
    expect(blocksOf(shared)).not.toContain(actionIds.shareEvents);
  });

  it('fill several pages that replace each other, and each event is listed once', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { delivered: false });
    const activities = Array.from({ length: 40 }, (_, index) => `ACTIVITY_${String(index).padStart(2, '0')}`);
    await fillLog(scene.config, [scene.prod], { activities });
    await scene.slack.command({ text: 'events prod' });
    const seen: string[] = [];
    for (let page = 0; page < 3; page += 1) {
      const message = await scene.slack.waitFor(() => {
        const shown = newest(scene);
        return shown && !blocksOf(shown).includes(seen.at(-1) ?? 'nothing yet') && shown;
      });
      seen.push(...(blocksOf(message).match(/ACTIVITY_\d\d/g) ?? []));
      expect(scene.slack.ephemerals(GENERAL, ALICE)).toHaveLength(1);
      if (page < 2) await scene.slack.click({ message, actionId: actionIds.olderEvents, user: ALICE });
    }
    expect(seen.toSorted()).toEqual(activities);
    expect(blocksOf(await told(scene))).not.toContain(actionIds.olderEvents);
  });
});

it.concurrent('--failed lists refused deliveries, and says so when there are none', async (ctx) => {
  const { expect } = ctx;
  const scene = await openScene(ctx);
  await scene.slack.command({ text: 'prod events --failed --since 24h' });
  expect((await told(scene)).text).toMatch(
    /^Nothing refused and no failed outcome in prod \(production\) since \S+\. The newest event arrived /,
  );
  const answer = await fetch(`${scene.url}/webhooks/prod`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  expect(answer.status).toBe(401);
  await scene.slack.command({ text: 'prod events --failed' });
  const listed = await scene.slack.waitFor(() => scene.slack.ephemerals(GENERAL, ALICE)[1]);
  expect(listed.text).toBe('prod (production): 1 failure, newest first');
  expect(blocksOf(listed)).toMatch(/refused: missing signature, from 127\.0\.0\.1.*dlv_/);
});
