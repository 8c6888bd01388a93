import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebClient } from '@slack/web-api';
import type { TestContext } from 'vitest';
import type { Sandbox } from '../../../sandbox/browser/state.ts';

type Payload = Record<string, unknown> & {
  type: string;
  trigger_id: string;
  actions?: Record<string, unknown>[];
};

/** An app in the bot's place, for elements that the bot does not use. It records Slack's payloads and answers as set. */
export interface StubApp {
  client: WebClient;
  /** Received interactions, oldest first. */
  payloads: Payload[];
  /** Creates the answer to an interaction. Default: an empty answer. */
  answer: (payload: Payload) => object | null;
}

export async function startStubApp({ onTestFinished }: TestContext, { world }: Sandbox): Promise<StubApp> {
  const stubApp: StubApp = {
    client: new WebClient(world.slack.botToken, { slackApiUrl: world.slack.apiUrl }),
    payloads: [],
    answer: () => null,
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
    const payload = JSON.parse(form.get('payload') ?? '{}') as Payload;
    stubApp.payloads.push(payload);
    const answer = stubApp.answer(payload);
    response.setHeader('content-type', 'application/json');
    response.end(answer === null ? '' : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  world.slack.requestUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return stubApp;
}
