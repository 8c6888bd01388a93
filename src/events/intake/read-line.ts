import type * as z from 'zod';
import type { ReportedCall } from '../../store/reported.ts';
import type { OutcomeRow } from '../../store/tables/event-log.ts';
import { nearMiss } from '../../workspace/names.ts';
import { callSchema, otherHost, toCall } from './call.ts';
import type { IntakeRules } from './fields.ts';
import { type Line, MAX_LINE_BYTES } from './lines.ts';
import { missingEvent, outcomeSchema, outcomeStatuses, toOutcome } from './outcome.ts';

export type LineKind = 'calls' | 'outcomes';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A row to store, or the reason why the line is refused. */
export type LineResult =
  | { kind: 'calls'; row: ReportedCall }
  | { kind: 'outcomes'; row: OutcomeRow }
  | { kind: 'refused'; reason: string };

/** Unknown fields of a line that are named. All are counted. */
const MAX_UNKNOWN = 5;
/** Longest text that is compared with names of fields and statuses, characters. */
const MAX_WORD = 40;

const SEEN_IN_CALLS = ['method', 'path', 'retries', 'durationMs', 'externalId'];
const SEEN_IN_OUTCOMES = ['attempt', 'eventId', 'activity', 'occurredAt', 'message'];

/** Creates a reader for lines of one kind, or (`null`) of both kinds, told apart by their fields. */
export function createLineReader(kind: LineKind | null, rules: IntakeRules): (line: Line) => LineResult {
  const schemas = { calls: callSchema(rules), outcomes: outcomeSchema(rules) };

  const readAs = (wanted: LineKind, object: Record<string, unknown>): LineResult => {
    if (wanted === 'calls') {
      const { data, error } = schemas.calls.safeParse(object);
      const mismatch = otherHost(object);
      if (data && mismatch === null) return { kind: 'calls', row: toCall(data, rules) };
      const reasons = error ? reasonsOf(error, schemas.calls.shape) : [];
      return refused(mismatch === null ? reasons : [...reasons, mismatch]);
    }
    const { data, error } = schemas.outcomes.safeParse(object);
    const noEvent = missingEvent(object);
    if (data && noEvent === null) return { kind: 'outcomes', row: toOutcome(data, rules) };
    const reasons = error ? reasonsOf(error, schemas.outcomes.shape) : [];
    return refused(noEvent === null ? reasons : [...reasons, noEvent]);
  };
  return ({ bytes }) => {
    if (bytes === null) return refused([`is longer than ${MAX_LINE_BYTES / 1024} KiB`]);
    const object = objectOf(bytes);
    if (typeof object === 'string') return refused([object]);
    const guessed = guess(object);
    const wanted = kind ?? guessed;
    if (wanted === null)
      return refused(['is neither a call (method and path) nor an outcome (attempt, eventId)']);
    const read = readAs(wanted, object);
    // Errors of the wrong schema would mislead.
    if (read.kind === 'refused' && guessed !== null && guessed !== wanted)
      return refused([
        `is ${guessed === 'calls' ? 'a call' : 'an outcome'}; only ${wanted} are accepted here`,
      ]);
    return read;
  };
}

const refused = (reasons: string[]): LineResult => ({ kind: 'refused', reason: reasons.join('. Also ') });

/** The object of a line, or the reason why it has none. */
function objectOf(bytes: Uint8Array): Record<string, unknown> | string {
  const text = decodedText(bytes);
  if (text === null) return 'is not UTF-8';
  const value = parsed(text);
  if (value === undefined) return 'is not JSON; each line must be one complete object';
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : 'is not a JSON object; each line must be one complete object, without a list around them';
}

function decodedText(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** Parses JSON without the parser's message, which quotes the text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Guesses the kind from fields that only one kind has. One misspelled field does not change the result. */
function guess(object: Record<string, unknown>): LineKind | null {
  const count = (fields: string[]) => fields.filter((field) => Object.hasOwn(object, field)).length;
  const { status } = object;
  const word = typeof status === 'string' && meantBy(status, outcomeStatuses) !== null ? 1 : 0;
  const calls = count(SEEN_IN_CALLS);
  const outcomes = count(SEEN_IN_OUTCOMES) + word;
  if (calls === outcomes) return null;
  return calls > outcomes ? 'calls' : 'outcomes';
}

const reasonsOf = ({ issues }: z.ZodError, shape: object): string[] =>
  issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? [
          ...issue.keys.slice(0, MAX_UNKNOWN).map((key) => unknownField(key, Object.keys(shape))),
          ...(issue.keys.length > MAX_UNKNOWN
            ? [`there are ${issue.keys.length - MAX_UNKNOWN} more unknown fields`]
            : []),
        ]
      : [`${issue.path.join('.')} ${issue.message}`],
  );

/** The one of the names that was probably meant. Comparing a long text takes long, and it is none of them. */
const meantBy = (text: string, names: readonly string[]): string | null =>
  text.length > MAX_WORD ? null : nearMiss(names, text);

/** Hides a field name that does not look like one: it may be anything. */
function unknownField(key: string, known: string[]): string {
  const name = /^[a-z_]{1,24}$/i.test(key) ? `“${key}”` : 'with a name that is not shown here';
  const meant = meantBy(key, known);
  return `there is no field ${name}${meant ? `; did you mean ${meant}?` : `; the fields are ${known.join(', ')}`}`;
}
