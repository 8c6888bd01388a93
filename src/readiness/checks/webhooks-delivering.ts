import type { Environment, Webhooks } from '../../config/config.ts';
import type { LogFacts } from '../../events/log/log-facts.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { AHEAD_TEXT, isAhead } from '../../time/age.ts';
import { durationText } from '../../time/duration-text.ts';
import type { Check } from '../check.ts';
import { combine, type Finding, fail, judgeFact, nothingRequired, pass } from '../judgement.ts';
import { deliveryEvidence } from '../log-evidence.ts';
import { registrationRemedy } from '../registered-webhook.ts';
import { webhookBases } from '../webhook-bases.ts';

export const check: Check = {
  id: 'webhooks.delivering',
  item: 'webhooks',
  title: 'Every expected activity arrives',
  severity: 'blocking',
  restsOn: webhookBases,
  judge({ environment, log, now }) {
    const { webhooks } = environment;
    if (!webhooks) return nothingRequired('no webhook URL is configured');
    return combine(
      judgeFact(log, `deliveries of ${webhooks.activities.join(', ')}`, (facts) => [
        ...facts.arrivals.map((arrival) => judgeArrival(arrival, facts, environment, webhooks)),
        ...judgeSilence(facts, environment, webhooks, now),
      ]),
    );
  },
};

function judgeArrival(
  { activity, at }: LogFacts['arrivals'][number],
  { newestVerified, registered }: LogFacts,
  environment: Environment,
  { url }: Webhooks,
): Finding {
  const expected = `${activity} has arrived`;
  const evidence = newestVerified ? [deliveryEvidence(newestVerified)] : [];
  if (at !== null) return pass(expected, `newest ${new Date(at).toISOString()}`, evidence);
  const others = newestVerified ? 'other activities arrived' : 'no activity has arrived';
  return fail(
    expected,
    `not in the log; ${others}`,
    registrationRemedy(registered, url, activity) ??
      `Check that the webhook with ${url} is registered in the workspace of ${environmentLabel(environment)}, includes ${activity} and is active. Then take a test contract through that activity`,
    evidence,
  );
}

function judgeSilence(
  { newestVerified }: LogFacts,
  environment: Environment,
  { maxSilenceMs }: Webhooks,
  now: number,
): Finding[] {
  // When nothing ever arrived, each activity says so.
  if (maxSilenceMs === null || newestVerified === null) return [];
  const at = newestVerified.received_at;
  const silence = now - at;
  const expected = `a delivery within the last ${durationText(maxSilenceMs)}`;
  const evidence = [deliveryEvidence(newestVerified)];
  if (isAhead(at, now))
    return [
      {
        status: 'unknown',
        expected,
        reason: `the newest is ${AHEAD_TEXT}: ${new Date(at).toISOString()}`,
        remedy: 'Check again after the next delivery',
        evidence,
      },
    ];
  const actual = `the newest is ${durationText(silence)} old`;
  if (silence <= maxSilenceMs) return [pass(expected, actual, evidence)];
  const remedy = `Check in SpotDraft (Settings, Developer settings) that the webhook of ${environmentLabel(environment)} is active: SpotDraft disables it after failures and then sends nothing`;
  return [fail(expected, actual, remedy, evidence)];
}
