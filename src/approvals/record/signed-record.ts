import * as z from 'zod';
import { canonicalJson } from '../../text/canonical-json.ts';
import { isNestedDeeply } from '../../text/nesting.ts';
import type { GoLiveRecord } from './build-record.ts';
import { recordMarkdown } from './markdown.ts';
import { fingerprintOf, isSignedBy, type SigningKey } from './signing-key.ts';

export type RecordFormat = 'json' | 'markdown';

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));

const signatureSchema = z.strictObject({
  algorithm: z.literal('Ed25519'),
  fingerprint: z.string(),
  publicKey: hex(32),
  value: hex(64),
});
type Signature = z.output<typeof signatureSchema>;

const BEGIN = '<!-- envcheck-record-signature ';
const END = ' -->\n';

/** The signed bytes name the format, so that no part of one format can pass for the other. */
const signedBytes = (format: RecordFormat, text: string): Buffer =>
  Buffer.from(`envcheck-record/1 ${format}\n${text}`, 'utf8');

/**
 * Returns the complete file. JSON is canonical and on one line; Markdown ends with the signature in a comment. Ed25519 is
 * deterministic: the same record and key give the same bytes.
 */
export function signRecord(record: GoLiveRecord, format: RecordFormat, key: SigningKey): string {
  if (format === 'json') {
    const signature = signatureOf(signedBytes(format, canonicalJson(record)), key);
    return `${canonicalJson({ record, signature })}\n`;
  }
  const text = recordMarkdown(record);
  return `${text}${BEGIN}${canonicalJson(signatureOf(signedBytes(format, text), key))}${END}`;
}

const signatureOf = (bytes: Buffer, key: SigningKey): Signature => ({
  algorithm: 'Ed25519',
  fingerprint: fingerprintOf(key.publicKey),
  publicKey: key.publicKey.toString('hex'),
  value: key.sign(bytes).toString('hex'),
});

export type VerifyResult =
  | { kind: 'intact'; format: RecordFormat; fingerprint: string; summary: RecordSummary }
  /** The file was changed after signing, or it is not a record. */
  | { kind: 'broken'; why: string };

const summarySchema = z.object({
  format: z.literal('envcheck-record/1'),
  environment: z.string(),
  production: z.boolean(),
  verdict: z.enum(['ready', 'not_ready', 'unknown']),
  checkedAt: z.string(),
  report: z.string(),
});
export type RecordSummary = z.output<typeof summarySchema>;

const broken = (why: string): VerifyResult => ({ kind: 'broken', why });

/** Verifies every byte of the file. It does not tell whose key signed it: compare the fingerprint. Pure. */
export function verifyRecord(file: Buffer): VerifyResult {
  const text = file.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(file)) return broken('it is not UTF-8 text');
  return text.startsWith('{') ? verifyJson(text) : verifyMarkdown(text);
}

function verifyJson(text: string): VerifyResult {
  const parsed = parse(text);
  const whole = z.strictObject({ record: z.unknown(), signature: signatureSchema }).safeParse(parsed);
  if (!whole.success) return broken('it is not a signed record');
  // Spaces, the order of keys and escapes change nothing in JSON, but they change the bytes that were written.
  if (`${canonicalJson(parsed)}\n` !== text) return broken('its bytes differ from those that were written');
  const { record, signature } = whole.data;
  return judge('json', canonicalJson(record), signature, record);
}

function verifyMarkdown(text: string): VerifyResult {
  const at = text.lastIndexOf(BEGIN);
  if (at < 0 || !text.endsWith(END)) return broken('it does not end with the signature of a record');
  const written = text.slice(at + BEGIN.length, -END.length);
  const signature = signatureSchema.safeParse(parse(written));
  if (!signature.success || canonicalJson(signature.data) !== written)
    return broken('its signature was changed');
  const body = text.slice(0, at);
  const data = /\n(`{3,})json\n(.*)\n\1\n$/.exec(body)?.[2];
  return judge('markdown', body, signature.data, parse(data ?? ''));
}

function judge(format: RecordFormat, text: string, signature: Signature, record: unknown): VerifyResult {
  const publicKey = Buffer.from(signature.publicKey, 'hex');
  const fingerprint = fingerprintOf(publicKey);
  if (signature.fingerprint !== fingerprint) return broken('its fingerprint does not match its key');
  if (!isSigned(publicKey, signedBytes(format, text), signature))
    return broken('its signature does not match its content');
  const summary = summarySchema.safeParse(record);
  if (!summary.success) return broken('it is signed, but this version does not know its format');
  return { kind: 'intact', format, fingerprint, summary: summary.data };
}

function isSigned(publicKey: Buffer, bytes: Buffer, { value }: Signature): boolean {
  try {
    return isSignedBy(publicKey, bytes, Buffer.from(value, 'hex'));
  } catch {
    // The 32 bytes are not a valid key.
    return false;
  }
}

function parse(text: string): unknown {
  try {
    return isNestedDeeply(text) ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
