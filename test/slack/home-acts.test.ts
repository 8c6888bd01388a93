import { describe, it } from 'vitest';
import type { StoredView } from '../../sandbox/slack/server.ts';
import { renderView } from '../../src/cli/preview/render.ts';
import type { Config } from '../../src/config/config.ts';
import { actionIds } from '../../src/slack/action-ids.ts';
import { openDatabase } from '../../src/store/database.ts';
import { writeOutcomes } from '../events/failures/write-log.ts';
import { runningClock } from '../time/movable-clock.ts';
import { ALICE, blocksOf, GENERAL, openScene, type Scene, withOwnWebhooks } from './scene.ts';

const TITLE = 'The runbook was rehearsed';
const HOUR_MS = 3_600_000;

const adjust = (config: Config): Config => ({
  ...config,
  access: { ...config.access, signOff: { users: [ALICE], groups: [] } },
  signOffs: [
    {
      id: 'runbook',
      title: TITLE,
      validForMs: null,
      approvals: 1,
      people: [],
      covers: null,
      environments: ['prod'],
    },
  ],
  environments: withOwnWebhooks(config).environments.map((environment) =>
    environment.name === 'uat'
      ? {
          ...environment,
          maintenance: [
            {
              kind: 'once',
              from: Date.now() - HOUR_MS,
              until: Date.now() + HOUR_MS,
              reason: 'SpotDraft moves it',
            },
          ],
        }
      : environment,
  ),
});

const sees = (view: StoredView | null): string =>
  view === null ? '' : renderView(view, { width: 100, color: false }).replace(/\s+/g, ' ');

const shows = ({ slack }: Scene, words: RegExp, timeoutMs = 20_000): Promise<StoredView> =>
  slack.waitFor(() => {
    const home = slack.home(ALICE);
    return words.test(sees(home)) && home;
  }, timeoutMs);

async function sign({ slack }: Scene): Promise<void> {
  await slack.command({ text: 'checklist prod' });
  const checklist = await slack.waitFor(
    () => slack.messages(GENERAL).find((message) => blocksOf(message).includes(actionIds.openSignOff)),
    20_000,
  );
  const value = /prod runbook rpt_\w{26}/.exec(blocksOf(checklist))?.[0] ?? '';
  await slack.click({ message: checklist, actionId: actionIds.openSignOff, value, user: ALICE });
  const form = await slack.waitFor(() =>
    slack.modals(ALICE).find(({ view }) => JSON.stringify(view.blocks).includes('Your decision')),
  );
  await slack.submitView({ view: form, values: {}, user: ALICE });
}

describe.concurrent('acts and failures on the App Home', () => {
  it('a signature changes the verdict at once, without another reading', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { adjust });
    await scene.slack.command({ text: 'prod' });
    await scene.report();
    await scene.slack.openHome(ALICE);
    const before = await shows(scene, /❌ prod \(production\): not ready/);
    expect(sees(before)).toContain(`Failing: ${TITLE} (sign-offs.runbook).`);
    expect(sees(before)).toContain('0 of 1 signed off');
    await sign(scene);
    const after = await shows(scene, /1 of 1 signed off/);
    expect(sees(after)).toContain('✅ prod (production): ready');
    expect(sees(after)).not.toContain('Failing:');
    const reads = scene.spotdraft.traffic('prod').total;
    await scene.slack.click({ view: after, actionId: actionIds.homeReport, user: ALICE });
    const shown = await scene.slack.waitFor(() =>
      scene.slack.messages(ALICE).find(({ text }) => text.includes('prod (production): ready')),
    );
    expect(shown.channel).toMatch(/^D/);
    expect(scene.spotdraft.traffic('prod').total).toBe(reads);
  });

  it('failure groups are counted and listed by their button, and an unreadable count is not shown as zero', async (ctx) => {
    const { expect } = ctx;
    const clock = runningClock();
    const scene = await openScene(ctx, { adjust, clock });
    writeOutcomes(scene.config.database, [
      { at: Date.now() - 1_000, status: 'failed', code: 'crm_timeout', activity: 'CONTRACT_EXECUTED' },
    ]);
    await scene.slack.openHome(ALICE);
    const home = await shows(scene, /❌ Failures: 1 open/);
    expect(sees(home)).toMatch(
      /Failures: 1 open\. Newest: failed outcomes of CONTRACT_EXECUTED, since 20\d\d-/,
    );
    expect(sees(home)).toMatch(
      /uat: .*⏳ Maintenance until 20\S+: SpotDraft moves it\. .*✅ Failures: none open/,
    );
    await scene.slack.click({ view: home, actionId: actionIds.homeFailures, value: 'prod', user: ALICE });
    const list = await scene.slack.waitFor(() =>
      scene.slack.messages(ALICE).find(({ text }) => text.includes('failure groups: 1 open')),
    );
    expect(blocksOf(list)).toContain('crm_timeout');
    expect(blocksOf(list)).toContain(actionIds.acknowledgeFailure);

    const db = openDatabase(scene.config.database);
    await db.schema.alterTable('outcomes').renameTo('outcomes_gone').execute();
    await db.destroy();
    clock.move(60_000);
    const unread = await shows(scene, /could not check failed outcomes/);
    expect(sees(unread)).toContain('❔ Failures: none open, could not check failed outcomes');
  });
});
