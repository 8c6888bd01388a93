import { z } from 'zod';
import type { Secret } from '../config/secret.ts';
import type { Source, UnknownCode } from './fact.ts';
import { interpret } from './interpret.ts';
import type { Outcome } from './transport.ts';
import type { Write } from './writes.ts';

/** Outcome of a write. `reason` is one sentence: the request and the answer it got. */
export type WriteOutcome<T> =
  | { kind: 'done'; value: T; source: Source }
  /** Nothing was changed: SpotDraft refused, or (`status` null) the request never left. */
  | { kind: 'refused'; status: number | null; reason: string; source: Source }
  /** Something may have been changed: the request left, and no clear answer came. */
  | { kind: 'lost'; reason: string; source: Source };

/** Only a clear answer counts as done or refused. `failure` goes to the log of API calls. */
export function interpretWrite<T>(
  outcome: Outcome,
  {
    write,
    sent,
    source,
    secrets,
  }: { write: Write<never, T>; sent: boolean; source: Source; secrets: Secret[] },
): { written: WriteOutcome<T>; failure: UnknownCode | null } {
  const { status } = source;
  if (write.schema === null && status === 204)
    return { written: { kind: 'done', value: undefined as T, source }, failure: null };
  const fact = interpret<T>(outcome, write.schema ?? z.never(), source, secrets);
  if (fact.known) return { written: { kind: 'done', value: fact.value, source }, failure: null };
  const { reason, code: failure } = fact;
  const refused = status === null ? !sent : status >= 300 && status < 500;
  return {
    written: refused ? { kind: 'refused', status, reason, source } : { kind: 'lost', reason, source },
    failure,
  };
}
