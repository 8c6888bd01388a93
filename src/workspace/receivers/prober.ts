import type { Config, Environment, Receiver } from '../../config/config.ts';
import { isSameEndpoint, ownWebhookUrl } from '../../config/webhook-url.ts';
import type { Clock } from '../../time/clock.ts';
import type { ProbedReceiver } from './probe-result.ts';
import { createSender, PROBE_TIMEOUT_MS } from './send.ts';
import { sendSeries } from './series.ts';
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
    const { untried } = signers;
    const probes = await sendSeries(ask, receiver.url, signers);
    const result: ProbedReceiver = { ...whose(receiver), kind: 'probed', probes, untried };
    recent.set(key, { at: clock.now(), result });
    return result;
  };
  return {
    close: () => sender.close(),
    async probe(environment, read) {
      const signers = signersOf(environment, read);
      return Promise.all(
        environment.receivers.map(async (receiver) => {
          const obstacle = obstacleTo(receiver, config);
          if (obstacle !== null) return { ...whose(receiver), kind: 'not_sent' as const, ...obstacle };
          if (signers.kind !== 'signers') return { ...whose(receiver), ...signers };
          return probeOnce(receiver, signers);
        }),
      );
    },
  };
}

const whose = ({ name, url }: Receiver) => ({ name, host: new URL(url).host });

/** Reason not to probe a receiver; null when it is probed. */
function obstacleTo(
  { name, url, probe }: Receiver,
  { environments, publicUrl }: Config,
): { cause: 'probe_none' | 'own_url'; reason: string } | null {
  if (probe === 'none')
    return { cause: 'probe_none', reason: `receiver ${name} is not probed (probe: none)` };
  // Envcheck would record its own wrongly signed probe as a refused delivery.
  const ownUrls = environments.flatMap((environment) => [
    ...(environment.webhooks ? [environment.webhooks.url] : []),
    ...(publicUrl === null ? [] : [ownWebhookUrl(environment, publicUrl)]),
  ]);
  if (!ownUrls.some((own) => isSameEndpoint(own, url))) return null;
  const reason = `receiver ${name} has the URL at which Envcheck itself receives webhooks (webhooks.signature)`;
  return { cause: 'own_url', reason };
}
