import type { Environment } from '../config/config.ts';
import { environmentLabel } from '../text/environment-label.ts';
import { accepts, answerTo, isRecognised, mistakenFor, statusOf } from '../workspace/receivers/answers.ts';
import type { AnsweredProbe, ProbeSignature } from '../workspace/receivers/probe-result.ts';
import { signatureText } from './receiver-text.ts';

interface Probed {
  name: string;
  probes: readonly AnsweredProbe[];
}

/** True when a receiver accepts probes whatever their signature: it verifies nothing, or only after it has answered. */
export const acceptsEverything = ({ probes }: Probed): boolean =>
  accepts(probes, 'missing') && accepts(probes, 'random_key');

/** Next step when a receiver refuses the right signature. The first cause that the other answers show is named. */
export function remedyOfRefusal(receiver: Probed, environment: Environment): string {
  const { name, probes } = receiver;
  const label = environmentLabel(environment);
  const mistaken = mistakenFor(probes);
  if (mistaken !== null) return remedyOfMistake(name, mistaken, environment);
  if (accepts(probes, 'missing') || accepts(probes, 'random_key'))
    return remedyOfAcceptance(receiver, { kind: 'missing' }, environment);
  const [own] = probes;
  const status = own ? statusOf(own.answer) : null;
  if (status === 404 || status === 405 || status === 410)
    return `Check that the url of receiver ${name} is the one that is registered in the workspace of ${label}`;
  if (own && isRecognised(probes, own))
    return `Have ${name} answer 2xx to a probe (docs/checks.md): it verifies the signature but refuses the content`;
  return `Check that ${name} verifies the body's bytes by HMAC-SHA512 in hex, with the current webhook key of ${label}, not with that of another workspace. If it requires more than the signature, set probe: none`;
}

/** Next step when a receiver verifies something else in place of the right signature. */
function remedyOfMistake(name: string, mistaken: ProbeSignature, environment: Environment): string {
  switch (mistaken.kind) {
    case 'plain_body':
      return `Have ${name} verify the bytes of the body as they arrive, before it parses or decodes them: it hashes the JSON that it has parsed and serialised again, or text that it has decoded as another charset than UTF-8`;
    case 'reserialised':
      return `Have ${name} verify the bytes of the body as they arrive, before it parses them: it hashes the JSON that it has parsed and serialised again, which differs in blanks and escapes`;
    case 'undecoded_key':
      return `Have ${name} decode the webhook key from base64 before it verifies: it uses the key's text as the key`;
    case 'older_header':
      return `Have ${name} verify X-SD-WEBHOOK-CONTENT-HASH with the base64-decoded key: it reads X-SD-CONTENT-HASH, as an older document of SpotDraft says`;
    default:
      return `Give ${name} the webhook key of ${environmentLabel(environment)}: it verifies with ${signatureText(mistaken, environment)}`;
  }
}

/** Next step when a receiver accepts a signature that it must refuse. */
export function remedyOfAcceptance(
  receiver: Probed,
  accepted: ProbeSignature,
  environment: Environment,
): string {
  const { name, probes } = receiver;
  const label = environmentLabel(environment);
  if (acceptsEverything(receiver)) {
    const answer = answerTo(probes, 'missing');
    return `Have ${name} verify X-SD-WEBHOOK-CONTENT-HASH before it answers, and answer 401 to a wrong one: it answers ${answer ? statusOf(answer) : '2xx'} to everything, like a queue that judges later or not at all. If something behind it verifies, Envcheck cannot see that: set probe: none, and add a sign-off for it`;
  }
  switch (accepted.kind) {
    case 'missing':
      return `Have ${name} answer 401 to a webhook without X-SD-WEBHOOK-CONTENT-HASH: it verifies only when the header is there`;
    case 'random_key':
      return `Have ${name} compare X-SD-WEBHOOK-CONTENT-HASH with the signature that it computes: any value is enough for it`;
    case 'reserialised':
      return `Have ${name} verify the bytes of the body alone: it also accepts a signature over the JSON that it has parsed and serialised again`;
    case 'undecoded_key':
      return `Have ${name} verify with the base64-decoded key alone: it also accepts the key's text as the key`;
    case 'older_header':
      return `Have ${name} verify X-SD-WEBHOOK-CONTENT-HASH alone: it also accepts X-SD-CONTENT-HASH, the header of an older document of SpotDraft`;
    default:
      return `Have ${name} verify with the key of ${label} alone: it also accepts ${signatureText(accepted, environment)}. If it serves both on purpose, declare its isolation (docs/checks.md)`;
  }
}
