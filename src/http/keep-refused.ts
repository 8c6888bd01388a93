import type { FastifyRequest } from 'fastify';
import type { Environment } from '../config/config.ts';
import { type NewDelivery, type Rejection, rejectionStatus } from '../events/log/delivery.ts';
import type { Recorder } from '../events/log/recorder.ts';
import { readSigner, type SignedWith } from '../events/log/signer-text.ts';
import { formOf, OLDER_SIGNATURE_HEADER, SIGNATURE_HEADER } from '../spotdraft/webhook-signature.ts';
import type { Clock } from '../time/clock.ts';
import { isProbe } from '../workspace/receivers/probe.ts';
import type { DeliveryMetrics } from './metrics/deliveries.ts';
import type { Rejections } from './rejections.ts';
import type { GivenSignature } from './signer-search.ts';
import { sourceOf } from './source.ts';
import type { WebhookKeys } from './webhook-keys.ts';

export interface RefusedRequest {
  /** The environment that the URL names; null when it names none. */
  environment: Environment | null;
  rejection: Rejection;
  detail?: string | null;
  /** null when the body was not read: nothing is known of the signature then. */
  body: Buffer | null;
  /** Whose key made the signature, when that was tried already. */
  signedWith?: SignedWith;
}

export interface RefusedKeeper {
  /**
   * Counts the signer of a refused delivery and keeps it in the log. One without an environment is kept under that of its signer,
   * when that is known. Never rejects.
   */
  keep(request: FastifyRequest, refused: RefusedRequest): Promise<void>;
}

interface Dependencies {
  keys: WebhookKeys;
  recorder: Recorder;
  rejections: Rejections;
  clock: Clock;
  metrics: DeliveryMetrics;
}

export function createRefusedKeeper(dependencies: Dependencies): RefusedKeeper {
  const { keys, recorder, rejections, clock, metrics } = dependencies;
  return {
    async keep(request, { environment, rejection, detail = null, body, signedWith: known }) {
      const given = givenSignature(request);
      const name = environment?.name ?? '';
      const search = (): SignedWith | null =>
        given !== null && body !== null ? keys.signerOf(name, body, given) : null;
      const signedWith = known ?? search();
      // Our own probe: SpotDraft sent nothing.
      if (
        body !== null &&
        readSigner(signedWith) !== null &&
        rejectionStatus[rejection] !== 401 &&
        isProbe(body)
      )
        return;
      const deliveryOf = (code: SignedWith | null): NewDelivery | null => {
        const owner = environment?.name ?? readSigner(code)?.environment;
        if (owner === undefined) return null;
        return {
          environment: owner,
          receivedAt: clock.now(),
          requestId: request.id,
          source: sourceOf(request),
          rejection,
          signedWith: code,
          headerEventId: environment && headerEventId(request, environment),
          detail: detail ?? (code === 'malformed' && given ? formOf(given.signature) : null),
          body: body ?? Buffer.alloc(0),
        };
      };
      if (signedWith) metrics.countSigner(name, signedWith);
      const delivery = deliveryOf(signedWith);
      const sample = delivery && (await rejections.record(delivery));
      if (signedWith !== 'unknown_key' || (delivery !== null && sample === null)) return;
      /** Searches again when the keys that are not known yet were read. Nobody waits for that. */
      keys
        .learn()
        ?.then(async () => {
          const found = search();
          if (found === null || found === 'unknown_key') return;
          metrics.countSigner(name, found);
          const late = deliveryOf(found);
          if (late === null) return;
          if (sample === null) await rejections.record(late);
          else await recorder.run({ kind: 'signer', id: sample, delivery: late });
        })
        .catch((error) => request.log.error({ err: error }, 'signer of a refused delivery not noted'));
    },
  };
}

/** The signature in the current header, else that in the older one; null when there is none. */
function givenSignature({ headers }: FastifyRequest): GivenSignature | null {
  const [current, older] = [headers[SIGNATURE_HEADER], headers[OLDER_SIGNATURE_HEADER]];
  if (typeof current === 'string' && current !== '') return { signature: current, olderHeader: false };
  return typeof older === 'string' && older !== '' ? { signature: older, olderHeader: true } : null;
}

/** The id in the configured header; null when none is configured or sent. */
export function headerEventId({ headers }: FastifyRequest, { webhooks }: Environment): string | null {
  const { eventId } = webhooks ?? {};
  if (!eventId || !('header' in eventId)) return null;
  const value = headers[eventId.header.toLowerCase()];
  return typeof value === 'string' && value !== '' ? value : null;
}
