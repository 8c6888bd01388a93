import type { Source } from '../../spotdraft/fact.ts';
import type { User } from '../../spotdraft/schemas.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { sameName } from '../../workspace/names.ts';
import type { Check } from '../check.ts';
import {
  combine,
  type Finding,
  fail,
  judgeFact,
  listed,
  nothingRequired,
  pass,
  quoted,
} from '../judgement.ts';

export const check: Check = {
  id: 'routing.users',
  item: 'configuration',
  title: 'Users are active and in their roles',
  severity: 'blocking',
  restsOn: ['credentials.accepted', 'credentials.workspace', 'credentials.user'],
  judge({ environment, requires, facts }) {
    if (requires.users.length === 0) return nothingRequired('no user is required');
    return combine(
      requires.users.flatMap(({ email, roles }) => {
        const read = facts.users.find((each) => each.email === email);
        if (!read) throw new Error(`user ${email} is required and was not read`);
        return judgeFact(read.user, `${email} is an active member`, (user) =>
          judgeUser(email, roles, user, environmentLabel(environment), read.user.sources),
        );
      }),
    );
  },
};

function judgeUser(
  email: string,
  roles: string[],
  user: User | null,
  label: string,
  evidence: Source[],
): Finding[] {
  const expected = `${email} is an active member`;
  if (user === null)
    return [fail(expected, 'no member has this address', `Invite ${email} in ${label}`, evidence)];
  if (!user.active)
    return [fail(expected, 'a member, but not active', `Activate ${email} in ${label}`, evidence)];
  const own = user.roles;
  const inRoles = roles.map((role): Finding => {
    const wanted = `${email} in role ${quoted(role)}`;
    if (own === null)
      return {
        status: 'unknown',
        expected: wanted,
        reason: `the answer carries no roles for ${email}`,
        remedy: `Check the roles of ${email} in ${label}`,
        evidence,
      };
    if (own.some((each) => sameName(each, role))) return pass(wanted, 'has the role', evidence);
    return fail(
      wanted,
      `roles: ${listed(own)}`,
      `Add ${email} to role ${quoted(role)} in ${label}`,
      evidence,
    );
  });
  return [pass(expected, 'active', evidence), ...inRoles];
}
