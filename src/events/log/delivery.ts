import type { SignedWith } from './signer-text.ts';

/** A received webhook request. */
export interface NewDelivery {
  environment: string;
  /** Epoch ms UTC. */
  receivedAt: number;
  requestId: string;
  /** IP address of the sender. */
  source: string;
  /** Reason of the refusal; null for a valid signature. */
  rejection: Rejection | null;
  /** Whose key signed a refused delivery; null for a valid signature, and for none at all or one that was not verified. */
  signedWith: SignedWith | null;
  /** The fault of a refused delivery, such as its content type; absent when the reason says it all. */
  detail?: string | null;
  /** Id in the configured header; null when none is configured or sent. */
  headerEventId: string | null;
  /** Raw bytes. Of a refused delivery only the length is stored, and the ids in it where its signature proves its sender. */
  body: Uint8Array;
}

/** Reasons of refusals, with the status of the answer. */
export const rejectionStatus = {
  missing_signature: 401,
  bad_signature: 401,
  unknown_environment: 404,
  unknown_path: 404,
  wrong_method: 405,
  too_large: 413,
  wrong_type: 415,
  rate_limited: 429,
  no_key: 503,
  not_stored: 503,
} as const;
export type Rejection = keyof typeof rejectionStatus;

/** Verified deliveries of one environment that could not be stored, and were answered 503. */
export interface Outage {
  environment: string;
  /** Times of the first and the last, epoch ms UTC. */
  from: number;
  to: number;
  count: number;
  /** Request id of the first. */
  requestId: string;
  source: string;
  bytes: number;
  /** The activity of all of them; null when they differ. */
  activity: string | null;
  /** Ids in them, and their request ids. Only of the first when there are many. */
  identifiers: { kind: string; value: string }[];
}

/** A stored delivery. */
export interface RecordedDelivery {
  /** Why the payload could not be read; null when it was, and for a refused delivery. */
  unread: string | null;
  /** `dlv_…` */
  deliveryId: string;
  /** `evt_…`; null for a refused delivery, which announces no event. */
  eventId: string | null;
  /** Name in the payload; null for a refused delivery or a payload of an unknown shape. */
  activity: string | null;
  /** The event had been announced before. */
  duplicate: boolean;
}
