import { afterEach, beforeEach, expect, it } from 'vitest';
import { type SimulatedSlack, startSlack } from '../../../sandbox/slack/server.ts';
import { clientOf, rawCall, refusal } from './web-client.ts';

let slack: SimulatedSlack;
beforeEach(async () => {
  slack = await startSlack();
});
afterEach(() => slack.stop());

const post = (text = 'x') => clientOf(slack).chat.postMessage({ channel: 'C0GENERAL', text });

it('a rate limit affects the named method once and carries whole seconds', async () => {
  slack.faults.add({ method: 'chat.postMessage', fault: { kind: 'ratelimited', retryAfter: 7 } });
  await clientOf(slack).auth.test();
  await expect(post()).rejects.toMatchObject({ retryAfter: 7 });
  await post();
  expect(slack.calls.map(({ method, status }) => [method, status])).toEqual([
    ['auth.test', 200],
    ['chat.postMessage', 429],
    ['chat.postMessage', 200],
  ]);
});

it('an error is answered with its data, as many times as set', async () => {
  const fault = { kind: 'error', error: 'restricted_action', data: { detail: 'why' } } as const;
  slack.faults.add({ method: 'chat.postMessage', times: 2, fault });
  expect(await refusal(post())).toMatchObject({ error: 'restricted_action', detail: 'why' });
  expect(await refusal(post())).toMatchObject({ error: 'restricted_action' });
  await post();
  expect(slack.messages('C0GENERAL')).toHaveLength(1);
});

it('a rule without a method affects any call until it is cleared', async () => {
  slack.faults.add({ times: Number.POSITIVE_INFINITY, fault: { kind: 'status', status: 503 } });
  await expect(post()).rejects.toMatchObject({ statusCode: 503 });
  await expect(clientOf(slack).auth.test()).rejects.toMatchObject({ statusCode: 503 });
  slack.faults.clear();
  await post();
  expect(slack.messages('C0GENERAL')).toHaveLength(1);
});

it('a reset happens before the call takes effect, a lost answer after it', async () => {
  slack.faults.add({ method: 'chat.postMessage', fault: { kind: 'reset' } });
  slack.faults.add({ method: 'chat.postMessage', fault: { kind: 'lost' } });
  await expect(post('never')).rejects.toMatchObject({ code: 'slack_webapi_request_error' });
  await expect(post('there')).rejects.toMatchObject({ code: 'slack_webapi_request_error' });
  expect(slack.messages('C0GENERAL').map((message) => message.text)).toEqual(['there']);
  expect(slack.calls.map(({ status, ok }) => ({ status, ok }))).toEqual([
    { status: null, ok: false },
    { status: null, ok: true },
  ]);
});

it('a slow call is answered late, a timed-out call never', async () => {
  slack.faults.add({ method: 'auth.test', fault: { kind: 'slow', ms: 120 } });
  slack.faults.add({ method: 'auth.test', fault: { kind: 'timeout' } });
  const startedAt = performance.now();
  await clientOf(slack).auth.test();
  expect(performance.now() - startedAt).toBeGreaterThan(110);
  const headers = { authorization: `Bearer ${slack.botToken}` };
  const call = rawCall(slack, 'auth.test', { headers });
  const first = await Promise.race([
    call.catch(() => 'closed'),
    new Promise((go) => setTimeout(go, 150, 'silence')),
  ]);
  expect(first).toBe('silence');
  await slack.stop();
  expect(await call.catch(() => 'closed')).toBe('closed');
});

it('waitFor resolves when a change matches, and quotes the history on a timeout', async () => {
  const waiting = slack.waitFor(() =>
    slack.messages('C0GENERAL').find((message) => message.text === 'second'),
  );
  await post('first');
  await post('second');
  expect(await waiting).toMatchObject({ text: 'second' });
  const never = slack.waitFor(() => slack.messages('C0GENERAL')[5], 60);
  await expect(never).rejects.toThrow(/after 60 ms[\s\S]*post via chat.postMessage C0GENERAL .*"second"/);
});

it('waitFor sees every state, even one that lasts less than a tick', async () => {
  const passing = slack.waitFor(() => slack.messages('C0GENERAL').length === 1 && 'seen', 500);
  slack.say({ text: 'one' });
  slack.say({ text: 'two' });
  expect(await passing).toBe('seen');
});

it('stop frees the port', async () => {
  await slack.stop();
  const port = Number(new URL(slack.apiUrl).port);
  const next = await startSlack({ port });
  expect(new URL(next.apiUrl).port).toBe(String(port));
  await next.stop();
});
