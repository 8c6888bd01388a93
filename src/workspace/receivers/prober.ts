import type { KeyObject } from 'node:crypto';
import type { Config, Environment, Receiver } from '../../config/config.ts';
import { isSameEndpoint, ownWebhookUrl } from '../../config/webhook-url.ts';
import { type Fact, known, type Source, unknown } from '../../spotdraft/fact.ts';
import { randomId } from '../../text/ids.ts';
import type { Clock } from '../../time/clock.ts';
import { makeProbe } from './probe.ts';
import type { ProbeAnswer, ProbedReceiver, WrongKeyProbe } from './probe-result.ts';
import { createSender, PROBE_TIMEOUT_MS, type Sender } from './send.ts';
import { type KeysRead, type Signers, signersOf } from './signers.ts';

/** A receiver is not probed again within this time, ms: a second click gets the first answer. */
const REUSED_MS = 5_000;

export interface Prober {
  /** Returns one result per receiver of the environment, in the order of the config. */
  probe(environment: Environment, read: KeysRead): Promise<ProbedReceiver[]>;
  close(): Promise<void>;
}

export interface ProberOptions {
  config: Config;
  clock: Clock;
  /** Time limit of a probe from its default; both in ms. */
  timeoutMs: (own: number) => number;
  /** PEM of an additional certificate authority; null for the system's alone. */
  ca: string | null;
}

type Ready = Extract<Signers, { kind: 'signers' }>;

/** Probes the integration's own receivers, and remembers their answers for 5 s. */
export function createProber({ config, clock, timeoutMs, ca }: ProberOptions): Prober {
  const sender = createSender({ ca });
  const ask = { sender, clock, timeoutMs: timeoutMs(PROBE_TIMEOUT_MS) };
  const recent = new Map<string, { at: number; result: ProbedReceiver }>();
  const probeOnce = async (receiver: Receiver, signers: Ready): Promise<ProbedReceiver> => {
    for (const [key, { at }] of recent) if (Math.abs(clock.now() - at) >= REUSED_MS) recent.delete(key);
    const key = `${receiver.name} ${receiver.url} ${signers.fingerprint}`;
    const found = recent.get(key);
    if (found) return found.result;
    const result = await probeReceiver(ask, receiver, signers);
    recent.set(key, { at: clock.now(), result });
    return result;
  };
  return {
    close: () => sender.close(),
    async probe(environment, read) {
      const signers = signersOf(environment, read);
      return Promise.all(
        environment.receivers.map(async (receiver) => {
          const reason = reasonNotTo(receiver, config);
          if (reason !== null) return { ...whose(receiver), kind: 'not_sent' as const, reason };
          if (signers.kind !== 'signers') return { ...whose(receiver), ...signers };
          return probeOnce(receiver, signers);
        }),
      );
    },
  };
}

const whose = ({ name, url }: Receiver) => ({ name, host: new URL(url).host });

/** Reason not to probe a receiver; null when it is probed. */
function reasonNotTo({ name, url, probe }: Receiver, { environments, publicUrl }: Config): string | null {
  if (probe === 'none') return `receiver ${name} is not probed (probe: none)`;
  // Envcheck would record its own wrongly signed probe as a refused delivery.
  const ownUrls = environments.flatMap((environment) => [
    ...(environment.webhooks ? [environment.webhooks.url] : []),
    ...(publicUrl === null ? [] : [ownWebhookUrl(environment, publicUrl)]),
  ]);
  return ownUrls.some((own) => isSameEndpoint(own, url))
    ? `receiver ${name} has the URL at which Envcheck itself receives webhooks (webhooks.signature)`
    : null;
}

interface Asking {
  sender: Sender;
  clock: Clock;
  timeoutMs: number;
}

/** Sends one probe after the other, so that a receiver never has two at once. */
async function probeReceiver(
  asking: Asking,
  receiver: Receiver,
  { right: key, wrong: keys, untried }: Ready,
): Promise<ProbedReceiver> {
  const right = await sendProbe(asking, receiver, key);
  const wrong: WrongKeyProbe[] = [];
  for (const { keyOf, key: wrongKey } of keys) {
    const before = wrong.at(-1)?.answer ?? right;
    if (!isWorthAnother(before)) break;
    wrong.push({ keyOf, answer: await sendProbe(asking, receiver, wrongKey) });
  }
  return { ...whose(receiver), kind: 'probed', right, wrong, untried };
}

/** Another probe is useless after an answer that does not depend on the signature. A 4xx or 5xx may depend on it. */
const isWorthAnother = (answer: Fact<ProbeAnswer>): boolean =>
  answer.known && answer.value.status !== 429 && (answer.value.status < 300 || answer.value.status >= 400);

async function sendProbe(
  { sender, clock, timeoutMs }: Asking,
  receiver: Receiver,
  key: KeyObject,
): Promise<Fact<ProbeAnswer>> {
  const id = randomId('prb');
  const at = clock.now();
  const started = performance.now();
  const sent = await sender.send(receiver.url, makeProbe(id, key, at), timeoutMs);
  const { host, pathname } = new URL(receiver.url);
  const source: Source = {
    callId: id,
    method: 'POST',
    path: host + pathname,
    status: sent.kind === 'answer' ? sent.status : null,
    attempts: 1,
    ms: Math.round(performance.now() - started),
    at,
  };
  return sent.kind === 'answer'
    ? known({ status: sent.status, redirectsTo: sent.redirectsTo }, [source])
    : unknown(sent.code, sent.detail, [source]);
}
