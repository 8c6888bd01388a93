import { createHash } from 'node:crypto';
import { canonicalJson } from '../text/canonical-json.ts';

/** The `previous` of the first entry, which has no entry before it. */
export const CHAIN_START = '0'.repeat(64);

/** An entry of the audit as it is stored. */
export interface ChainedEntry {
  key: number;
  id: string;
  at: number;
  actor: string;
  act: string;
  environment: string | null;
  subject: string;
  /** JSON object, as text. */
  detail: string;
  /** Hash of the entry before. */
  previous: string | null;
}

/** SHA-256 of an entry, hex. The stored chains rest on this form, so it never changes. */
export const entryHash = ({
  key,
  id,
  at,
  actor,
  act,
  environment,
  subject,
  detail,
  previous,
}: ChainedEntry): string =>
  createHash('sha256')
    .update(canonicalJson([key, id, at, actor, act, environment, subject, detail, previous]))
    .digest('hex');
