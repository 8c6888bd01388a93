import type { Environment } from '../../config/config.ts';
import type { LogFacts } from '../../events/log/log-facts.ts';
import type { Check } from '../check.ts';
import { acceptedText, judgeLogging } from '../integration-calls.ts';
import { type Finding, fail, pass } from '../judgement.ts';
import { callEvidence, deliveryEvidence } from '../log-evidence.ts';
import { deliversTwice } from '../registered-webhook.ts';

const expected = 'retries of the integration, of the last 7 days';

/** Judges what the integration reported and what reached the receiver. Envcheck's own retries show nothing about it. */
export const check: Check = {
  id: 'logging.retries',
  item: 'logging',
  title: 'Retries are logged',
  severity: 'blocking',
  // One check says that nothing useful is reported.
  restsOn: ({ log, requires, environment }) => {
    if (!log.known || requires.logging.requests === 'signOff' || proofs(log.value, environment).length > 0)
      return [];
    return log.value.reported.accepted.count === 0 ? ['logging.requests'] : [];
  },
  judge: (input) =>
    judgeLogging(input, 'retries', {
      expected,
      proof: (facts) => proofs(facts, input.environment)[0] ?? null,
      explain: withRepeats,
      judge: ({ reported }, newest) =>
        reported.undecided.count === reported.accepted.count
          ? {
              status: 'unknown',
              expected,
              reason:
                'the reported calls were stored by an older version, which did not keep whether they state retries',
              remedy: 'Check again after the next call of the integration',
              evidence: [callEvidence(newest)],
            }
          : fail(
              expected,
              `none of the ${acceptedText(reported)} states its retries`,
              'Have the integration send retries with each call it reports, 0 included (docs/reporting.md)',
              [callEvidence(newest)],
            ),
    }),
};

/** Says why a repeated delivery is no proof. The log keeps no id of the webhook that sent it. */
function withRepeats(finding: Finding, { newestRedelivery: again }: LogFacts): Finding {
  if (again === null || finding.status === 'pass' || finding.status === 'skipped') return finding;
  const why = `delivery ${again.delivery.id} repeated an event, ${again.isLater ? 'and' : 'within a minute, as'} two webhooks with one URL do${again.isLater ? ' the same' : ''}, so it proves no retry`;
  return finding.status === 'unknown'
    ? { ...finding, reason: `${finding.reason}; ${why}` }
    : { ...finding, actual: `${finding.actual}; ${why}` };
}

/** Findings that show logged retries, the strongest first. */
function proofs(
  { reported, newestRetriedOutcome: outcome, newestRedelivery: again, registered }: LogFacts,
  { webhooks }: Environment,
): Finding[] {
  const { stated, retried } = reported;
  const shown = retried.newest ?? stated.newest;
  const found: Finding[] = [];
  if (shown)
    found.push(
      pass(
        expected,
        `${stated.count} of ${acceptedText(reported)} state them; ${shown.call_id} has ${shown.attempts} ${shown.attempts === 1 ? 'attempt' : 'attempts'}, ${new Date(shown.at).toISOString()}`,
        [callEvidence(shown)],
      ),
    );
  if (outcome)
    found.push(
      pass(
        expected,
        `outcome ${outcome.id} was reported with attempt ${outcome.attempt} (${outcome.status}), ${new Date(outcome.at).toISOString()}`,
        [],
      ),
    );
  if (again?.isLater && !(webhooks && deliversTwice(registered, webhooks.url))) {
    const { id, received_at } = again.delivery;
    found.push(
      pass(expected, `delivery ${id} repeated an event, ${new Date(received_at).toISOString()}`, [
        deliveryEvidence(again.delivery),
      ]),
    );
  }
  return found;
}
