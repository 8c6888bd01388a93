import {
  parseRequest,
  REQUEST_FORMS,
  type SubscriptionRequest,
} from '../../digests/schedule/subscription-text.ts';
import { type Mistake, missingEnvironment, mistake } from './mistake.ts';

export interface SubscribeCommand {
  kind: 'subscribe';
  environment: string;
  request: SubscriptionRequest;
}

export interface UnsubscribeCommand {
  kind: 'unsubscribe';
  environment: string;
  /** Null for the only subscription of the environment in this channel. */
  request: SubscriptionRequest | null;
}

const sharing = ['--private', '--share'];

/** Parses the words without the verb; the environment may come anywhere. Both verbs take the same arguments. */
export function parseSubscribe(
  verb: 'subscribe' | 'unsubscribe',
  words: readonly string[],
  environments: readonly string[],
): SubscribeCommand | UnsubscribeCommand | Mistake {
  const isEnvironment = (word: string) => environments.includes(word.toLowerCase());
  const named = words.filter(isEnvironment).map((word) => word.toLowerCase());
  const rest = words.filter((word) => !isEnvironment(word) && !sharing.includes(word.toLowerCase()));
  const environment = named[0] ?? (environments.length === 1 ? environments[0] : undefined);
  const example = rest.length > 0 ? rest.join(' ').slice(0, 60) : 'daily at 09:00';
  if (environment === undefined)
    return missingEnvironment(environments, `${verb} ${environments[0]} ${example}`);
  if (named.length > 1) return mistake('One environment at a time.', `${verb} ${environment} ${example}`);
  if (rest.length === 0)
    return verb === 'unsubscribe'
      ? { kind: verb, environment, request: null }
      : mistake(
          `Subscribe to what in ${environment}? Choose ${REQUEST_FORMS}.`,
          `${verb} ${environment} daily at 09:00`,
        );
  const request = parseRequest(rest);
  if ('wrong' in request) return mistake(`${request.wrong}.`, `${verb} ${environment} daily at 09:00`);
  return { kind: verb, environment, request };
}
