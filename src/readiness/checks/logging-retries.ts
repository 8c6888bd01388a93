import { type Environment, loggingSignOffIds } from '../../config/config.ts';
import type { LogFacts } from '../../events/log/log-facts.ts';
import type { Check } from '../check.ts';
import { acceptedCalls, acceptedText, noneAccepted, unprovenLogging } from '../integration-calls.ts';
import {
  combine,
  type Finding,
  fail,
  judgeFact,
  nothingRequired,
  pass,
  provenBySignOff,
} from '../judgement.ts';
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
    return acceptedCalls(log.value.reported).length === 0 ? ['logging.requests'] : [];
  },
  judge(input) {
    const { requires, log, environment } = input;
    if (requires.logging.retries === 'signOff') return provenBySignOff(loggingSignOffIds.retries);
    if (log.known && proofs(log.value, environment).length === 0 && log.value.reported.length === 0) {
      const unproven = unprovenLogging(input, log.value, { expected, kind: 'retries' });
      if (unproven === null)
        return nothingRequired('no intake is configured and the integration reports nothing');
      return combine([withRepeats(unproven, log.value)]);
    }
    return combine(
      judgeFact(log, expected, (facts): Finding[] => {
        const [proof] = proofs(facts, environment);
        if (proof) return [proof];
        const accepted = acceptedCalls(facts.reported);
        const [newest] = accepted;
        if (newest === undefined) return [noneAccepted(facts.reported, environment)];
        if (accepted.every(({ retries_stated }) => retries_stated === null))
          return [
            {
              status: 'unknown',
              expected,
              reason:
                'the reported calls were stored by an older version, which did not keep whether they state retries',
              remedy: 'Check again after the next call of the integration',
              evidence: [callEvidence(newest)],
            },
          ];
        return [
          withRepeats(
            fail(
              expected,
              `none of the ${acceptedText(facts.reported)} states its retries`,
              'Have the integration send retries with each call it reports, 0 included (docs/reporting.md)',
              [callEvidence(newest)],
            ),
            facts,
          ),
        ];
      }),
    );
  },
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
  // More than one attempt states the number in rows that are older than the column, too.
  const stated = acceptedCalls(reported).filter(
    ({ attempts, retries_stated }) => attempts > 1 || retries_stated === 1,
  );
  const shown = stated.find(({ attempts }) => attempts > 1) ?? stated[0];
  const found: Finding[] = [];
  if (shown)
    found.push(
      pass(
        expected,
        `${stated.length} of ${acceptedText(reported)} state them; ${shown.call_id} has ${shown.attempts} ${shown.attempts === 1 ? 'attempt' : 'attempts'}, ${new Date(shown.at).toISOString()}`,
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
