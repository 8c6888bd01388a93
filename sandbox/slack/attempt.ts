import type { Fields } from './validation.ts';

/** One payload on its way to the app. */
export interface Delivery {
  kind: 'slash_commands' | 'interactive' | 'events_api';
  payload: Fields;
}

/** Which retry of an event this is, from 1 on, and why the attempt before it failed. */
export interface Retry {
  attempt: number;
  reason: string;
}

/** What became of one attempt. */
export type DeliveryOutcome =
  | { kind: 'acked'; status: number | null; body: string }
  | { kind: 'timeout' }
  | { kind: 'unreachable' }
  | { kind: 'failed'; status: number | null; body: string; noRetry?: boolean };
