import { environmentLabel } from '../../text/environment-label.ts';
import { durationText } from '../../time/duration-text.ts';
import type { Check } from '../check.ts';
import { combine, type Finding, fail, judgeFact, nothingRequired, pass } from '../judgement.ts';
import type { PromotionFacts, Validation } from '../promotion.ts';
import { verdictLabels } from '../status-text.ts';

/** The guide: validate the integration in UAT, then recreate the configuration in production. */
export const check: Check = {
  id: 'promotion.validated',
  item: 'configuration',
  title: 'The integration was validated in the model environment',
  severity: 'blocking',
  restsOn: [],
  judge({ environment, promotion, now }) {
    if (promotion === null) return nothingRequired('no model is configured (drift.pairs or promotion)');
    const { model, withinMs, validation } = promotion;
    const expected = `${environmentLabel(model)} was ready within the last ${durationText(withinMs)}`;
    return combine(
      judgeFact(validation, expected, (facts) => [
        judgeReady(expected, facts, promotion, now),
        ...judgeArrivals(facts, promotion, environment.webhooks !== null),
      ]),
    );
  },
};

function judgeReady(
  expected: string,
  { newest, ready, judgedConfiguration }: Validation,
  { model }: PromotionFacts,
  now: number,
): Finding {
  const label = environmentLabel(model);
  if (ready && ready.workspace !== 'same')
    return {
      status: 'unknown',
      expected,
      reason:
        ready.workspace === 'other'
          ? `report ${ready.id} of ${label} says ready, but of a workspace with another webhook key than ${label} has now`
          : `report ${ready.id} of ${label} says ready, but a webhook key was not read, so it may be about another workspace`,
      remedy: `Check ${label}, then check again`,
      evidence: [],
    };
  if (ready && !judgedConfiguration)
    return {
      status: 'unknown',
      expected,
      reason: `${label} was ready, but nothing was required of its configuration (report ${ready.id})`,
      remedy: `Let the entries under requires apply to ${label} too, and check it`,
      evidence: [],
    };
  if (ready) return pass(expected, `ready on ${new Date(ready.at).toISOString()}, report ${ready.id}`, []);
  if (newest === null)
    return {
      status: 'unknown',
      expected,
      reason: `${label} has not been checked yet`,
      remedy: `Check ${label}, then check again`,
      evidence: [],
    };
  return fail(
    expected,
    `its newest check, ${durationText(Math.max(0, now - newest.checkedAt))} ago, says: ${verdictLabels[newest.verdict].word}`,
    `Make ${label} ready and validate the integration there first`,
    [],
  );
}

function judgeArrivals(
  { arrivals, otherWorkspaceUntil }: Validation,
  { model }: PromotionFacts,
  hasWebhooks: boolean,
): Finding[] {
  const label = environmentLabel(model);
  if (arrivals.length === 0 && hasWebhooks)
    return [
      {
        status: 'unknown',
        expected: `webhooks arrived in ${label}`,
        reason: `no webhooks are configured for ${label}, so nothing shows that the integration received them there`,
        remedy: `Configure webhooks of ${label} with the activities that production expects`,
        evidence: [],
      },
    ];
  return arrivals.map(({ activity, at }) => {
    const expected = `${activity} arrived in ${label}`;
    const next = `Take a test contract of ${label} through ${activity}. If it does not arrive, /envcheck ${model.name} says why`;
    if (at !== null && otherWorkspaceUntil !== null && at <= otherWorkspaceUntil)
      return {
        status: 'unknown',
        expected,
        reason: `the newest ${activity} arrived before ${label} got its present webhook key, so it may be of another workspace`,
        remedy: next,
        evidence: [],
      };
    if (at !== null) return pass(expected, `newest ${new Date(at).toISOString()}`, []);
    return fail(expected, 'none in the log', next, []);
  });
}
