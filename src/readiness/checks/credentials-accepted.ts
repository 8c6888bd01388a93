import { environmentLabel } from '../../text/environment-label.ts';
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
    const label = environmentLabel(environment);
    if (access.code === 'unauthorized')
      return combine([
        fail(
          expected,
          '401: the credentials are not accepted',
          `Generate credentials in the workspace of ${label} (Settings → Developer settings) and configure them; ` +
            `401 can also mean that the workspace is not in region ${environment.region}`,
          access.sources,
        ),
      ]);
    if (access.code === 'forbidden')
      return combine([
        fail(
          expected,
          '403: the credentials are valid but have no read permission',
          `Ask SpotDraft whether the workspace of ${label} has the public API, and an admin whether these credentials ` +
            'may use it',
          access.sources,
        ),
      ]);
    return combine([unknownFinding(expected, access)]);
  },
};
