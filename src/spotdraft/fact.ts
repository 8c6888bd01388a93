/** One request as evidence, usually to SpotDraft: the request, the answer's status, and the id in the log. */
export interface Source {
  /** `call_…`, the key in the log of API calls. For a probe to a receiver `prb_…`, which the receiver also got. */
  callId: string;
  method: string;
  /** Path and query without personal data. For a probe, the host and `/[secret]` for the rest of the URL. */
  path: string;
  /** HTTP status of the last attempt; null when none came back. */
  status: number | null;
  attempts: number;
  /** From the start of the first attempt to the end of the last one, including waits, ms. */
  ms: number;
  /** Start of the call, epoch ms UTC. */
  at: number;
}

/** Machine-readable reason why a fact is unknown. The sentence for people is `reason`. */
export type UnknownCode =
  | 'unauthorized' // 401
  | 'forbidden' // 403
  | 'not_found' // 404: absent or not visible, SpotDraft does not say which
  | 'rate_limited' // 429 to the last attempt
  | 'refused' // any other 4xx
  | 'not_enabled' // 501: the workspace lacks the feature
  | 'server_error' // 5xx to the last attempt
  | 'redirect' // 3xx, never followed
  | 'timeout'
  | 'network' // no connection, reset, name not resolved
  | 'certificate' // TLS refused: expired, wrong host, untrusted
  | 'empty'
  | 'not_json'
  | 'shape' // JSON, but not the documented shape
  | 'too_large'
  | 'incomplete' // a list whose end was never reached
  | 'other_workspaces' // rows of other workspaces, and the config does not say which are this one's
  | 'not_asked' // nothing was sent, because an earlier fact made it pointless
  | 'database'; // not SpotDraft's doing: our own log could not be read

export interface Known<T> {
  known: true;
  value: T;
  sources: Source[];
}

export interface Unknown {
  known: false;
  code: UnknownCode;
  /** One sentence: the request and the answer it got. */
  reason: string;
  /** SpotDraft's own code from its error body, such as SD_PUBLIC_00045; null where it gave none. */
  spotdraftCode: string | null;
  sources: Source[];
}

/** One value read from the outside world. There is no third case: no null, no empty default. */
export type Fact<T> = Known<T> | Unknown;

export const known = <T>(value: T, sources: Source[]): Known<T> => ({ known: true, value, sources });

export const unknown = (
  code: UnknownCode,
  reason: string,
  sources: Source[],
  spotdraftCode: string | null = null,
): Unknown => ({ known: false, code, reason, spotdraftCode, sources });

/**
 * A value, or the reason why it is not known: a fact without its sources. Snapshots are stored in this form, because sources
 * hold times and call ids and equal configurations must have equal hashes. `unknown` is a code, the token of a log line, or a
 * sentence, as its reader needs it.
 */
export type ReadResult<T> = { known: T } | { unknown: string };

/** The one conversion between the two forms. */
export const withoutSources = <A, B>(fact: Fact<A>, change: (value: A) => B): ReadResult<B> =>
  fact.known ? { known: change(fact.value) } : { unknown: fact.code };

/** Applies `change` to a known value; an unknown fact stays the same. */
export const mapFact = <A, B>(fact: Fact<A>, change: (value: A) => B): Fact<B> =>
  fact.known ? known(change(fact.value), fact.sources) : fact;
