import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Agent, type Dispatcher, request } from 'undici';
import { UsageError } from './usage-error.ts';

const TIMEOUT_MS = 10_000;
/** Of an answer, bytes that are read. */
const READ_BYTES = 4_096;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

export interface LoopbackTarget {
  url: URL;
  /** What its host leads to: all on this machine. A connection is made to these and to nothing that is looked up later. */
  addresses: LookupAddress[];
}

/** A URL that leads to this machine and nowhere else. Throws UsageError with the reason. */
export async function loopbackTarget(text: string): Promise<LoopbackTarget> {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new UsageError(`--to “${text}” is no URL: give one such as http://localhost:8080/webhooks`);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  if (family === 0 && host !== 'localhost') throw elsewhere(host, 'a name may lead anywhere');
  const addresses = family === 0 ? await lookup(host, { all: true }) : [{ address: host, family }];
  const foreign = addresses.find(
    (each) => !loopback.check(each.address, each.family === 6 ? 'ipv6' : 'ipv4'),
  );
  if (foreign) throw elsewhere(host, `${foreign.address} is not on this machine`);
  return { url, addresses };
}

const elsewhere = (host: string, why: string): UsageError =>
  new UsageError(
    `--to ${host}: ${why}. A stored event goes only to localhost, 127.0.0.0/8 or ::1: it is signed with the workspace's ` +
      'key, and whoever gets it would take it for one of SpotDraft',
  );

export type PostResult = { status: number; ms: number; text: string } | { failure: string };

/** One request, no redirect followed, over within 10 s; of the answer the beginning. */
export async function post(
  { url, addresses }: LoopbackTarget,
  body: Buffer,
  headers: Record<string, string>,
): Promise<PostResult> {
  const checked: LookupFunction = (_host, _options, found) => found(null, addresses);
  const agent = new Agent({ connect: { lookup: checked } });
  const started = performance.now();
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await request(url, { method: 'POST', headers, body, dispatcher: agent, signal });
    const ms = Math.round(performance.now() - started);
    return { status: answer.statusCode, ms, text: await beginningOf(answer.body) };
  } catch (error) {
    return { failure: explain(error) };
  } finally {
    await agent.destroy();
  }
}

async function beginningOf(body: Dispatcher.ResponseData['body']): Promise<string> {
  let read = Buffer.alloc(0);
  try {
    for await (const chunk of body) {
      read = Buffer.concat([read, chunk]);
      if (read.length >= READ_BYTES) break;
    }
  } catch {
    // The status came before, and is what was asked for.
  }
  return read.toString('utf8');
}

function explain(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `none within ${TIMEOUT_MS / 1_000} s`;
  if (error instanceof AggregateError) return explain(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
