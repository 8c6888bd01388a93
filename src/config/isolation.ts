import type { Environment, Receiver } from './config.ts';
import { isSameEndpoint } from './webhook-url.ts';

/** A receiver that serves several environments on purpose, as seen from one of them. */
export interface Isolation {
  /** The other environments, in the order of the config. */
  others: Environment[];
  reason: string;
}

/**
 * Returns the isolation that holds for a receiver of an environment; null when none does. One declaration is enough: it also
 * holds for the receivers at the same URL in each environment that it names, and among these.
 */
export function isolationOf(
  environment: Environment,
  receiver: Receiver,
  environments: readonly Environment[],
): Isolation | null {
  const declared = environments.flatMap(({ name, receivers }) =>
    receivers.flatMap(({ url, isolation }) =>
      isolation !== null && isSameEndpoint(url, receiver.url)
        ? [{ names: [name, ...isolation.with], reason: isolation.reason }]
        : [],
    ),
  );
  const concerning = declared.filter(({ names }) => names.includes(environment.name));
  const [first] = concerning;
  if (first === undefined) return null;
  const names = new Set(concerning.flatMap((each) => each.names));
  return {
    others: environments.filter(({ name }) => name !== environment.name && names.has(name)),
    reason: first.reason,
  };
}
