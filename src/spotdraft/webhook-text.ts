import { isUtf8 } from 'node:buffer';
import * as zlib from 'node:zlib';

/** Most bytes that a compressed body may expand to. */
const MAX_EXPANDED_BYTES = 8 * 1024 * 1024;
/** Compressions inside each other that are undone. */
const MAX_LAYERS = 3;

export interface WebhookText {
  text: string;
  /** Why the text may differ from what was sent; null when it is exact. */
  problem: 'not_text' | 'too_large' | null;
}

/**
 * The text of a body: UTF-8, UTF-16 or UTF-32, with or without a byte order mark, also compressed. The bytes decide, not the
 * headers: a proxy may drop a header, and neither is signed. Bytes in no known encoding are read one character each, so that
 * ids in ASCII are found.
 */
export function webhookText(body: Uint8Array): WebhookText {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return textOf(bytes, MAX_LAYERS);
}

/** The value of a stored payload, as JavaScript rounds its numbers; null when it is no JSON. */
export function webhookJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(webhookText(body).text);
  } catch {
    return null;
  }
}

function textOf(bytes: Buffer, layers: number): WebhookText {
  const text = unicodeText(bytes);
  if (text !== null && startsLikeJson(text)) return { text, problem: null };
  const expanded = layers > 0 && bytes.length > 0 ? expand(bytes) : null;
  if (expanded === 'too_large') return { text: '', problem: expanded };
  const inner = expanded && textOf(expanded.bytes, layers - 1);
  // Some bytes expand by chance: those of the two forms without a mark count only when JSON comes out.
  if (inner && (expanded.isMarked || startsLikeJson(inner.text))) return inner;
  return text === null ? { text: bytes.toString('latin1'), problem: 'not_text' } : { text, problem: null };
}

const startsLikeJson = (text: string): boolean => /^\s*["[{]/.test(text);

/** The text without its byte order mark; null when the bytes are in no Unicode encoding. JSON has no zero bytes in UTF-8. */
function unicodeText(bytes: Buffer): string | null {
  const [first = 1, second = 1, third = 1, fourth = 1] = bytes;
  if (first !== 0 && second !== 0 && isUtf8(bytes)) return withoutMark(bytes.toString('utf8'));
  if (first === 0 && second === 0) return utf32(bytes, 'BE');
  if (third === 0 && fourth === 0 && (second === 0 || (first === 0xff && second === 0xfe)))
    return utf32(bytes, 'LE');
  if (second === 0 || (first === 0xff && second === 0xfe)) return withoutMark(bytes.toString('utf16le'));
  if (first === 0 || (first === 0xfe && second === 0xff))
    return withoutMark(
      Buffer.from(bytes.subarray(0, bytes.length & ~1))
        .swap16()
        .toString('utf16le'),
    );
  return null;
}

const withoutMark = (text: string): string => (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);

function utf32(bytes: Buffer, order: 'BE' | 'LE'): string | null {
  let text = '';
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const point = order === 'BE' ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
    if (point > 0x10ffff) return null;
    text += String.fromCodePoint(point);
  }
  return withoutMark(text);
}

type Expansion = { bytes: Buffer; isMarked: boolean } | 'too_large' | null;

function expand(bytes: Buffer): Expansion {
  const options = { maxOutputLength: MAX_EXPANDED_BYTES };
  const [first = 0, second = 0] = bytes;
  if (first === 0x1f && second === 0x8b) return attempt(() => zlib.gunzipSync(bytes, options), true);
  if (bytes.length > 4 && bytes.readUInt32LE(0) === 0xfd2fb528)
    return attempt(() => zlib.zstdDecompressSync(bytes, options), true);
  return (
    attempt(() => zlib.inflateSync(bytes, options), false) ??
    attempt(() => zlib.brotliDecompressSync(bytes, options), false) ??
    attempt(() => zlib.inflateRawSync(bytes, options), false)
  );
}

function attempt(work: () => Buffer, isMarked: boolean): Expansion {
  try {
    return { bytes: work(), isMarked };
  } catch (error) {
    const isTooLarge =
      error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    return isTooLarge ? 'too_large' : null;
  }
}
