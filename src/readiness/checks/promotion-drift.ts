import { environmentLabel } from '../../text/environment-label.ts';
import { differenceText } from '../../workspace/diff/difference-text.ts';
import type { Check } from '../check.ts';
import { combine, type Finding, fail, judgeFact, nothingRequired, pass } from '../judgement.ts';
import { driftBases, type ModelDrift } from '../promotion.ts';

/** Rests on the checks of required objects, which say more precisely what is missing. */
export const check: Check = {
  id: 'promotion.drift',
  item: 'configuration',
  title: 'No breaking difference from the model environment',
  severity: 'blocking',
  restsOn: driftBases,
  judge({ environment, promotion }) {
    if (promotion === null) return nothingRequired('no model is configured (drift.pairs or promotion)');
    const labels = [environmentLabel(promotion.model), environmentLabel(environment)] as const;
    const expected = `no breaking difference from ${labels[0]} that nobody accepted`;
    const command = `/envcheck diff ${promotion.model.name} ${environment.name}`;
    return combine(
      judgeFact(promotion.drift, expected, (found) => judgeDrift(found, expected, labels, command)),
    );
  },
};

function judgeDrift(
  { breaking, accepted, unread, comparedAt, items }: ModelDrift,
  expected: string,
  [model, own]: readonly [string, string],
  command: string,
): Finding[] {
  const where = { missing: `only in ${model}`, extra: `only in ${own}` };
  const steps = {
    missing: `Recreate it in ${own}`,
    extra: `Remove it from ${own}, or add it to ${model} and validate the integration with it`,
    changed: `Make ${own} equal to ${model}, or validate the integration with the value of ${own}`,
  };
  const failures = breaking.map((difference) =>
    fail(
      expected,
      `${difference.path}: ${differenceText(difference, where)}`,
      `${steps[difference.kind]}, or accept the difference with its reason: ${command}`,
      [],
    ),
  );
  const unclear = unread.map(
    ({ path, reason }): Finding => ({
      status: 'unknown',
      expected: `${path} compared with ${model}`,
      reason: `${path} could not be compared: ${reason}`,
      remedy: `Compare again in a few minutes: ${command}. What can never be compared goes under drift.ignore, with its reason`,
      evidence: [],
    }),
  );
  if (failures.length > 0 || unclear.length > 0) return [...failures, ...unclear];
  if (items === 0)
    return [
      {
        status: 'unknown',
        expected,
        reason: `${model} has nothing to compare ${own} with`,
        remedy: `Set up the configuration in ${model} first, and validate the integration there`,
        evidence: [],
      },
    ];
  const count = accepted === 0 ? 'none' : `none; ${accepted} accepted`;
  return [
    pass(expected, `${count} in ${items} items, compared on ${new Date(comparedAt).toISOString()}`, []),
  ];
}
