import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { canonicalJson } from '../canonical-json.ts';

/** How larger values are kept in a column: canonical JSON, deflated. */
export const pack = (value: unknown): Buffer => deflateRawSync(canonicalJson(value));

export const unpack = (content: Buffer): unknown => JSON.parse(inflateRawSync(content).toString('utf8'));
