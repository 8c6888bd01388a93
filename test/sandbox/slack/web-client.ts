import { WebClient } from '@slack/web-api';
import type { SimulatedSlack } from '../../../sandbox/slack/server.ts';
import { silentLogger } from '../../../src/slack/bolt-logger.ts';

/** The real client, configured to fail instead of retrying. */
export function clientOf(slack: SimulatedSlack, token: string = slack.botToken): WebClient {
  return new WebClient(token, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: silentLogger,
  });
}

/** The data of a call's platform error. @throws when the call succeeds or fails in another way */
export async function refusal(call: Promise<unknown>): Promise<Record<string, unknown> & { error: string }> {
  try {
    await call;
  } catch (error) {
    const { data } = error as { data?: Record<string, unknown> & { error: string } };
    if (data) return data;
    throw error;
  }
  throw new Error('The call succeeded.');
}

/** A call over plain HTTP, for requests that the client cannot send. */
export async function rawCall(
  slack: SimulatedSlack,
  method: string,
  init: { headers?: Record<string, string>; body?: string | URLSearchParams },
): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> {
  const response = await fetch(`${slack.apiUrl}${method}`, { method: 'POST', ...init });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}

export function section(text: string): { type: 'section'; text: { type: 'mrkdwn'; text: string } } {
  return { type: 'section', text: { type: 'mrkdwn', text } };
}

export function button(action_id: string, value: string, text = action_id) {
  return { type: 'button' as const, text: { type: 'plain_text' as const, text }, action_id, value };
}
