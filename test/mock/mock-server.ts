import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';
import { onTestFinished } from 'vitest';
import { findResponse, resolveSchema } from '../openapi.ts';
import { validateWithNulls } from '../openapi-validation.ts';
import { drawsFor } from './draws.ts';
import { type Names, withOddities } from './oddities.ts';
import { startPrism } from './prism.ts';
import { type Asked, failure, shaped } from './shaped.ts';

/** One answer that the bot got. */
export interface Recorded {
  clientId: string;
  method: string;
  /** Below the base URL, without the query. */
  path: string;
  query: URLSearchParams;
  /** Raw body of the request. */
  sent: string;
  status: number;
  /** undefined without a body. */
  body: unknown;
}

/**
 * `static`: the document's examples. `random`: texts and numbers that fit the schemas. `odd`: these with legal oddities, names
 * that the config requires, and failures.
 */
export type Play = { kind: 'static' } | { kind: 'random' | 'odd'; seed: number };

export interface Mock {
  baseUrl: string;
  host: string;
  /** Answers since the last `play`. */
  recorded: Recorded[];
  /** Changed answers that do not fit the document: faults of this test. */
  misfits: string[];
  play(play: Play): void;
}

interface Answer {
  status: number;
  text: string;
}

/** Read as text, because a number would round it. */
const LONG_INTEGER = /(?<=[:[,])(-?\d{16,})(?=[,}\]])/g;

const BASE = '/api/v2.1/public';

/** Prism's mock behind a server that records, and changes, what it answers. The same request gets the same answer. */
export async function startMock(names: Names, workspaceIdOf: (clientId: string) => number): Promise<Mock> {
  const prism = await startPrism(null);
  let playing: Play = { kind: 'static' };
  const recorded: Recorded[] = [];
  const misfits: string[] = [];

  const answer = async (
    { method = '', url = '', headers }: IncomingMessage,
    sent: string,
  ): Promise<Answer> => {
    const clientId = String(headers['client-id']);
    const path = url.split('?')[0] ?? '';
    const seed = playing.kind === 'static' ? '' : playing.seed;
    const draw = drawsFor([seed, clientId, method, url, sent].join(' '));
    const failed = playing.kind === 'odd' ? failure(draw, method, path) : null;
    if (failed) return failed;
    const response = await request(prism.url + url, {
      method: method as 'GET',
      headers: {
        ...(playing.kind === 'static' ? {} : { prefer: `dynamic=true, seed=${draw(1_000_000)}` }),
        'client-id': clientId,
        'client-secret': String(headers['client-secret']),
        ...(sent === '' ? {} : { 'content-type': 'application/json' }),
      },
      body: sent === '' ? null : sent,
    });
    const { statusCode: status } = response;
    const text = await response.body.text();
    // Every workspace has a key of its own; the document has one example.
    if (playing.kind === 'static' && path.endsWith('/hmac_key/'))
      return { status, text: JSON.stringify({ hmac_key: Buffer.from(clientId).toString('base64') }) };
    if (playing.kind !== 'odd' || text === '' || status >= 300) return { status, text };
    const workspaceId = workspaceIdOf(clientId);
    return { status, text: changed(text, { method, url, sent, status, draw, workspaceId }) };
  };

  /** Prism is slow, and the same request gets the same answer. */
  const answers = new Map<string, Promise<Answer>>();
  const cachedAnswer = (incoming: IncomingMessage, sent: string): Promise<Answer> => {
    const { method, url, headers } = incoming;
    const key = [headers['client-id'], method, url, sent].join(' ');
    const found = answers.get(key) ?? answer(incoming, sent);
    answers.set(key, found);
    return found;
  };

  const changed = (
    text: string,
    asked: Omit<Asked, 'template' | 'names'> & { method: string; status: number },
  ) => {
    const path = asked.url.split('?')[0] ?? '';
    const found = findResponse(asked.method, path, asked.status);
    if (!found) return text;
    const { template, schema } = found;
    const { draw } = asked;
    const odd = withOddities(JSON.parse(text), schema, { draw, names, resolve: resolveSchema });
    const result = JSON.stringify(shaped(odd, { ...asked, template, names }));
    for (const problem of validateWithNulls(schema, JSON.parse(result)))
      misfits.push(`${asked.method} ${path}: ${problem}`);
    return result;
  };

  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const sent = Buffer.concat(chunks).toString();
    const { status, text } = await cachedAnswer(incoming, sent).catch((error) => {
      misfits.push(String(error));
      return { status: 404, text: '' };
    });
    const url = new URL(incoming.url ?? '', 'http://mock');
    recorded.push({
      clientId: String(incoming.headers['client-id']),
      method: incoming.method ?? '',
      path: url.pathname.slice(BASE.length),
      query: url.searchParams,
      sent,
      status,
      body: text === '' ? undefined : JSON.parse(text.replace(LONG_INTEGER, '"$1"')),
    });
    outgoing.writeHead(status, { 'content-type': 'application/json' }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    baseUrl: `http://${host}${BASE}`,
    host,
    recorded,
    misfits,
    play(play) {
      if (JSON.stringify(play) !== JSON.stringify(playing)) answers.clear();
      playing = play;
      recorded.length = 0;
    },
  };
}
