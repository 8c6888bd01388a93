import { isAddress } from '../text/ids.ts';
import { sameName } from '../workspace/names.ts';
import type { CheckInput } from './check.ts';

/** Names of the roles that must exist: those that are required, that required users must have, and that contracts are routed to. */
export function requiredRoles({
  requires,
  environment: { routing },
}: Pick<CheckInput, 'requires' | 'environment'>): string[] {
  const named = [...requires.roles.map(({ name }) => name), ...requires.users.flatMap(({ roles }) => roles)];
  const routed =
    routing === null ||
    isAddress(routing.businessUser) ||
    named.some((name) => sameName(name, routing.businessUser))
      ? []
      : [routing.businessUser];
  return [...new Set([...named, ...routed])];
}
