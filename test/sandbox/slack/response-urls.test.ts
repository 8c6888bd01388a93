import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SimulatedSlack, type StoredMessage, startSlack } from '../../../sandbox/slack/server.ts';
import { movableClock } from '../../time/movable-clock.ts';
import { type RunningApp, startApp } from './bolt-app.ts';
import { button, clientOf, section } from './web-client.ts';

const clock = movableClock(Date.UTC(2026, 9, 1));
let slack: SimulatedSlack;
let running: RunningApp;
let url = '';
beforeEach(async () => {
  slack = await startSlack({ clock });
  running = await startApp(slack, 'socket', (app) => {
    app.command('/envcheck', async ({ ack, command }) => {
      url = command.response_url;
      await ack();
    });
    app.action('go', async ({ ack, body }) => {
      url = 'response_url' in body ? String(body.response_url) : '';
      await ack();
    });
  });
});
afterEach(async () => {
  await running.stop();
  await slack.stop();
});

async function respond(body: object): Promise<{ status: number; body: string }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.text() };
}

async function clicked(): Promise<StoredMessage> {
  const blocks = [{ type: 'actions' as const, elements: [button('go', '1')] }];
  await clientOf(slack).chat.postMessage({ channel: 'C0GENERAL', text: 'original', blocks });
  const message = slack.messages('C0GENERAL')[0] as StoredMessage;
  await slack.click({ message, actionId: 'go', user: 'U0BOB' });
  return message;
}

describe('a response URL', () => {
  it('works five times, then answers 404', async () => {
    await slack.command({ text: '' });
    const statuses = [];
    for (let use = 1; use <= 6; use += 1) statuses.push((await respond({ text: `${use}` })).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 404]);
    expect(slack.ephemerals('C0GENERAL').map((message) => message.text)).toEqual(['1', '2', '3', '4', '5']);
    expect(slack.history.at(-1)).toMatchObject({ kind: 'refused', via: 'response_url', error: 'used_url' });
  });

  it('works for 30 minutes, not longer', async () => {
    await slack.command({ text: '' });
    clock.move(30 * 60_000);
    expect(await respond({ text: 'just in time' })).toEqual({ status: 200, body: 'ok' });
    clock.move(1);
    expect(await respond({ text: 'late' })).toEqual({
      status: 404,
      body: '{"ok":false,"error":"expired_url"}',
    });
  });

  it('answers 404 when it was never issued', async () => {
    await slack.command({ text: '' });
    url = url.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    expect((await respond({ text: 'x' })).status).toBe(404);
  });

  it('posts in private unless in_channel is set, in a thread on request, even in a channel without the bot', async () => {
    await slack.command({ text: '', channel: 'G0SECRET', user: 'U0BOB' });
    await respond({ text: 'private' });
    await respond({
      text: 'public',
      response_type: 'in_channel',
      thread_ts: '1.000001',
      unfurl_links: false,
    });
    expect(slack.ephemerals('G0SECRET')).toMatchObject([
      { text: 'private', ephemeralFor: 'U0BOB', responseUrl: url },
    ]);
    expect(slack.messages('G0SECRET')).toMatchObject([
      { text: 'public', threadTs: '1.000001', unfurlLinks: false },
    ]);
  });

  it('refuses invalid blocks with a 400, which does not count as a use', async () => {
    await slack.command({ text: '' });
    for (let attempt = 0; attempt < 6; attempt += 1) {
      expect(await respond({ blocks: [section('')] })).toEqual({ status: 400, body: 'invalid_blocks' });
    }
    expect(await respond({})).toEqual({ status: 400, body: 'no_text' });
    expect((await respond({ text: 'x' })).status).toBe(200);
  });

  it('can replace, delete or keep the original message of a click', async () => {
    const original = await clicked();
    await respond({ text: 'beside it' });
    expect(slack.messages('C0GENERAL')[0]).toMatchObject({ text: 'original', edits: 0 });
    await respond({ text: 'replaced', replace_original: true });
    expect(slack.messages('C0GENERAL')).toMatchObject([{ ts: original.ts, text: 'replaced', edits: 1 }]);
    await respond({ delete_original: true });
    expect(slack.messages('C0GENERAL')).toEqual([]);
    expect(await respond({ text: 'x', replace_original: true })).toMatchObject({ status: 404 });
    expect(slack.ephemerals('C0GENERAL', 'U0BOB').map((message) => message.text)).toEqual(['beside it']);
  });

  it('deletes the original and posts another message in one request', async () => {
    await clicked();
    await respond({ delete_original: true, text: 'instead', response_type: 'in_channel' });
    expect(slack.messages('C0GENERAL').map((message) => message.text)).toEqual(['instead']);
  });

  it('cannot change the typed line of a command, so replace_original posts a new message', async () => {
    await slack.command({ text: '' });
    await respond({ text: 'one', replace_original: true });
    await respond({ text: 'two', replace_original: true });
    expect(slack.ephemerals('C0GENERAL').map((message) => message.text)).toEqual(['one', 'two']);
  });

  it('answers with the error of a fault', async () => {
    await slack.command({ text: '' });
    slack.faults.add({ method: 'response_url', fault: { kind: 'ratelimited', retryAfter: 3 } });
    slack.faults.add({ method: 'response_url', fault: { kind: 'error', error: 'no_service' } });
    expect((await respond({ text: 'x' })).status).toBe(429);
    expect(await respond({ text: 'x' })).toEqual({ status: 400, body: 'no_service' });
    expect(slack.history.map((entry) => entry.error).filter(Boolean)).toEqual(['ratelimited', 'no_service']);
  });
});
