import { createHash } from 'node:crypto';
import type { Selectable } from 'kysely';
import { canonicalJson } from '../text/canonical-json.ts';
import type { AuditRow } from './tables/acts.ts';

/** The `previous` of the first entry, which has no entry before it. */
export const CHAIN_START = '0'.repeat(64);

/** An entry of the audit as it is stored. */
export type LoggedAct = Selectable<AuditRow>;

const parts = ['key', 'id', 'at', 'actor', 'act', 'environment', 'subject', 'detail', 'previous'] as const;

/** SHA-256 of an entry, hex. The stored chains rest on this form, so it never changes. */
export const entryHash = (entry: LoggedAct): string =>
  createHash('sha256')
    .update(canonicalJson(parts.map((part) => entry[part])))
    .digest('hex');
