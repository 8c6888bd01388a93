import querystring from 'node:querystring';
import { Agent, request } from 'undici';
import { type NetworkFailure, networkFailure } from '../../spotdraft/network-failure.ts';
import type { Probe } from './probe.ts';
import type { ProbeAnswer } from './probe-result.ts';

/** SpotDraft's own patience is not documented; a receiver that takes longer than this is not one to rely on. */
export const PROBE_TIMEOUT_MS = 5_000;

/** What is read of an answer: its words are of no interest, and it may be endless. */
const MAX_BODY_BYTES = 16 * 1024;

export type SentProbe = ({ kind: 'answer' } & ProbeAnswer) | ({ kind: 'failure' } & NetworkFailure);

export interface Sender {
  /** Sends one probe once. Never throws for what the receiver or the network does. */
  send(url: string, probe: Probe, timeoutMs: number): Promise<SentProbe>;
  close(): Promise<void>;
}

/**
 * HTTP to the integration's receivers, apart from the client of SpotDraft, which has no way to send this: no redirects, no
 * retries, a connection for each probe. `ca`: PEM of an additional certificate authority; null: the system's alone.
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
          // One that was kept open may be closed by the other side in the moment in which it is used again.
          reset: true,
        });
        // The status is what was asked for; how the rest of the answer ends does not change it.
        await answer.body.dump({ limit: MAX_BODY_BYTES, signal }).catch(() => {});
        return { kind: 'answer', status: statusCode, redirectsTo: hostOf(answer.headers.location, url) };
      } catch (error) {
        const limits = { timeoutMs, connectTimeoutMs: PROBE_TIMEOUT_MS, maxBodyBytes: MAX_BODY_BYTES };
        return { kind: 'failure', ...networkFailure(error, limits) };
      }
    },
  };
}

/** A login in a URL is sent as every HTTP client does. */
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
