/** A webhook request as it arrived. */
export interface NewDelivery {
  environment: string;
  /** Epoch ms UTC. */
  receivedAt: number;
  requestId: string;
  /** Address of the sender, as far as it is known. */
  source: string;
  /** Why it was refused; null: its signature is right. */
  rejection: Rejection | null;
  /** The id that the configured header carries; null: none is configured, or the request has none. */
  headerEventId: string | null;
  /** Raw bytes. Of a refused delivery only the length is kept. */
  body: Uint8Array;
}

export type Rejection = 'missing_signature' | 'bad_signature';

/** How it went into the log. */
export interface RecordedDelivery {
  /** `dlv_…` */
  deliveryId: string;
  /** `evt_…`; null for a refused delivery, which announces nothing. */
  eventId: string | null;
  /** As the payload names it; null for a refused delivery, and for a payload of an unknown shape. */
  activity: string | null;
  /** The event was announced before. */
  duplicate: boolean;
}
