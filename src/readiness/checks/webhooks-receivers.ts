import type { Environment } from '../../config/config.ts';
import type { Fact } from '../../spotdraft/fact.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { ProbeAnswer, ProbedReceiver, WrongKeyProbe } from '../../workspace/receivers/probe-result.ts';
import type { Check } from '../check.ts';
import { combine, type Finding, fail, nothingRequired, pass, skip, unknownFinding } from '../judgement.ts';

/** Needs both halves: a receiver that accepts everything accepts a correct signature too. */
export const check: Check = {
  id: 'webhooks.receivers',
  item: 'webhooks',
  title: "Receivers accept this workspace's signature and no other",
  severity: 'blocking',
  judge({ environment, receivers }) {
    if (environment.receivers.length === 0) return nothingRequired('no receiver is configured');
    return combine(
      environment.receivers.flatMap(({ name }) => {
        const probed = receivers.find((each) => each.name === name);
        if (!probed) throw new Error(`receiver ${name} is configured and was not probed`);
        return judgeReceiver(probed, environment);
      }),
    );
  },
};

type Probed = Extract<ProbedReceiver, { kind: 'probed' }>;

function judgeReceiver(receiver: ProbedReceiver, environment: Environment): Finding[] {
  const own = keyText(environmentLabel(environment));
  const expected = `${nameOf(receiver)} accepts a probe with ${own}`;
  switch (receiver.kind) {
    case 'not_sent':
      return [skip(expected, receiver.reason)];
    case 'no_key':
      return [unknownFinding(expected, receiver.why)];
    case 'probed':
      return [
        judgeRight(receiver, expected, environment),
        ...receiver.wrong.map((wrong) => judgeWrong(receiver, wrong, environment)),
        ...receiver.untried.map(({ environment: other, why }) =>
          unknownFinding(`${nameOf(receiver)} refuses one with the key of ${other}`, {
            ...why,
            reason: `receiver ${receiver.name} was not probed with the key of ${other}, which could not be read: ${why.reason}`,
          }),
        ),
      ];
  }
}

function judgeRight(receiver: Probed, expected: string, environment: Environment): Finding {
  const { right } = receiver;
  const key = keyText(environmentLabel(environment));
  const meaning = meaningOf(right);
  if (meaning === null) return inconclusive(receiver, expected, key, right);
  const actual = actualOf(receiver, key, right);
  if (meaning === 'accepted') return pass(expected, actual, right.sources);
  return fail(expected, actual, remedyOfRefusal(receiver, environment), right.sources);
}

function judgeWrong(receiver: Probed, { keyOf, answer }: WrongKeyProbe, environment: Environment): Finding {
  const { name, right } = receiver;
  const key = keyText(keyOf);
  const expected = `${nameOf(receiver)} refuses one with ${key}`;
  const meaning = meaningOf(answer);
  if (meaning === null) return inconclusive(receiver, expected, key, answer);
  const actual = actualOf(receiver, key, answer);
  if (meaning === 'refused') return pass(expected, actual, answer.sources);
  const remedy =
    meaningOf(right) === 'refused'
      ? remedyOfRefusal(receiver, environment)
      : `Have ${name} verify X-SD-WEBHOOK-CONTENT-HASH with the key of ${environmentLabel(environment)} alone before it accepts anything: it does not verify, or also accepts ${key}`;
  return fail(expected, actual, remedy, answer.sources);
}

/** The key comes first, because it is the most frequent cause. A receiver that tells the signatures apart has another one. */
function remedyOfRefusal({ name, right, wrong }: Probed, environment: Environment): string {
  const label = environmentLabel(environment);
  const accepted = wrong.find(({ answer }) => meaningOf(answer) === 'accepted');
  if (accepted)
    return `Give ${name} the webhook key of ${label}: it verifies with ${keyText(accepted.keyOf)}`;
  const status = statusOf(right);
  if (status === 404 || status === 405 || status === 410)
    return `Check that the url of receiver ${name} is the one that is registered in the workspace of ${label}`;
  const tellsApart = wrong.some(
    ({ answer }) => meaningOf(answer) === 'refused' && statusOf(answer) !== status,
  );
  return tellsApart
    ? `Have ${name} answer 2xx to a probe (docs/checks.md): it verifies the signature but refuses the content`
    : `Check that ${name} verifies with the current webhook key of ${label}, not with that of another workspace. If it requires more than the signature, set probe: none`;
}

/** Statuses of a proxy in front of the receiver, and temporary ones, say nothing about how it verifies. */
const sayNothing = new Set([407, 408, 425, 429]);

const statusOf = (answer: Fact<ProbeAnswer>): number | null => (answer.known ? answer.value.status : null);

/** null when the answer allows no conclusion. */
function meaningOf(answer: Fact<ProbeAnswer>): 'accepted' | 'refused' | null {
  const status = statusOf(answer);
  if (status === null || sayNothing.has(status)) return null;
  if (status >= 200 && status < 300) return 'accepted';
  return status >= 400 && status < 500 ? 'refused' : null;
}

/** Must make sense without `expected`: some surfaces omit that. */
const actualOf = ({ name }: Probed, key: string, answer: Fact<ProbeAnswer>): string =>
  `${name} ${meaningOf(answer)} ${key}: ${statusOf(answer)}${durationText(answer)}`;

function inconclusive(receiver: Probed, expected: string, key: string, answer: Fact<ProbeAnswer>): Finding {
  const { name, host } = receiver;
  const unreachable = `Check that ${name} runs and that the machine Envcheck runs on can reach ${host} (DNS, proxy, firewall). If it must not, set probe: none`;
  const certificate = `Find who presents this certificate: ${name} itself, or a proxy between Envcheck and ${host}`;
  const reason = (answered: string) => `${nameOf(receiver)}, probed with ${key}: ${answered}`;
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

const nameOf = ({ name, host }: ProbedReceiver): string => `receiver ${name} (${host})`;

const keyText = (keyOf: string | null): string => (keyOf === null ? 'a random key' : `the key of ${keyOf}`);
