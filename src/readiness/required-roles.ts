import type { Requirements } from '../config/config.ts';

/** Names of the roles that must exist: those that are required, and those that required users must have. */
export const requiredRoles = ({ roles, users }: Requirements): string[] => [
  ...new Set([...roles.map(({ name }) => name), ...users.flatMap((user) => user.roles)]),
];
