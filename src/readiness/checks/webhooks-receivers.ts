import type { Environment } from '../../config/config.ts';
import type { ProbeAnswer, ProbedReceiver, WrongProbe } from '../../receivers/probed.ts';
import type { Fact, Source } from '../../spotdraft/fact.ts';
import type { Check } from '../check.ts';
import { environmentLabel } from '../environment-label.ts';
import { cannotTell, combine, type Finding, fail, nothingRequired, pass, skip } from '../judgement.ts';

/** Both halves are needed: a receiver that takes everything also takes what is rightly signed. */
export const check: Check = {
  id: 'webhooks.receivers',
  item: 'webhooks',
  title: 'Receivers accept what this workspace signs, and refuse what another does',
  severity: 'blocking',
  judge({ environment, receivers }) {
    if (environment.receivers.length === 0) return nothingRequired('no receiver is configured');
    return combine(
      environment.receivers.flatMap(({ name }) => {
        const probed = receivers.find((each) => each.name === name);
        if (!probed) throw new Error(`receiver ${name} is configured and was not looked at`);
        return judgeReceiver(probed, environment);
      }),
    );
  },
};

type Probed = Extract<ProbedReceiver, { kind: 'probed' }>;

function judgeReceiver(receiver: ProbedReceiver, environment: Environment): Finding[] {
  const expected = `${nameOf(receiver)} accepts a probe with the key of ${environmentLabel(environment)}`;
  switch (receiver.kind) {
    case 'not_sent':
      return [skip(expected, receiver.reason)];
    case 'no_key':
      return [cannotTell(expected, receiver.why)];
    case 'probed':
      return [
        judgeRight(receiver, expected, environment),
        ...receiver.wrong.map((wrong) => judgeWrong(receiver, wrong, environment)),
        ...receiver.untried.map(({ environment: other, reason }) =>
          skip(
            `${nameOf(receiver)} refuses one with the key of ${other}`,
            `receiver ${receiver.name} was not tried with the key of ${other}, which could not be read: ${reason}`,
          ),
        ),
      ];
  }
}

function judgeRight(receiver: Probed, expected: string, environment: Environment): Finding {
  const { name, right } = receiver;
  if (!right.known || meaningOf(right.value) === 'nothing') return inconclusive(receiver, expected, right);
  const actual = `${name} ${answerWords(right.value, right.sources)}`;
  if (meaningOf(right.value) === 'accepted') return pass(expected, actual, right.sources);
  return fail(expected, actual, remedyOfRefusal(receiver, right.value, environment), right.sources);
}

function judgeWrong(receiver: Probed, { keyOf, answer }: WrongProbe, environment: Environment): Finding {
  const { name, right } = receiver;
  const expected = `${nameOf(receiver)} refuses one with ${keyWords(keyOf)}`;
  if (!answer.known || meaningOf(answer.value) === 'nothing') return inconclusive(receiver, expected, answer);
  const actual = `${name} ${answerWords(answer.value, answer.sources)}`;
  if (meaningOf(answer.value) === 'refused') return pass(expected, actual, answer.sources);
  const refusedRight = right.known && meaningOf(right.value) === 'refused';
  const remedy = refusedRight
    ? remedyOfRefusal(receiver, right.value, environment)
    : `Have ${name} verify X-SD-WEBHOOK-CONTENT-HASH with the key of ${environmentLabel(environment)} alone before it takes anything: it does not verify, or knows ${keyWords(keyOf)} too`;
  return fail(expected, actual, remedy, answer.sources);
}

/** The key first: it is what is most often wrong. Where the two signatures are told apart it is something else. */
function remedyOfRefusal(receiver: Probed, { status }: ProbeAnswer, environment: Environment): string {
  const { name, wrong } = receiver;
  const label = environmentLabel(environment);
  const taken = wrong.find(({ answer }) => answer.known && meaningOf(answer.value) === 'accepted');
  if (taken) return `Give ${name} the webhook key of ${label}: it verifies with ${keyWords(taken.keyOf)}`;
  if (status === 404 || status === 405 || status === 410)
    return `Look whether the url of receiver ${name} is the one that is registered in the workspace of ${label}`;
  const toldApart = wrong.some(({ answer }) => answer.known && answer.value.status !== status);
  return toldApart
    ? `Have ${name} answer 2xx to a probe (docs/checks.md): it tells the signatures apart and refuses what is in it`
    : `Look whether ${name} verifies with the current webhook key of ${label}, not with that of another workspace; one that wants more than the signature gets probe: none`;
}

type Meaning = 'accepted' | 'refused' | 'nothing';

/** Statuses that come from what stands before a receiver, or pass, say nothing of how it verifies. */
const sayNothing = new Set([407, 408, 425, 429]);

function meaningOf({ status }: ProbeAnswer): Meaning {
  if (status >= 200 && status < 300) return 'accepted';
  return status >= 400 && status < 500 && !sayNothing.has(status) ? 'refused' : 'nothing';
}

function inconclusive(receiver: Probed, expected: string, answer: Fact<ProbeAnswer>): Finding {
  const { name, host } = receiver;
  const said = answer.known ? `it ${answerWords(answer.value, answer.sources)}` : answer.reason;
  return {
    status: 'unknown',
    expected,
    reason: `${nameOf(receiver)}: ${said}`,
    remedy: answer.known
      ? remedyOfAnswer(name, answer.value)
      : answer.code === 'certificate'
        ? `Find who presents this certificate: ${name} itself, or a proxy between Envcheck and ${host}`
        : `Check that ${name} runs and that the machine Envcheck runs on can reach ${host} (DNS, proxy, firewall); where it must not, set probe: none`,
    evidence: answer.sources,
  };
}

function remedyOfAnswer(name: string, { status }: ProbeAnswer): string {
  if (status >= 300 && status < 400)
    return `Set the url of receiver ${name} to where webhooks are taken, and register that: a redirect turns a POST into a GET`;
  if (status >= 500)
    return `Look in the log of ${name} what it failed at; the id of the probe is in X-Envcheck-Probe. It should answer 2xx or, to a wrong signature, 401`;
  return `Check again in a minute; if it stays, look what stands before ${name}`;
}

function answerWords({ status, redirectsTo }: ProbeAnswer, [source]: Source[]): string {
  const verb = { accepted: 'accepted it', refused: 'refused it', nothing: 'answered' }[
    meaningOf({ status, redirectsTo })
  ];
  const where = redirectsTo === null ? '' : `, a redirect to ${redirectsTo}`;
  return `${verb}: ${status}${where} in ${source?.ms ?? 0} ms`;
}

const nameOf = ({ name, host }: ProbedReceiver): string => `receiver ${name} (${host})`;

const keyWords = (keyOf: string | null): string => (keyOf === null ? 'a random key' : `the key of ${keyOf}`);
