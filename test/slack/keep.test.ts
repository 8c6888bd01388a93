import { renameSync } from 'node:fs';
import { it } from 'vitest';
import { fitsMessage } from '../../src/slack/blocks/budget.ts';
import { marksMessage } from '../../src/slack/blocks/marks.ts';
import { openDatabase } from '../../src/store/database.ts';
import { activeMarks, type IncidentMark } from '../../src/store/incident-marks.ts';
import { activity, deliver } from '../events/log/start-receiver.ts';
import { ALICE, BOB, blocksOf, GENERAL, openScene } from './scene.ts';

it('an incident is kept from Slack by people who may waive, audited, and listed for everybody', async (ctx) => {
  const { expect } = ctx;
  const waive = { users: [ALICE], groups: [] };
  const scene = await openScene(ctx, {
    adjust: (config) => ({ ...config, access: { ...config.access, waive } }),
  });
  const answerTo = async (text: string, user = ALICE) => {
    const before = scene.slack.ephemerals(GENERAL, user).length;
    await scene.slack.command({ text, user });
    const answer = await scene.slack.waitFor(() => scene.slack.ephemerals(GENERAL, user)[before]);
    return { ...answer, blocks: blocksOf(answer) };
  };
  const number = 4_001;
  expect((await answerTo('keep')).text).toContain('Nothing is kept beyond `log.keep`');
  expect((await answerTo(`keep ${number} 90d INC-7`, BOB)).text).toBe(
    'You may not add an incident mark. Allowed: <@U0ALICE>.',
  );
  expect((await answerTo('keep 999999 90d INC-7')).text).toBe(
    '❌ Nothing was changed. The log has no “999999”. Give a complete id: `find 999999` shows what is known.',
  );
  expect((await answerTo('keep 4001 9999d INC-7')).text).toBe(
    '❌ Nothing was changed. A mark lasts at most 366 days, and this is 9,999: give a shorter time.',
  );
  const kept = await answerTo(`keep *contract #${number}* prod 90 days INC-7: <!channel> & more`);
  expect(kept.text).toMatch(
    /^✅ Everything about contract #4001 in prod stays in the log until .* \(UTC\), also what arrives later\.$/,
  );
  const list = await answerTo('keep', BOB);
  expect(list.text).toContain('1 incident mark keeps rows beyond `log.keep`');
  expect(list.blocks).toContain(String(number));
  expect(list.blocks).toContain('INC-7');
  expect(list.blocks).toContain(`"user_id":"${ALICE}"`);
  expect((await answerTo('help')).text).toContain('`/envcheck keep <id> 90d <reason>`');

  const db = openDatabase(scene.config.database);
  const marks = await activeMarks(db, Date.now());
  const audit = await db.selectFrom('audit').select(['act', 'actor', 'environment']).execute();
  await db.destroy();
  expect(marks).toMatchObject([
    {
      environment: 'prod',
      names: [{ kind: 'contract', value: String(number) }],
      marked_by: `slack:${ALICE}`,
    },
  ]);
  expect(audit).toEqual([{ act: 'log.keep', actor: `slack:${ALICE}`, environment: 'prod' }]);
});

it('a long list of incident marks says how many it leaves out', ({ expect }) => {
  const mark = (index: number): IncidentMark => ({
    id: `mrk_${index}`,
    query: `T-${index}`,
    environment: null,
    names: [],
    reason: 'x'.repeat(500),
    marked_by: 'cli:ada',
    marked_at: 1,
    until: Date.UTC(2027, 0, 2),
  });
  const { text, blocks } = marksMessage(Array.from({ length: 57 }, (_, index) => mark(index)));
  expect(text).toContain('57 incident marks keep');
  const shown = JSON.stringify(blocks).match(/T-\d+/g)?.length ?? 0;
  expect(shown).toBeGreaterThan(10);
  expect(JSON.stringify(blocks)).toContain(`${57 - shown} more do not fit`);
  expect(fitsMessage(blocks ?? [])).toBe(true);
});

it('every answer says first that the database is not where it was opened, until it is back', async (ctx) => {
  const { expect } = ctx;
  const waive = { users: [ALICE], groups: [] };
  const scene = await openScene(ctx, {
    adjust: (config) => ({ ...config, access: { ...config.access, waive } }),
  });
  const { database } = scene.config;
  const answers = async (text: string, count: number) => {
    const before = scene.slack.ephemerals(GENERAL, ALICE).length;
    await scene.slack.command({ text });
    await scene.slack.waitFor(() => scene.slack.ephemerals(GENERAL, ALICE)[before + count - 1]);
    return scene.slack.ephemerals(GENERAL, ALICE).slice(before);
  };
  renameSync(database, `${database}.away`);
  // A delivery of prod and a contract that none names: neither may be denied.
  expect((await deliver(scene.url, scene, activity(72_001))).status).toBe(503);
  const [, missed] = await answers('find T-72001', 2);
  expect(missed?.text).toContain(
    'A verified delivery with “T-72001” arrived in prod (production) and was answered 503',
  );
  const [, other] = await answers('find 72999', 2);
  expect(other?.text).toContain('“72999” is not in the log, which takes nothing now.');
  expect(JSON.stringify(other)).toContain('1 verified delivery was answered 503 in prod (production) since');
  expect(JSON.stringify([missed, other])).not.toMatch(/never|nothing arrived/i);
  const [, act] = await answers('keep 4001 90d INC-7', 2);
  expect(act?.text).toMatch(
    /^\/envcheck keep 4001 90d INC-7 failed: the database .* was removed or moved away .*\. Then try again\.$/,
  );
  for (const text of ['find 72001', 'events prod', 'failures prod', 'self']) {
    const [first, second] = await answers(text, 2);
    expect(first?.text, text).toContain('Deliveries are answered 503 and nothing is stored until it is back');
    if (text === 'self') expect(second?.text).toContain('1 problem');
  }
  renameSync(`${database}.away`, database);
  const [only, ...more] = await answers('events prod', 1);
  expect(only?.text).toContain('newest first');
  expect(more).toEqual([]);
  const [back] = await answers('find 72001', 1);
  expect(back?.text).toContain('72001: CONTRACT_EXECUTED was refused with 503: the log could not be stored.');
});
