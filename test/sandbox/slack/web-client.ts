import { WebClient } from '@slack/web-api';
import type { SimulatedSlack } from '../../../sandbox/slack/server.ts';
import { silentLogger } from '../../../src/slack/bolt-logger.ts';

/** The real client, set to fail at once instead of retrying. */
export function clientOf(slack: SimulatedSlack, token: string = slack.botToken): WebClient {
  return new WebClient(token, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: silentLogger,
  });
}

/** Data of the platform error that a call ends in. @throws where the call succeeds or fails otherwise */
export async function refusal(call: Promise<unknown>): Promise<Record<string, unknown> & { error: string }> {
  try {
    await call;
  } catch (error) {
    const { data } = error as { data?: Record<string, unknown> & { error: string } };
    if (data) return data;
    throw error;
  }
  throw new Error('The call was not refused.');
}

/** A call as plain HTTP, for what the client would never send. */
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
