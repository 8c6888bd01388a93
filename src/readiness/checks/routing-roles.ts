import { locate } from '../../workspace/names.ts';
import { judgeByName } from '../by-name.ts';
import type { Check } from '../check.ts';
import { combine, judgeFact, nothingRequired } from '../judgement.ts';
import { requiredRoles } from '../required-roles.ts';

export const check: Check = {
  id: 'routing.roles',
  item: 'configuration',
  title: 'Roles for routing exist',
  severity: 'blocking',
  restsOn: ['credentials.accepted', 'credentials.workspace', 'credentials.user'],
  judge(input) {
    const {
      environment,
      facts: { roles },
    } = input;
    const required = requiredRoles(input);
    if (required.length === 0 || roles === null) return nothingRequired('no role is required');
    return combine(
      required.flatMap((name) =>
        judgeFact(roles, `active role “${name}”`, (names) => [
          judgeByName(
            { kind: 'active role', name, environment, count: names.length, evidence: roles.sources },
            locate(names, name, (role) => role, required),
            (role) => role,
          ),
        ]),
      ),
    );
  },
};
