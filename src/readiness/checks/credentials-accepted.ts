import { accessRefused } from '../access-refused.ts';
import type { Check } from '../check.ts';
import { combine, fail, pass, unknownFinding } from '../judgement.ts';

export const check: Check = {
  id: 'credentials.accepted',
  item: 'credentials',
  title: 'SpotDraft accepts the credentials',
  severity: 'blocking',
  restsOn: ['host.path', 'host.region', 'host.reachable'],
  judge({ environment, facts: { access } }) {
    const expected = 'an authenticated read succeeds';
    if (access.known) return combine([pass(expected, 'it succeeded', access.sources)]);
    const refused = accessRefused(access, environment);
    if (refused) return combine([fail(expected, refused.actual, refused.remedy, access.sources)]);
    return combine([unknownFinding(expected, access)]);
  },
};
