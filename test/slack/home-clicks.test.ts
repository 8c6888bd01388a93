import { describe, it, type TestContext } from 'vitest';
import type { StoredView } from '../../sandbox/slack/server.ts';
import { actionIds, homeDiffIds } from '../../src/slack/action-ids.ts';
import { openDatabase } from '../../src/store/database.ts';
import { there } from '../environment.ts';
import { runningClock } from '../time/movable-clock.ts';
import { ALICE, openScene, type Scene } from './scene.ts';

/** Alice's Home with all of its buttons, after prod was checked. */
async function openHome(ctx: TestContext) {
  const clock = runningClock();
  const scene = await openScene(ctx, { mode: 'http', clock });
  await scene.slack.command({ text: 'prod', user: ALICE });
  await scene.report();
  await scene.slack.openHome(ALICE);
  const hasReport = ({ view }: StoredView) => JSON.stringify(view).includes(actionIds.homeReport);
  const view = await scene.slack.waitFor(() => {
    const home = scene.slack.home(ALICE);
    return home && hasReport(home) && home;
  });
  return { scene, view, clock };
}

/** Messages of text in Alice's direct messages that match. A history posts its picture as a message of its own. */
const answers = ({ slack }: Scene, text: RegExp) =>
  slack.messages(ALICE).filter((message) => message.files.length === 0 && text.test(message.text));

const waitForAnswer = (scene: Scene, text: RegExp): Promise<true> =>
  scene.slack.waitFor(() => answers(scene, text).length > 0 && true);

const differences = there(homeDiffIds[0]);

const buttons = [
  { name: 'Re-check', actionId: actionIds.homeCheck, value: 'prod', answer: /^❌ prod \(production\): not/ },
  { name: 'Differences', actionId: differences, value: 'uat prod', answer: /^. uat → prod \(production\)/ },
  { name: 'History', actionId: actionIds.homeHistory, value: 'prod', answer: /^History of prod/ },
  {
    name: 'Checklist',
    actionId: actionIds.homeChecklist,
    value: 'prod',
    answer: /^. Go-live checklist for prod/,
  },
  { name: 'Waivers', actionId: actionIds.homeWaivers, value: 'prod', answer: /^Waivers: 0 accepted/ },
];

describe.concurrent('a click on the App Home', () => {
  it('is answered once when it comes twice', async (ctx) => {
    const { expect } = ctx;
    const { scene, view } = await openHome(ctx);
    for (const { actionId, value, answer } of buttons) {
      const click = () => scene.slack.click({ view, actionId, value, user: ALICE });
      expect(await Promise.all([click(), click()])).toMatchObject([{ ok: true }, { ok: true }]);
      await waitForAnswer(scene, answer);
    }
    // A stop waits for answers in progress.
    await scene.stopBot();
    for (const { name, answer } of buttons) expect([name, answers(scene, answer).length]).toEqual([name, 1]);
    expect(answers(scene, /./)).toHaveLength(buttons.length);
  });

  it('an hour later says that the environment is gone when the config no longer has it', async (ctx) => {
    const { expect } = ctx;
    const { scene, view, clock } = await openHome(ctx);
    clock.move(3_600_000);
    const { config, slack, spotdraft } = scene;
    const environments = config.environments.filter(({ name }) => name !== 'prod');
    await scene.startBot({ ...config, environments, drift: { ...config.drift, pairs: [] } });
    const reads = spotdraft.requests.length;
    for (const [index, { actionId, value }] of buttons.entries()) {
      await slack.click({ view, actionId, value, user: ALICE });
      await slack.waitFor(() => slack.messages(ALICE).length === index + 1);
    }
    expect(answers(scene, /^The config no longer has (?:uat or )?prod\./)).toHaveLength(buttons.length);
    expect(spotdraft.requests).toHaveLength(reads);
  });

  it('on a report that was deleted says what to do', async (ctx) => {
    const { scene, view } = await openHome(ctx);
    const db = openDatabase(scene.config.database);
    await db.deleteFrom('reports').execute();
    await db.destroy();
    await scene.slack.click({ view, actionId: actionIds.homeReport, user: ALICE });
    await waitForAnswer(scene, /^The report rpt_\w+ is no longer stored\. Check the environment again/);
  });
});
