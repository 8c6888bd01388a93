import BetterSqlite3 from 'better-sqlite3';
import { describe, it } from 'vitest';
import { acts } from './acts.ts';
import { forActsOfBob, traces, waitForText } from './bob.ts';
import { openScene, type Scene } from './scene.ts';

describe.concurrent('an act that is sent twice', () => {
  it.concurrent.for(acts)('$name happens once, and the second attempt gets an answer', async (act, ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { adjust: forActsOfBob(act) });
    const perform = await act.prepare(scene);
    const before = traces(scene);
    const acks = await Promise.all([perform(), perform()]);
    expect(acks).toMatchObject([{ ok: true }, { ok: true }]);
    await waitForText(scene, act.secondReply, acks);
    const done = [...before.audit, ...act.audited];
    await scene.slack.waitFor(() => traces(scene).audit.length >= done.length);
    expect(traces(scene).audit).toEqual(done);
  });
});

/** From now on the database refuses audit rows: all of them, or those that match `which`. */
function refuseAudit({ config }: Scene, which = '1'): void {
  const db = new BetterSqlite3(config.database);
  db.exec(
    `create trigger no_audit before insert on audit when ${which} begin select raise(abort, 'audit is full'); end`,
  );
  db.close();
}

describe.concurrent('an act whose audit row cannot be written', () => {
  it.concurrent.for(acts)('$name does not happen', async (act, ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { adjust: forActsOfBob(act) });
    const perform = await act.prepare(scene);
    const before = traces(scene);
    refuseAudit(scene);
    const ack = await perform();
    await waitForText(scene, /failed unexpectedly.*err_\w+/, [ack]);
    expect(traces(scene)).toEqual(before);
  });

  const sending = acts.filter(({ audited }) => audited.length === 2);
  it.concurrent.for(sending)(
    '$name reports its outcome when only the row of the attempt was written',
    async (act, ctx) => {
      const { expect } = ctx;
      const scene = await openScene(ctx, { adjust: forActsOfBob(act) });
      const perform = await act.prepare(scene);
      const before = traces(scene);
      refuseAudit(scene, "new.act not like '%_attempt'");
      await perform();
      await waitForText(scene, /The database could not store it/);
      expect(traces(scene).audit).toEqual([...before.audit, act.audited[0]]);
    },
  );
});
