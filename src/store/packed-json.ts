import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { canonicalJson } from '../text/canonical-json.ts';

/** How larger values are kept in a column: canonical JSON, deflated. */
export const pack = (value: unknown): Buffer => deflateRawSync(canonicalJson(value));

/** Up to so many bytes, deflating costs a receiver more time than it saves space. */
const PLAIN_BYTES = 4_096;

/** The redacted payload of an event: JSON, deflated only where it is large. */
export function packPayload(value: unknown): Buffer {
  const json = Buffer.from(JSON.stringify(value));
  return json.length <= PLAIN_BYTES ? json : deflateRawSync(json);
}

/** Deflated JSON begins with none of these: its first byte holds the kind of the block and bits of the coded character. */
export const unpackPayload = (content: Buffer): unknown =>
  ['{', '[', 'n'].includes(String.fromCharCode(content[0] ?? 0))
    ? JSON.parse(content.toString('utf8'))
    : unpack(content);

export const unpack = (content: Buffer): unknown => JSON.parse(inflateRawSync(content).toString('utf8'));
