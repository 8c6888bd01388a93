import { z } from 'zod';
import type { Secret } from '../config/secret.ts';
import type { Source, UnknownCode } from './fact.ts';
import { interpret } from './interpret.ts';
import type { Outcome } from './transport.ts';
import type { Write } from './writes.ts';

/** What became of a write. `reason` is one sentence: what was asked and what came back instead. */
export type WriteOutcome<T> =
  | { kind: 'done'; value: T; source: Source }
  /** Nothing was changed: SpotDraft said no, or (`status` null) the request never left. */
  | { kind: 'refused'; status: number | null; reason: string; source: Source }
  /** It may have been changed or not: the request left, and no answer came that says which. */
  | { kind: 'lost'; reason: string; source: Source };

/** Only an answer that clearly says so counts as done or as refused; `failure` is for the log of API calls. */
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
