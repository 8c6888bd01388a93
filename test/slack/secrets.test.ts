import { readFileSync } from 'node:fs';
import { describe, it } from 'vitest';
import { BOB, GENERAL, openScene, reportAnywhere, type Scene } from './scene.ts';

type Fault = Parameters<Scene['slack']['faults']['add']>[0]['fault'];

/** Everything that the bot wrote: log, messages and database. */
function written({ logs, slack, config }: Scene): string {
  const shown = slack.history.filter(({ kind }) => ['post', 'update', 'ephemeral'].includes(kind));
  const files = [config.database, `${config.database}-wal`].map((file) => readFileSync(file, 'latin1'));
  return [JSON.stringify(logs), JSON.stringify(shown), ...files].join('\n');
}

describe.each(['socket', 'http'] as const)('Slack’s tokens over %s', (mode) => {
  it.concurrent.for<[what: string, fault: (token: string) => Fault]>([
    ['a refusal that quotes the token', (token) => ({ kind: 'error', error: token, data: { sent: token } })],
    ['a server error', () => ({ kind: 'status', status: 500 })],
    ['a rate limit', () => ({ kind: 'ratelimited', retryAfter: 1 })],
    ['a reset', () => ({ kind: 'reset' })],
  ])('appear nowhere after %s, even at log level trace', async ([_what, fault], ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode, adjust: (config) => ({ ...config, logLevel: 'trace' }) });
    const { slack, url } = scene;
    for (const method of ['chat.postMessage', 'chat.update'])
      slack.faults.add({ method, times: 2, fault: fault(slack.botToken) });
    await slack.command({ text: 'prod' });
    await reportAnywhere(scene);
    await slack.command({ text: 'prod --private', user: BOB });
    await scene.privateReport({ channel: GENERAL, user: BOB });
    if (mode === 'http') await fetch(`${url}/slack/events`, { method: 'POST', body: slack.signingSecret });

    const secrets = [slack.botToken, slack.appToken, slack.signingSecret];
    const everything = written(scene);
    expect(everything).toContain('prod');
    for (const [index, secret] of secrets.entries())
      expect([index, everything.includes(secret)]).toEqual([index, false]);
  });
});
