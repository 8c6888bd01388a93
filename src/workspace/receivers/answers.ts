import type { Fact } from '../../spotdraft/fact.ts';
import type { AnsweredProbe, ProbeAnswer, ProbeSignature } from './probe-result.ts';

/** Statuses of a proxy in front of the receiver, and temporary ones, say nothing about how it verifies. */
const sayNothing = new Set([407, 408, 425, 429]);

export const statusOf = (answer: Fact<ProbeAnswer>): number | null =>
  answer.known ? answer.value.status : null;

/** null when the answer allows no conclusion. */
export function meaningOf(answer: Fact<ProbeAnswer>): 'accepted' | 'refused' | null {
  const status = statusOf(answer);
  if (status === null || sayNothing.has(status)) return null;
  if (status >= 200 && status < 300) return 'accepted';
  return status >= 400 && status < 500 ? 'refused' : null;
}

/** The answer to the first probe that was signed like this; undefined when none was sent. */
export const answerTo = (
  probes: readonly AnsweredProbe[],
  kind: ProbeSignature['kind'],
): Fact<ProbeAnswer> | undefined => probes.find(({ signature }) => signature.kind === kind)?.answer;

export const accepts = (probes: readonly AnsweredProbe[], kind: ProbeSignature['kind']): boolean => {
  const answer = answerTo(probes, kind);
  return answer !== undefined && meaningOf(answer) === 'accepted';
};

/**
 * True when the receiver answers this probe otherwise than a wrong signature: it accepts it, or verifies it and then refuses
 * the content with another status. A missing header may have a status of its own too.
 */
export function isRecognised(
  probes: readonly AnsweredProbe[],
  { signature, answer }: AnsweredProbe,
): boolean {
  const meaning = meaningOf(answer);
  if (meaning !== 'refused') return meaning === 'accepted';
  const baselines =
    signature.kind === 'older_header' ? (['random_key', 'missing'] as const) : (['random_key'] as const);
  return baselines.every((kind) => {
    const baseline = answerTo(probes, kind);
    return (
      baseline !== undefined && meaningOf(baseline) === 'refused' && statusOf(baseline) !== statusOf(answer)
    );
  });
}

const wrongKinds: ReadonlySet<ProbeSignature['kind']> = new Set([
  'other_key',
  'reserialised',
  'plain_body',
  'undecoded_key',
  'older_header',
]);

/** The signature that the receiver takes for the right one; null when no probe shows it. Only after `own_key` was refused. */
export const mistakenFor = (probes: readonly AnsweredProbe[]): ProbeSignature | null =>
  probes.find((probe) => wrongKinds.has(probe.signature.kind) && isRecognised(probes, probe))?.signature ??
  null;
