import type { Fields } from './validation.ts';

/** One payload to deliver to the app. */
export interface Delivery {
  kind: 'slash_commands' | 'interactive' | 'events_api';
  payload: Fields;
}

/** A retry of an event: its number, from 1, and the reason the previous attempt failed. */
export interface Retry {
  attempt: number;
  reason: string;
}

/** The result of one attempt. */
export type DeliveryOutcome =
  | { kind: 'acked'; status: number | null; body: string }
  | { kind: 'timeout' }
  | { kind: 'unreachable' }
  | { kind: 'failed'; status: number | null; body: string; noRetry?: boolean };
