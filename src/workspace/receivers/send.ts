import querystring from 'node:querystring';
import { Agent, request } from 'undici';
import { type NetworkFailure, networkFailure } from '../../spotdraft/network-failure.ts';
import type { Probe } from './probe.ts';
import type { ProbeAnswer } from './probe-result.ts';

/** SpotDraft's own time limit is not documented. A receiver that takes longer than this is not reliable. */
export const PROBE_TIMEOUT_MS = 5_000;

/** Bytes read of an answer: only its status and headers matter, and it may be endless. */
const MAX_BODY_BYTES = 16 * 1024;

/** Response header in which a receiver names the environment that it took a probe for. */
const ENVIRONMENT_HEADER = 'x-envcheck-environment';

/** Length limit of that name: an environment's name is shorter. */
const MAX_NAME_CHARS = 64;

export type SentProbe = ({ kind: 'answer' } & ProbeAnswer) | ({ kind: 'failure' } & NetworkFailure);

export interface Sender {
  /** Sends one probe once. Failures of the receiver or the network are returned, not thrown. */
  send(url: string, probe: Probe, timeoutMs: number): Promise<SentProbe>;
  close(): Promise<void>;
}

/**
 * HTTP client for the integration's receivers, separate from the SpotDraft client, which cannot send probes. It follows no
 * redirects, retries nothing and opens a connection per probe. `ca` is the PEM of an additional certificate authority, null
 * for the system's alone.
 */
export function createSender({ ca }: { ca: string | null }): Sender {
  const agent = new Agent({
    connect: { timeout: PROBE_TIMEOUT_MS, maxCachedSessions: 0, ...(ca ? { ca } : {}) },
  });
  return {
    close: () => agent.destroy(),
    async send(raw, { headers, body }, timeoutMs) {
      try {
        const { url, login } = withoutLogin(raw);
        const signal = AbortSignal.timeout(timeoutMs);
        const { statusCode, ...answer } = await request(url, {
          method: 'POST',
          headers: { ...headers, ...login },
          body,
          signal,
          dispatcher: agent,
          // The other side may close a kept connection at the moment of its reuse.
          reset: true,
        });
        // Only status and headers matter, so a failure in the rest of the answer is ignored.
        await answer.body.dump({ limit: MAX_BODY_BYTES, signal }).catch(() => {});
        return {
          kind: 'answer',
          status: statusCode,
          redirectsTo: hostOf(answer.headers.location, url),
          environment: environmentIn(answer.headers[ENVIRONMENT_HEADER]),
        };
      } catch (error) {
        const limits = { timeoutMs, connectTimeoutMs: PROBE_TIMEOUT_MS, maxBodyBytes: MAX_BODY_BYTES };
        return { kind: 'failure', ...networkFailure(error, limits) };
      }
    },
  };
}

/** Moves a login from the URL to the Authorization header. */
function withoutLogin(raw: string): { url: URL; login: Record<string, string> } {
  const url = new URL(raw);
  const { username, password } = url;
  if (username === '' && password === '') return { url, login: {} };
  url.username = '';
  url.password = '';
  const pair = `${querystring.unescape(username)}:${querystring.unescape(password)}`;
  return { url, login: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
}

function hostOf(location: string | string[] | undefined, base: URL): string | null {
  const [first] = [location].flat();
  return first === undefined ? null : (URL.parse(first, base.href)?.host ?? null);
}

/** Several headers name no environment in particular; they are kept together, so that they equal none. */
function environmentIn(header: string | string[] | undefined): string | null {
  if (header === undefined) return null;
  return [header].flat().join(', ').trim().slice(0, MAX_NAME_CHARS);
}
