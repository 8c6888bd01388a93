import { expect, it } from 'vitest';
import { makeProbe } from '../../src/workspace/receivers/probe.ts';
import { activity, startReceiver } from '../events/log/start-receiver.ts';

it('a signed probe that a receiver passes on gets 200 and is not stored, so it ends no silence', async () => {
  const { deliver, count } = await startReceiver();
  const { body } = makeProbe('prb_00000000000000000000000001', Date.now(), 'irregular');
  const bodies = [
    body,
    makeProbe('prb_00000000000000000000000002', Date.now(), 'compact').body,
    makeProbe('prb_00000000000000000000000003', Date.now(), 'spaced').body,
  ];
  for (const each of bodies)
    expect(await deliver(each)).toMatchObject({ status: 200, json: { probe: true } });
  expect(count('deliveries')).toBe(0);
  expect(count('events')).toBe(0);
  expect(await deliver(body, { signature: 'ab'.repeat(64) })).toMatchObject({ status: 401 });
  expect(count('deliveries where rejection is not null')).toBe(1);
});

it('a webhook that only mentions a probe is stored', async () => {
  const { deliver, count } = await startReceiver();
  const probe = { envcheck_probe: 'prb_00000000000000000000000001' };
  const speaking = { contract_title: JSON.stringify(probe), ...probe };
  expect(await deliver(activity(1, speaking))).toMatchObject({ status: 200 });
  expect(await deliver('"envcheck_probe" and no JSON')).toMatchObject({ status: 200 });
  expect(
    await deliver('{"contract_id":0,"contract_title":"\\"envcheck_probe\\":\\"prb_1\\""}'),
  ).toMatchObject({
    status: 200,
  });
  expect(count('deliveries')).toBe(3);
});
