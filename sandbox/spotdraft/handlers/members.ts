import { ApiError, json, parseObject } from '../answer.ts';
import type { Handler } from '../handler.ts';
import type { SimUser, Workspace } from '../model.ts';
import { paginate } from '../query.ts';

export const roles: Handler = ({ workspace }) =>
  json(200, {
    active_roles: workspace.roles.map(({ id, name, description }) => ({ id, name, description })),
  });

export const users: Handler = ({ workspace, query }) => {
  const email = query.get('user_email')?.toLowerCase() ?? null;
  const prefix = query.get('user_name')?.toLowerCase() ?? '';
  const found = workspace.users.filter(
    (user) =>
      (email === null || user.email.toLowerCase() === email) && user.name.toLowerCase().startsWith(prefix),
  );
  return paginate(query, found, (user) => userRow(workspace, user));
};

/** SpotDraft does not document the answer's format. Here an unknown flag is off. */
export const featureFlags: Handler = ({ workspace, body }) => {
  const { flags } = parseObject(body);
  if (flags === undefined || (Array.isArray(flags) && flags.length === 0))
    return json(400, { error: 'flags is empty. Name at least one flag.' });
  if (!Array.isArray(flags) || !flags.every((flag) => typeof flag === 'string'))
    throw new ApiError(400, 'flags is not a list of strings.');
  return json(200, Object.fromEntries(flags.map((name) => [name, workspace.featureFlags[name] ?? false])));
};

function userRow(workspace: Workspace, { id, email, name, active, designation, roleIds }: SimUser) {
  const theirs = workspace.roles.filter((role) => roleIds.includes(role.id));
  return {
    id,
    email,
    name,
    is_active: active,
    designation,
    roles: theirs.map((role) => ({ id: role.id, name: role.name, description: role.description })),
  };
}
