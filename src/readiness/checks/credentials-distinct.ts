import type { Environment } from '../../config/config.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { Check } from '../check.ts';
import { combine, type Finding, fail, nothingRequired, pass } from '../judgement.ts';

export const check: Check = {
  id: 'credentials.distinct',
  item: 'credentials',
  title: 'No other environment uses these credentials',
  severity: 'blocking',
  restsOn: [],
  judge({ environment, environments }) {
    const others = environments.filter((other) => other.name !== environment.name);
    if (others.length === 0) return nothingRequired('there is no other environment to compare with');
    return combine(others.map((other) => compare(environment, other)));
  },
};

function compare(environment: Environment, other: Environment): Finding {
  const own = environment.credentials;
  const theirs = other.credentials;
  const shared = [
    own.clientId.equals(theirs.clientId) ? 'client id' : null,
    own.clientSecret.equals(theirs.clientSecret) ? 'client secret' : null,
  ].filter((part) => part !== null);
  const expected = `client id and secret differ from those of ${environmentLabel(other)}`;
  if (shared.length === 0) return pass(expected, 'both differ', []);
  const remedy = `Generate credentials in the workspace of ${environmentLabel(environment)} and use them for this environment only`;
  return fail(expected, `same ${shared.join(' and ')}`, remedy, []);
}
