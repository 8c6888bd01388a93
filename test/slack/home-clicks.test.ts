import { describe, it, type TestContext } from 'vitest';
import type { StoredView } from '../../sandbox/slack/server.ts';
import { actionIds, homeDiffIds } from '../../src/slack/action-ids.ts';
import { openDatabase } from '../../src/store/database.ts';
import { there } from '../environment.ts';
import { runningClock } from '../time/movable-clock.ts';
import { ALICE, openScene, type Scene } from './scene.ts';

/** Alice's Home, once it offers all of its buttons: prod was checked. */
async function openHome(ctx: TestContext) {
  const clock = runningClock();
  const scene = await openScene(ctx, { mode: 'http', clock });
  await scene.slack.command({ text: 'prod', user: ALICE });
  await scene.report();
  await scene.slack.openHome(ALICE);
  const offers = ({ view }: StoredView) => JSON.stringify(view).includes(actionIds.homeReport);
  const view = await scene.slack.waitFor(() => {
    const home = scene.slack.home(ALICE);
    return home && offers(home) && home;
  });
  return { scene, view, clock };
}

/** In her own messages, where the Home answers. */
const written = ({ slack }: Scene, says: RegExp): Promise<true> =>
  slack.waitFor(() => slack.messages(ALICE).some(({ text }) => says.test(text)) && true, 20_000);

const differences = there(homeDiffIds[0]);

const buttons = [
  { name: 'Re-check', actionId: actionIds.homeCheck, value: 'prod', answer: /^❌ prod \(production\): not/ },
  { name: 'Differences', actionId: differences, value: 'uat prod', answer: /^. uat → prod \(production\)/ },
  { name: 'History', actionId: actionIds.homeHistory, value: 'prod', answer: /prod \(production\)/ },
  {
    name: 'Checklist',
    actionId: actionIds.homeChecklist,
    value: 'prod',
    answer: /Go-live checklist for prod/,
  },
  { name: 'Waivers', actionId: actionIds.homeWaivers, value: 'prod', answer: /^Waivers: 0 accepted/ },
];

describe.concurrent('a click on the App Home', () => {
  it.concurrent.for(buttons)('on $name twice is answered once', async ({ actionId, value, answer }, ctx) => {
    const { expect } = ctx;
    const { scene, view } = await openHome(ctx);
    const click = () => scene.slack.click({ view, actionId, value, user: ALICE });
    expect(await Promise.all([click(), click()])).toMatchObject([{ ok: true }, { ok: true }]);
    await written(scene, answer);
    // A stop waits for what is still being answered.
    await scene.stopBot();
    // A history has its picture in a message of its own.
    const words = scene.slack.messages(ALICE).filter(({ files }) => files.length === 0);
    expect(words).toHaveLength(1);
  });

  it.concurrent.for(buttons)(
    'on $name an hour later, when the config has no prod any more, says so',
    async ({ actionId, value }, ctx) => {
      const { expect } = ctx;
      const { scene, view, clock } = await openHome(ctx);
      clock.move(3_600_000);
      const { config } = scene;
      const environments = config.environments.filter(({ name }) => name !== 'prod');
      await scene.startBot({ ...config, environments, drift: { ...config.drift, pairs: [] } });
      const reads = scene.spotdraft.requests.length;
      await scene.slack.click({ view, actionId, value, user: ALICE });
      await written(scene, /^The config does not have .*prod any more/);
      expect(scene.spotdraft.requests).toHaveLength(reads);
    },
  );

  it.concurrent('on a report that is not kept any more says so, and what to do', async (ctx) => {
    const { scene, view } = await openHome(ctx);
    const db = openDatabase(scene.config.database);
    await db.deleteFrom('reports').execute();
    await db.destroy();
    await scene.slack.click({ view, actionId: actionIds.homeReport, user: ALICE });
    await written(scene, /^The report rpt_\w+ is not kept any more\. Check the environment again/);
  });
});
