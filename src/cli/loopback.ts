import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Agent, type Dispatcher, request } from 'undici';
import { UsageError } from './usage-error.ts';

const TIMEOUT_MS = 10_000;
/** Bytes of a response that are read. */
const READ_BYTES = 4_096;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

export interface LoopbackTarget {
  url: URL;
  /** The addresses of its host, all on this machine. Connections use them without looking the host up again. */
  addresses: LookupAddress[];
}

/** Accepts a URL only when it leads to this machine. Throws UsageError with the reason. */
export async function loopbackTarget(text: string): Promise<LoopbackTarget> {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new UsageError(
      `--to “${text}” is not an http or https URL: give one such as http://localhost:8080/webhooks`,
    );
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  if (family === 0 && host !== 'localhost') throw notLocal(host, 'a host name may resolve to any address');
  const addresses = family === 0 ? await lookup(host, { all: true }) : [{ address: host, family }];
  const foreign = addresses.find(
    (each) => !loopback.check(each.address, each.family === 6 ? 'ipv6' : 'ipv4'),
  );
  if (foreign) throw notLocal(host, `${foreign.address} is not on this machine`);
  return { url, addresses };
}

const notLocal = (host: string, why: string): UsageError =>
  new UsageError(
    `--to ${host}: ${why}. Events are replayed only to localhost, 127.0.0.0/8 or ::1, because they are signed with the ` +
      "workspace's key and any other receiver would take them for SpotDraft's",
  );

export type PostResult = { status: number; ms: number; text: string } | { failure: string };

/** Sends one request, follows no redirect, ends within 10 s and returns the beginning of the response. */
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
    const response = await request(url, { method: 'POST', headers, body, dispatcher: agent, signal });
    const ms = Math.round(performance.now() - started);
    return { status: response.statusCode, ms, text: await beginningOf(response.body) };
  } catch (error) {
    return { failure: failureText(error) };
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
    // The status has arrived already, and it is the result.
  }
  return read.toString('utf8');
}

function failureText(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `none within ${TIMEOUT_MS / 1_000} s`;
  if (error instanceof AggregateError) return failureText(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
