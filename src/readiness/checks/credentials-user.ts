import { environmentLabel } from '../../text/environment-label.ts';
import type { Check } from '../check.ts';
import { combine, fail, judgeFact, nothingRequired, pass } from '../judgement.ts';

export const check: Check = {
  id: 'credentials.user',
  item: 'credentials',
  title: 'The configured user is an active member',
  severity: 'blocking',
  restsOn: ['credentials.accepted', 'credentials.workspace'],
  judge({ environment, facts: { actingUser } }) {
    const { userEmail } = environment;
    if (userEmail === null || actingUser === null)
      return nothingRequired('no userEmail is configured, so calls use the credentials alone');
    const expected = `${userEmail} is an active member`;
    return combine(
      judgeFact(actingUser, expected, (user) => {
        if (user?.active) return [pass(expected, 'active', actingUser.sources)];
        const actual = user ? 'a member, but not active' : 'no member has this address';
        const verb = user ? 'Activate' : 'Invite';
        const remedy = `${verb} ${userEmail} in ${environmentLabel(environment)}, or configure another userEmail`;
        return [fail(expected, actual, remedy, actingUser.sources)];
      }),
    );
  },
};
