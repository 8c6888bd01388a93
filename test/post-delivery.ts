import { type Agent, request } from 'node:http';

interface Posted {
  status: number;
  deliveryId: string;
}

/** Posts a signed delivery to an environment's receiver; null when the connection broke before the answer was complete. */
export function post(
  agent: Agent,
  url: string,
  environment: string,
  body: string,
  signature: string,
): Promise<Posted | null> {
  return new Promise((resolve) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'x-sd-webhook-content-hash': signature,
    };
    const sending = request(
      `${url}/webhooks/${environment}`,
      { agent, method: 'POST', headers },
      (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('error', () => resolve(null));
        response.on('close', () =>
          resolve(
            response.complete
              ? { status: response.statusCode ?? 0, deliveryId: JSON.parse(text).deliveryId }
              : null,
          ),
        );
      },
    );
    sending.on('error', () => resolve(null));
    sending.end(body);
  });
}
