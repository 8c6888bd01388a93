import type { Environment } from '../config/config.ts';
import type { Isolation } from '../config/isolation.ts';
import { environmentLabel } from '../text/environment-label.ts';
import { accepts, meaningOf, mistakenFor } from '../workspace/receivers/answers.ts';
import type { AnsweredProbe, ProbedReceiver } from '../workspace/receivers/probe-result.ts';
import { type Finding, fail, pass, quoted, unknownFinding } from './judgement.ts';
import { remedyOfAcceptance, remedyOfRefusal } from './receiver-remedy.ts';
import { answerText, inconclusive, receiverText } from './receiver-text.ts';

type Probed = Extract<ProbedReceiver, { kind: 'probed' }>;

const HEADER = 'X-Envcheck-Environment';

/**
 * Judges a declared isolation: the key of each environment is accepted and answered with that environment's name, and a
 * random key and a missing signature are refused. What was not shown is a failure, what could not be tried is unknown.
 */
export function judgeIsolation(
  receiver: ProbedReceiver,
  environment: Environment,
  { others, reason }: Isolation,
): Finding[] {
  const { name } = receiver;
  const labels = [environment, ...others].map(environmentLabel);
  const expected = `${receiverText(receiver)} keeps ${labels.join(' and ')} apart (isolation: ${reason})`;
  const own = `give ${environmentLabel(environment)} a receiver URL of its own`;
  switch (receiver.kind) {
    case 'no_key':
      return [unknownFinding(expected, receiver.why)];
    case 'not_sent':
      if (receiver.cause === 'probe_none')
        return [
          fail(
            expected,
            `the isolation of ${name} is declared and not proven: it is not probed (probe: none)`,
            `Set probe: signed for ${name}, so that the probes can prove its isolation, or ${own}`,
            [],
          ),
        ];
      if (receiver.cause === 'own_url')
        return [
          fail(
            expected,
            `${name} has the URL at which Envcheck itself receives webhooks`,
            `Remove the isolation of ${name}, and ${own}: Envcheck has one path per environment`,
            [],
          ),
        ];
      return [
        {
          status: 'unknown',
          expected,
          reason: `the isolation of ${name} could not be tried: ${receiver.reason}`,
          remedy: `Use credentials of the workspace of ${environmentLabel(environment)}, then check again`,
          evidence: [],
        },
      ];
    case 'probed':
      return judgeProbed(receiver, environment, others, expected);
  }
}

function judgeProbed(
  receiver: Probed,
  environment: Environment,
  others: readonly Environment[],
  expected: string,
): Finding[] {
  const { name, probes } = receiver;
  const wrong = (['missing', 'random_key'] as const).map((kind) =>
    probes.find(({ signature }) => signature.kind === kind),
  );
  const judgedWrong = wrong.flatMap((probe) =>
    probe ? judgeWrong(receiver, probe, environment, expected) : [],
  );
  // Names mean nothing in the answers of a receiver that does not compare signatures.
  if (accepts(probes, 'random_key')) return judgedWrong;
  const untried = receiver.untried.filter((each) =>
    others.some(({ name: other }) => other === each.environment),
  );
  const shared = sharedKeys(probes, others);
  const keys = [environment, ...others]
    .filter((about) => !shared.flat().includes(about))
    .filter((about) => !untried.some((each) => each.environment === about.name))
    .map((about) => ({ about, probe: probes.find(isSignedBy(about, environment)) }));
  const findings = [
    ...judgedWrong,
    ...keys.flatMap(({ about, probe }) =>
      probe ? judgeKey(receiver, probe, { environment, about }, expected) : [],
    ),
    ...untried.map(({ environment: other, why }) =>
      unknownFinding(expected, {
        ...why,
        reason: `receiver ${name} was not probed with the key of ${other}, which could not be read: ${why.reason}`,
      }),
    ),
  ];
  for (const same of shared) {
    const labels = same.map(environmentLabel).join(' and ');
    const remedy = `Give ${labels} credentials of separate workspaces first: no receiver can tell their webhooks apart (check ${same[0]?.name}: credentials.distinct, credentials.workspace)`;
    findings.push(
      fail(
        expected,
        `${labels} have the same webhook key, because their credentials open one workspace`,
        remedy,
        [],
      ),
    );
  }
  if (findings.length > 0) return findings;
  const sources = probes.flatMap(({ answer }) => answer.sources);
  if ([...wrong, ...keys.map(({ probe }) => probe)].includes(undefined))
    return [
      {
        status: 'unknown',
        expected,
        reason: `not all probes that prove the isolation of ${name} were sent`,
        remedy: 'Check again in a minute',
        evidence: sources,
      },
    ];
  return [
    pass(
      expected,
      `${name} named the right environment for each key, and refused a random key and a missing signature`,
      sources,
    ),
  ];
}

/** Environments that share a key, in groups. No answer can name more than one of them. */
const sharedKeys = (probes: readonly AnsweredProbe[], others: readonly Environment[]): Environment[][] =>
  probes
    .map(({ signature }) =>
      signature.kind === 'other_key'
        ? others.filter(({ name }) => signature.environments.includes(name))
        : [],
    )
    .filter((same) => same.length > 1);

const isSignedBy =
  (about: Environment, own: Environment) =>
  ({ signature }: AnsweredProbe): boolean =>
    about.name === own.name
      ? signature.kind === 'own_key'
      : signature.kind === 'other_key' && signature.environments.includes(about.name);

/** Empty when the key of `about` is accepted and answered with its name. */
function judgeKey(
  receiver: Probed,
  probe: AnsweredProbe,
  { environment, about }: { environment: Environment; about: Environment },
  expected: string,
): Finding[] {
  const { name } = receiver;
  const label = environmentLabel(about);
  const { answer } = probe;
  const meaning = meaningOf(answer);
  if (meaning === null || !answer.known) return [inconclusive(receiver, expected, probe, environment)];
  const actual = answerText(receiver, probe, environment);
  if (meaning === 'refused')
    return [fail(expected, actual, remedyOfRefusedKey(receiver, environment, label), answer.sources)];
  const taken = answer.value.environment;
  if (taken === about.name) return [];
  const found = taken === null ? `no ${HEADER}` : `${HEADER} ${quoted(taken)}`;
  return [
    fail(
      expected,
      `${actual}, with ${found}`,
      `Have ${name} answer a webhook that the key of ${label} verifies with ${HEADER}: ${about.name} (docs/checks.md), and process it as that environment's alone`,
      answer.sources,
    ),
  ];
}

/** Empty when the probe is refused. */
function judgeWrong(
  receiver: Probed,
  probe: AnsweredProbe,
  environment: Environment,
  expected: string,
): Finding[] {
  const meaning = meaningOf(probe.answer);
  if (meaning === 'refused') return [];
  if (meaning === null) return [inconclusive(receiver, expected, probe, environment)];
  const remedy = remedyOfAcceptance(receiver, probe.signature, environment);
  return [fail(expected, answerText(receiver, probe, environment), remedy, probe.answer.sources)];
}

/** A key that is missing beside the others is the isolation's own cause; else the receiver verifies wrongly altogether. */
function remedyOfRefusedKey(receiver: Probed, environment: Environment, label: string): string {
  const mistaken = accepts(receiver.probes, 'own_key') ? null : mistakenFor(receiver.probes);
  if (mistaken !== null && mistaken.kind !== 'other_key') return remedyOfRefusal(receiver, environment);
  return `Give ${receiver.name} the webhook key of ${label} beside the others, or remove its isolation and give each environment its own receiver URL`;
}
