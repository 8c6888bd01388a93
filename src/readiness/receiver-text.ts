import type { Environment } from '../config/config.ts';
import type { Fact } from '../spotdraft/fact.ts';
import { environmentLabel } from '../text/environment-label.ts';
import { meaningOf, statusOf } from '../workspace/receivers/answers.ts';
import type {
  AnsweredProbe,
  ProbeAnswer,
  ProbedReceiver,
  ProbeSignature,
} from '../workspace/receivers/probe-result.ts';
import type { Finding } from './judgement.ts';

export const receiverText = ({ name, host }: ProbedReceiver): string => `receiver ${name} (${host})`;

/** The signature of a probe as an object: "refused the key of uat". */
export function signatureText(signature: ProbeSignature, environment: Environment): string {
  const label = environmentLabel(environment);
  switch (signature.kind) {
    case 'own_key':
      return `the key of ${label}`;
    case 'missing':
      return 'a probe without a signature';
    case 'random_key':
      return 'a random key';
    case 'other_key':
      return `the key of ${signature.environments.join(' and ')}`;
    case 'reserialised':
      return 'a signature over the re-serialised JSON';
    case 'plain_body':
      return 'the right signature of a body without blanks and escapes';
    case 'undecoded_key':
      return `the undecoded key of ${label}`;
    case 'older_header':
      return 'the older header X-SD-CONTENT-HASH';
  }
}

/** The signature of a probe behind its noun: "a probe with the key of uat". */
export const withSignature = (signature: ProbeSignature, environment: Environment): string =>
  signature.kind === 'missing' ? 'without a signature' : `with ${signatureText(signature, environment)}`;

/** Must make sense without `expected`: some surfaces omit that. */
export const answerText = (
  { name }: ProbedReceiver,
  { signature, answer }: AnsweredProbe,
  environment: Environment,
): string =>
  `${name} ${meaningOf(answer)} ${signatureText(signature, environment)}: ${statusOf(answer)}${durationText(answer)}`;

/** The finding on an answer that shows nothing about the signature. */
export function inconclusive(
  receiver: ProbedReceiver,
  expected: string,
  { signature, answer }: AnsweredProbe,
  environment: Environment,
): Finding {
  const { name, host } = receiver;
  const unreachable = `Check that ${name} runs and that the machine Envcheck runs on can reach ${host} (DNS, proxy, firewall). If it must not, set probe: none`;
  const certificate = `Find who presents this certificate: ${name} itself, or a proxy between Envcheck and ${host}`;
  const reason = (answered: string) =>
    `${receiverText(receiver)}, probed ${withSignature(signature, environment)}: ${answered}`;
  const evidence = answer.sources;
  if (!answer.known) {
    const remedy = answer.code === 'certificate' ? certificate : unreachable;
    return { status: 'unknown', expected, reason: reason(answer.reason), remedy, evidence };
  }
  const { status, redirectsTo } = answer.value;
  const where = redirectsTo === null ? '' : `, a redirect to ${redirectsTo}`;
  return {
    status: 'unknown',
    expected,
    reason: reason(`it answered ${status}${where}${durationText(answer)}`),
    remedy: remedyOfStatus(name, status),
    evidence,
  };
}

function remedyOfStatus(name: string, status: number): string {
  if (status >= 300 && status < 400)
    return `Set the url of receiver ${name} to the one that receives webhooks, and register that: a redirect turns a POST into a GET`;
  if (status >= 500)
    return `Find the error in the log of ${name} by the probe's id, which is in X-Envcheck-Probe. It should answer 2xx or, to a wrong signature, 401`;
  return `Check again in a minute. If it stays, check the proxy in front of ${name}`;
}

const durationText = ({ sources: [source] }: Fact<ProbeAnswer>): string =>
  source ? ` in ${source.ms} ms` : '';
