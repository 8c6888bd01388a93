import type { Source } from '../../spotdraft/fact.ts';
import type { User } from '../../spotdraft/schemas.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { WorkspaceFacts } from '../../workspace/facts.ts';
import { locate } from '../../workspace/names.ts';
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
  skip,
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
          judgeUser(
            user,
            { email, roles, label: environmentLabel(environment), evidence: read.user.sources },
            facts,
          ),
        );
      }),
    );
  },
};

interface Required {
  email: string;
  roles: string[];
  label: string;
  evidence: Source[];
}

function judgeUser(user: User | null, required: Required, facts: WorkspaceFacts): Finding[] {
  const { email, roles, label, evidence } = required;
  const expected = `${email} is an active member`;
  if (user === null)
    return [fail(expected, 'no member has this address', `Invite ${email} in ${label}`, evidence)];
  if (!user.active)
    return [fail(expected, 'a member, but not active', `Activate ${email} in ${label}`, evidence)];
  const inRoles = roles.map((role) => judgeRole(role, user, required, facts.roles));
  return [pass(expected, 'active', evidence), ...inRoles];
}

/** A role that does not exist is reported by `routing.roles`: nobody can be added to it before. */
function judgeRole(
  role: string,
  { roles: own }: User,
  { email, label, evidence }: Required,
  all: WorkspaceFacts['roles'],
): Finding {
  const expected = `${email} in role ${quoted(role)}`;
  const existing = all?.known ? locate(all.value, role, (each) => each) : null;
  if (existing !== null && existing.kind !== 'found')
    return skip(expected, `waits for the role ${quoted(role)}, which is ${existing.kind} (routing.roles)`);
  if (own === null)
    return {
      status: 'unknown',
      expected,
      reason: `the answer carries no roles for ${email}`,
      remedy: `Check the roles of ${email} in ${label}`,
      evidence,
    };
  const hasRole =
    existing === null
      ? locate(own, role, (each) => each).kind !== 'missing'
      : own.some((each) => each === existing.match);
  if (hasRole) return pass(expected, 'has the role', evidence);
  const remedy = `Add ${email} to role ${quoted(existing?.match ?? role)} in ${label}`;
  return fail(expected, `roles: ${listed(own)}`, remedy, evidence);
}
