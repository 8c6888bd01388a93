import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { canonicalJson } from '../text/canonical-json.ts';

/** Encodes larger values for a column: canonical JSON, deflated. */
export const pack = (value: unknown): Buffer => deflateRawSync(canonicalJson(value));

/** Up to this size, deflating costs a receiver more time than the saved space is worth. */
const PLAIN_BYTES = 4_096;

/** Encodes the redacted payload of an event: JSON, deflated only when large. */
export function packPayload(value: unknown): Buffer {
  const json = Buffer.from(JSON.stringify(value));
  return json.length <= PLAIN_BYTES ? json : deflateRawSync(json);
}

/** Deflated JSON begins with none of these bytes: its first byte holds the block kind and bits of the first code. */
export const unpackPayload = (content: Buffer): unknown =>
  ['{', '[', 'n'].includes(String.fromCharCode(content[0] ?? 0))
    ? JSON.parse(content.toString('utf8'))
    : unpack(content);

export const unpack = (content: Buffer): unknown => JSON.parse(inflateRawSync(content).toString('utf8'));
