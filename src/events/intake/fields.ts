import * as z from 'zod';
import { activityName } from '../../config/activities.ts';
import { readContractId } from '../../spotdraft/contract-id.ts';
import { isPlaceholder } from '../../text/placeholder.ts';
import type { Clock } from '../../time/clock.ts';
import { HOUR_MS } from '../../time/units.ts';
import { invalidShortValue, invalidValue } from './invalid-value.ts';
import { containsAddress } from './redacted-path.ts';

/** Settings that decide which lines are accepted and which parts are stored. */
export interface IntakeRules {
  environment: string;
  payloads: 'none' | 'redacted' | 'full';
  keepMs: number;
  clock: Clock;
}

/** Tolerance for clocks of other machines, ms. */
const MAX_AHEAD_MS = HOUR_MS;

const ID = 'text of 1 to 200 printable characters';
const TIME = 'an ISO 8601 time with seconds and a zone, such as 2026-11-24T09:30:00Z';
const CONTRACT = 'the number of a contract, such as 123, "123", "T-123" or "H-123"';
const CODE = 'a short machine-readable reason: 1 to 64 letters, digits and _ . : -';
const ACTIVITY = "SpotDraft's name of the activity, such as CONTRACT_EXECUTED";

/** The reporter's own id. Numbers are accepted, because many systems count. */
export const id = ({ payloads }: IntakeRules) =>
  z
    .preprocess(
      (value) => (Number.isSafeInteger(value) ? String(value) : value),
      z
        .string({ error: invalidValue(ID) })
        .trim()
        .regex(/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]{1,200}$/u, { error: invalidValue(ID), abort: true }),
    )
    .refine((text) => payloads === 'full' || !containsAddress(text), {
      error: `contains an e-mail address, which log.payloads: ${payloads} does not allow; report an id that names no person`,
    });

/** The id of a request; null for a placeholder, which identifies none. */
export const requestId = (rules: IntakeRules) =>
  id(rules)
    .transform((text) => (isPlaceholder(text) ? null : text))
    .nullish();

/** A time, as epoch ms. */
const time = () =>
  z
    .preprocess(
      // Python's %z and Java's Z write the zone without a colon.
      (value) => (typeof value === 'string' ? value.replace(/([+-]\d\d)(\d\d)$/, '$1:$2') : value),
      z.iso.datetime({ offset: true, error: invalidValue(TIME) }),
    )
    .transform((text) => Date.parse(text));

/** The time of a reported row. It lies within log.keep. */
export const recentTime = ({ keepMs, clock }: IntakeRules) =>
  time()
    .refine((at) => at >= clock.now() - keepMs, {
      error: ({ input }) =>
        `is ${new Date(input as number).toISOString()}, older than the log keeps (${spanOf(keepMs)})`,
    })
    .refine((at) => at <= clock.now() + MAX_AHEAD_MS, {
      error: ({ input }) =>
        `is ${new Date(input as number).toISOString()}, more than an hour in the future; compare the clock and the zone of the reporting machine`,
    });

export const anyTime = time;

/** A contract in a report. The number in a composite id is a guess: it serves `find`, and proves nothing. */
export interface ReportedContract {
  id: number;
  /** True when the report gives the internal id. */
  isExact: boolean;
}

export const contractId = () =>
  z.unknown().transform((value, context): ReportedContract => {
    if (Number.isSafeInteger(value) && Number(value) > 0) return { id: Number(value), isExact: true };
    const given = typeof value === 'string' ? readContractId(value) : null;
    if (given?.kind === 'internal') return { id: given.id, isExact: true };
    if (given?.kind === 'composite') return { id: given.guess, isExact: false };
    context.addIssue({ code: 'custom', input: value, message: invalidValue(CONTRACT)({ input: value }) });
    return z.NEVER;
  });

export const code = () =>
  z.string({ error: invalidValue(CODE) }).regex(/^[\w.:-]{1,64}$/, { error: invalidValue(CODE) });

/** In SpotDraft's spelling, however it was written. */
export const activity = () =>
  z.preprocess(
    (value) => (typeof value === 'string' ? activityName(value) : value),
    z
      .string({ error: invalidValue(ACTIVITY) })
      .regex(/^[A-Z][A-Z\d_]{0,79}$/, { error: invalidValue(ACTIVITY) }),
  );

export const integer = (from: number, to: number, allowed = `a whole number from ${from} to ${to}`) =>
  z
    .int({ error: invalidShortValue(allowed) })
    .min(from, { error: invalidShortValue(allowed) })
    .max(to, { error: invalidShortValue(allowed) });

/** One of these keywords, in any case. */
export const keyword = <const Word extends string>(words: readonly Word[], spell: (text: string) => string) =>
  z.preprocess(
    (value) => (typeof value === 'string' ? spell(value.trim()) : value),
    z.enum(words, { error: invalidShortValue(`one of ${words.join(', ')}`) }),
  );

const spanOf = (ms: number): string =>
  ms % (24 * HOUR_MS) === 0 ? `${ms / (24 * HOUR_MS)} days` : `${Math.round(ms / HOUR_MS)} h`;
