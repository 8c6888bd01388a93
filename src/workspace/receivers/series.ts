import { type Fact, known, type Source, unknown } from '../../spotdraft/fact.ts';
import { randomId } from '../../text/ids.ts';
import type { Clock } from '../../time/clock.ts';
import { accepts, isRecognised, meaningOf, mistakenFor } from './answers.ts';
import { makeProbe } from './probe.ts';
import type { AnsweredProbe, ProbeAnswer } from './probe-result.ts';
import type { Sender } from './send.ts';
import type { Signing } from './signatures.ts';

export interface Asking {
  sender: Sender;
  clock: Clock;
  timeoutMs: number;
}

/** Sends one probe after the other, so that a receiver never has two at once, and none that can show nothing new. */
export async function sendSeries(
  asking: Asking,
  url: string,
  { regular, diagnostic }: { regular: readonly Signing[]; diagnostic: readonly Signing[] },
): Promise<AnsweredProbe[]> {
  const probes: AnsweredProbe[] = [];
  const send = async (signing: Signing) =>
    probes.push({ signature: signing.signature, answer: await sendProbe(asking, url, signing) });
  for (const signing of regular) if (isWorthAnother(probes)) await send(signing);
  for (const signing of diagnostic)
    if (isWorthAnother(probes) && isRefusalUnexplained(probes)) await send(signing);
  return probes;
}

/** Another probe is useless after an answer that does not depend on the signature. A 4xx may depend on it, and one 5xx. */
function isWorthAnother(probes: readonly AnsweredProbe[]): boolean {
  const last = probes.at(-1)?.answer;
  if (last === undefined) return true;
  if (!last.known || last.value.status === 429) return false;
  if (last.value.status >= 300 && last.value.status < 400) return false;
  return (
    probes.filter(({ answer }) => meaningOf(answer) === null).length < 2 && !accepts(probes, 'random_key')
  );
}

/** Statuses of a wrong URL. */
const notThere = new Set([404, 405, 410]);

/** True when the right signature was refused like a wrong one, and no other signature was recognised. */
function isRefusalUnexplained(probes: readonly AnsweredProbe[]): boolean {
  const [own] = probes;
  if (!own?.answer.known || meaningOf(own.answer) !== 'refused' || notThere.has(own.answer.value.status))
    return false;
  return !isRecognised(probes, own) && !accepts(probes, 'missing') && mistakenFor(probes) === null;
}

async function sendProbe(
  { sender, clock, timeoutMs }: Asking,
  url: string,
  { layout, headers: signatureHeaders }: Signing,
): Promise<Fact<ProbeAnswer>> {
  const id = randomId('prb');
  const at = clock.now();
  const started = performance.now();
  const { headers, body } = makeProbe(id, at, layout);
  const sent = await sender.send(
    url,
    { headers: { ...headers, ...signatureHeaders(body) }, body },
    timeoutMs,
  );
  const source: Source = {
    callId: id,
    method: 'POST',
    // The path may hold a secret.
    path: `${new URL(url).host}/[secret]`,
    status: sent.kind === 'answer' ? sent.status : null,
    attempts: 1,
    ms: Math.round(performance.now() - started),
    at,
  };
  if (sent.kind === 'failure') return unknown(sent.code, sent.detail, [source]);
  const { status, redirectsTo, environment } = sent;
  return known({ status, redirectsTo, environment }, [source]);
}
