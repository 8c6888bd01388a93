/** Header by which a receiver recognises a probe. It is not signed; the field in the body is. */
const PROBE_HEADER = 'x-envcheck-probe';

/** No webhook of SpotDraft begins with these bytes, whatever people write into their contracts. */
const NO_CONTRACT = Buffer.from('{"contract_id":0,');

/** True when a correctly signed body is a probe that a receiver has forwarded. */
export const isProbe = (body: Buffer): boolean =>
  body.subarray(0, NO_CONTRACT.length).equals(NO_CONTRACT) && body.includes('"envcheck_probe":"prb_');

export interface Probe {
  /** Without a signature. */
  headers: Record<string, string>;
  body: Buffer;
}

const TEXT = 'Envcheck probe: no contract, nothing to do (ü, é, €)';
const ESCAPED_TEXT = TEXT.replaceAll(
  /[\u0080-\uffff]/g,
  (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
);

/**
 * Creates a webhook as SpotDraft would send it, for an activity that changes nothing and for contract 0, which does not
 * exist. Header and body carry its id, `prb_…`. `at` is epoch ms UTC.
 *
 * Blanks are irregular, and the same text occurs both escaped and not: no program that parses this body and serialises it
 * again writes these bytes, so a receiver that hashes its own JSON refuses the right signature.
 */
export function makeProbe(id: string, at: number): Probe {
  const time = new Date(at).toISOString();
  const body = [
    `{"contract_id":0, "contract_kind": "TEMPLATE_CONTRACT","contract_title":"${TEXT}", `,
    `"contract_type" : "${ESCAPED_TEXT}", "contract_type_name": "${ESCAPED_TEXT}","contract_type_id":0, `,
    `"contract_status":"DRAFT","business_user":{ "name": "SYSTEM" }, "created_at":"${time}", `,
    `"activity_data":{"performed_by": {"name":"SYSTEM"}, "timestamp": "${time}"}, `,
    `"activity":"CONTRACT_ACTIVITY_LOG_COMMENT_CREATED", "envcheck_probe":"${id}" }`,
  ];
  return {
    headers: { 'content-type': 'application/json', 'user-agent': 'Envcheck', [PROBE_HEADER]: id },
    body: Buffer.from(body.join('')),
  };
}
