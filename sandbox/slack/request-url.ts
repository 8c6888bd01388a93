import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Delivery, DeliveryOutcome, Retry } from './attempt.ts';

/**
 * Signs a request the way Slack does (https://docs.slack.dev/authentication/verifying-requests-from-slack).
 * @param timestamp epoch seconds
 */
export function signature(secret: string, timestamp: number, body: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
}

/** The body of a delivery and its content type. Bolt answers 400 when a form's content type has a charset. */
function encode(delivery: Delivery): { type: string; body: string } {
  if (delivery.kind === 'events_api')
    return { type: 'application/json', body: JSON.stringify(delivery.payload) };
  const fields =
    delivery.kind === 'interactive' ? { payload: JSON.stringify(delivery.payload) } : delivery.payload;
  const form = new URLSearchParams();
  for (const [key, value] of Object.entries(fields)) form.append(key, String(value));
  return { type: 'application/x-www-form-urlencoded', body: form.toString() };
}

/**
 * POSTs a signed delivery to the app's request URL and waits for the answer. Redirects are not followed: any status other
 * than 2xx is a failure.
 * @param limitMs time until `operation_timeout`
 * @param retry null for the first attempt
 */
export function postToRequestUrl(
  url: string,
  secret: string,
  delivery: Delivery,
  limitMs: number,
  retry: Retry | null,
): Promise<DeliveryOutcome> {
  const { type, body } = encode(delivery);
  // Signed with real time instead of the simulator's clock, because the app compares it with its own clock.
  const timestamp = Math.floor(Date.now() / 1000);
  const headers = {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
    'x-slack-request-timestamp': String(timestamp),
    'x-slack-signature': signature(secret, timestamp, body),
    ...(retry ? { 'x-slack-retry-num': String(retry.attempt), 'x-slack-retry-reason': retry.reason } : {}),
  };
  const open = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const timer = setTimeout(() => finish({ kind: 'timeout' }), limitMs);
    // No agent: a pooled connection would outlive the simulator and prevent the app from stopping.
    const request = open(url, { method: 'POST', headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', (error) => finish({ kind: 'failed', status: null, body: error.message }));
      response.on('end', () => {
        const status = response.statusCode ?? 0;
        const text = Buffer.concat(chunks).toString('utf8');
        const noRetry = response.headers['x-slack-no-retry'] === '1';
        const answered = status >= 200 && status < 300;
        finish(
          answered ? { kind: 'acked', status, body: text } : { kind: 'failed', status, body: text, noRetry },
        );
      });
    });
    function finish(outcome: DeliveryOutcome): void {
      clearTimeout(timer);
      resolve(outcome);
      request.destroy();
    }
    request.on('error', (error) => finish({ kind: 'failed', status: null, body: error.message }));
    request.end(body);
  });
}
