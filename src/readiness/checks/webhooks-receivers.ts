import type { Environment, Receiver } from '../../config/config.ts';
import { isolationOf } from '../../config/isolation.ts';
import { isSameEndpoint } from '../../config/webhook-url.ts';
import { accepts, answerTo, meaningOf, statusOf } from '../../workspace/receivers/answers.ts';
import type {
  AnsweredProbe,
  ProbedReceiver,
  ProbeSignature,
} from '../../workspace/receivers/probe-result.ts';
import type { Check } from '../check.ts';
import { combine, type Finding, fail, nothingRequired, pass, skip, unknownFinding } from '../judgement.ts';
import { acceptsEverything, remedyOfAcceptance, remedyOfRefusal } from '../receiver-remedy.ts';
import { answerText, inconclusive, receiverText, signatureText, withSignature } from '../receiver-text.ts';

/** Needs both halves: a receiver that accepts everything accepts a correct signature too. */
export const check: Check = {
  id: 'webhooks.receivers',
  item: 'webhooks',
  title: "Receivers accept this workspace's signature and no other",
  severity: 'blocking',
  // Receivers that serve several environments and verify wrongly are the finding of the check of their isolation.
  restsOn: ({ environment, environments, receivers }) => {
    const isUnproven = (receiver: Receiver) =>
      isolationOf(environment, receiver, environments) !== null &&
      receivers.some((each) => each.name === receiver.name && !verifies(each));
    const waits = environment.receivers.length > 0 && environment.receivers.every(isUnproven);
    return ['credentials.accepted', 'credentials.workspace', ...(waits ? ['webhooks.separate'] : [])];
  },
  judge({ environment, environments, receivers }) {
    if (environment.receivers.length === 0) return nothingRequired('no receiver is configured');
    return combine(
      environment.receivers.flatMap((receiver) => {
        const probed = receivers.find((each) => each.name === receiver.name);
        if (!probed) throw new Error(`receiver ${receiver.name} is configured and was not probed`);
        if (probed.kind === 'not_sent')
          return [
            skip(
              expectedOf(probed, { kind: 'own_key' }, environment),
              whyNotSent(probed, environment, environments),
            ),
          ];
        return judgeReceiver(probed, environment, sharing(receiver, environment, environments));
      }),
    );
  },
};

type Probed = Extract<ProbedReceiver, { kind: 'probed' }>;
type NotSent = Extract<ProbedReceiver, { kind: 'not_sent' }>;

/** True when the answers that prove an isolation show a receiver that verifies. Else `webhooks.separate` has the finding. */
const verifies = (receiver: ProbedReceiver): boolean =>
  receiver.kind === 'probed' &&
  accepts(receiver.probes, 'own_key') &&
  (['missing', 'random_key'] as const).every((kind) => {
    const answer = answerTo(receiver.probes, kind);
    return answer !== undefined && meaningOf(answer) === 'refused';
  });

/** Names of the other environments that this receiver serves too. `webhooks.separate` judges that, and the answers to their keys. */
function sharing(
  receiver: Receiver,
  environment: Environment,
  environments: readonly Environment[],
): string[] {
  const isolated = isolationOf(environment, receiver, environments)?.others ?? [];
  const shared = environments.filter(
    ({ name, receivers }) =>
      name !== environment.name && receivers.some(({ url }) => isSameEndpoint(url, receiver.url)),
  );
  return [...isolated, ...shared].map(({ name }) => name);
}

/** The reason names the check that fails: credentials that are shared open one workspace, too. */
function whyNotSent(
  { cause, reason }: NotSent,
  { name, credentials }: Environment,
  environments: readonly Environment[],
): string {
  if (cause !== 'same_workspace') return reason;
  const shares = environments.some(
    (other) =>
      other.name !== name &&
      (other.credentials.clientId.equals(credentials.clientId) ||
        other.credentials.clientSecret.equals(credentials.clientSecret)),
  );
  return `${reason} (${shares ? 'credentials.distinct' : 'credentials.workspace'})`;
}

function judgeReceiver(
  receiver: Exclude<ProbedReceiver, NotSent>,
  environment: Environment,
  served: string[],
): Finding[] {
  const expected = expectedOf(receiver, { kind: 'own_key' }, environment);
  switch (receiver.kind) {
    case 'no_key':
      return [unknownFinding(expected, receiver.why)];
    case 'probed':
      return judgeProbed(receiver, environment, served);
  }
}

function judgeProbed(receiver: Probed, environment: Environment, served: string[]): Finding[] {
  const isJudgedThere = ({ signature }: AnsweredProbe) =>
    signature.kind === 'other_key' && signature.environments.every((name) => served.includes(name));
  const judged = acceptsEverything(receiver)
    ? judgeEverythingAccepted(receiver, environment)
    : receiver.probes
        .filter((probe) => !isJudgedThere(probe))
        .map((probe) => judgeProbe(receiver, probe, environment));
  const untried = receiver.untried
    .filter((each) => !served.includes(each.environment))
    .map(({ environment: other, why }) =>
      unknownFinding(`${receiverText(receiver)} refuses one with the key of ${other}`, {
        ...why,
        reason: `receiver ${receiver.name} was not probed with the key of ${other}, which could not be read: ${why.reason}`,
      }),
    );
  const findings = [...judged, ...untried];
  return findings.every(({ status }) => status === 'pass')
    ? [...findings, ...judgeComplete(receiver, environment)]
    : findings;
}

function judgeProbe(receiver: Probed, probe: AnsweredProbe, environment: Environment): Finding {
  const { signature, answer } = probe;
  const expected = expectedOf(receiver, signature, environment);
  const meaning = meaningOf(answer);
  if (meaning === null) return inconclusive(receiver, expected, probe, environment);
  const actual = answerText(receiver, probe, environment);
  const isRight = signature.kind === 'own_key';
  if ((meaning === 'accepted') === isRight) return pass(expected, actual, answer.sources);
  const ownRefused = meaningOf(receiver.probes[0]?.answer ?? answer) === 'refused';
  const remedy = ownRefused
    ? remedyOfRefusal(receiver, environment)
    : remedyOfAcceptance(receiver, signature, environment);
  return fail(expected, actual, remedy, answer.sources);
}

/** One finding in place of one per probe: the signature plays no part in the answers. */
function judgeEverythingAccepted(receiver: Probed, environment: Environment): Finding[] {
  const accepted = receiver.probes.filter(({ answer }) => meaningOf(answer) === 'accepted');
  const others = receiver.probes.filter((probe) => !accepted.includes(probe));
  const alike = accepted.map(
    ({ signature, answer }) => `${signatureText(signature, environment)} (${statusOf(answer)})`,
  );
  return [
    ...others.map((probe) => judgeProbe(receiver, probe, environment)),
    fail(
      `${receiverText(receiver)} verifies the signature before it answers`,
      `${receiver.name} accepted everything alike: ${alike.join(', ')}`,
      remedyOfAcceptance(receiver, { kind: 'missing' }, environment),
      accepted.flatMap(({ answer }) => answer.sources),
    ),
  ];
}

const tried: readonly ProbeSignature[] = [
  { kind: 'own_key' },
  { kind: 'missing' },
  { kind: 'random_key' },
  { kind: 'reserialised' },
  { kind: 'undecoded_key' },
];

/** A series that ended early passes nothing that it did not try. */
const judgeComplete = (receiver: Probed, environment: Environment): Finding[] =>
  tried
    .filter(({ kind }) => !receiver.probes.some(({ signature }) => signature.kind === kind))
    .map((signature) => ({
      status: 'unknown',
      expected: expectedOf(receiver, signature, environment),
      reason: `receiver ${receiver.name} was not probed ${withSignature(signature, environment)}`,
      remedy: 'Check again in a minute',
      evidence: [],
    }));

function expectedOf(receiver: ProbedReceiver, signature: ProbeSignature, environment: Environment): string {
  const probe = withSignature(signature, environment);
  switch (signature.kind) {
    case 'own_key':
      return `${receiverText(receiver)} accepts a probe ${probe}`;
    case 'plain_body':
      return `${receiverText(receiver)} verifies the bytes of the body, blanks and escapes included`;
    default:
      return `${receiverText(receiver)} refuses one ${probe}`;
  }
}
