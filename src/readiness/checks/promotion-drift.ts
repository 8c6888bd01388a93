import { environmentLabel } from '../../text/environment-label.ts';
import { changeLine } from '../../workspace/diff/difference-text.ts';
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
    const { model, drift } = promotion;
    const expected = `no breaking difference from ${environmentLabel(model)} that nobody accepted`;
    const command = `/envcheck diff ${model.name} ${environment.name}`;
    return combine(judgeFact(drift, expected, (found) => judgeDrift(found, expected, command)));
  },
};

function judgeDrift(
  { breaking, accepted, unread, comparedAt }: ModelDrift,
  expected: string,
  command: string,
): Finding[] {
  const remedy = `Recreate it in production, or accept the difference with its reason: ${command}`;
  const at = `compared on ${new Date(comparedAt).toISOString()}`;
  if (breaking.length > 0)
    return [
      ...breaking.map((difference) => fail(expected, changeLine(difference), remedy, [])),
      ...unread.map(({ path, reason }) => unread1(path, reason, command)),
    ];
  if (unread.length > 0) return unread.map(({ path, reason }) => unread1(path, reason, command));
  const count = accepted === 0 ? 'none' : `none; ${accepted} accepted`;
  return [pass(expected, `${count}, ${at}`, [])];
}

const unread1 = (path: string, reason: string, command: string): Finding => ({
  status: 'unknown',
  expected: `${path} compared with the model`,
  reason: `${path} could not be compared: ${reason}`,
  remedy: `Compare again in a few minutes: ${command}`,
  evidence: [],
});
