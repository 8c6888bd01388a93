import type { KeyObject } from 'node:crypto';
import { SIGNATURE_HEADER, sign } from '../../spotdraft/webhook-signature.ts';

/** Header by which a receiver recognises a probe. It is not signed; the field in the body is. */
const PROBE_HEADER = 'x-envcheck-probe';

/** No webhook of SpotDraft begins with these bytes, whatever people write into their contracts. */
const NO_CONTRACT = Buffer.from('{"contract_id":0,');

/** True when a correctly signed body is a probe that a receiver has forwarded. */
export const isProbe = (body: Buffer): boolean =>
  body.subarray(0, NO_CONTRACT.length).equals(NO_CONTRACT) && body.includes('"envcheck_probe":"prb_');

export interface Probe {
  headers: Record<string, string>;
  body: Buffer;
}

/**
 * Creates a webhook as SpotDraft would send it, for an activity that changes nothing and for contract 0, which does not
 * exist. Header and body carry its id, `prb_…`. `at` is epoch ms UTC.
 */
export function makeProbe(id: string, key: KeyObject, at: number): Probe {
  const time = new Date(at).toISOString();
  const text = 'Envcheck probe: no contract, nothing to do';
  const body = Buffer.from(
    JSON.stringify({
      contract_id: 0,
      contract_kind: 'TEMPLATE_CONTRACT',
      contract_title: text,
      contract_type: text,
      contract_type_name: text,
      contract_type_id: 0,
      contract_status: 'DRAFT',
      business_user: { name: 'SYSTEM' },
      created_at: time,
      activity_data: { performed_by: { name: 'SYSTEM' }, timestamp: time },
      activity: 'CONTRACT_ACTIVITY_LOG_COMMENT_CREATED',
      envcheck_probe: id,
    }),
  );
  return {
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Envcheck',
      [SIGNATURE_HEADER]: sign(key, body),
      [PROBE_HEADER]: id,
    },
    body,
  };
}
