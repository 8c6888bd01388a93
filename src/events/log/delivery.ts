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
  /** Whose key signed a refused delivery; null for a valid signature, and for none at all. */
  signedWith: SignedWith | null;
  /** Id in the configured header; null when none is configured or sent. */
  headerEventId: string | null;
  /** Raw bytes. Only the length of a refused delivery is stored. */
  body: Uint8Array;
}

export type Rejection = 'missing_signature' | 'bad_signature';

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
