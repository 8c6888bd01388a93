import type { SignOff } from '../config/config.ts';
import type { SignOffAct } from '../store/sign-offs.ts';

/** State of one sign-off at a moment, derived from its acts. */
export interface SignOffState {
  /** Valid signatures, oldest first; one per person. */
  approvals: SignOffAct[];
  /** Signatures past their end; the newest of each person. */
  expired: SignOffAct[];
  /** Signatures under which the configuration changed. */
  voided: { approval: SignOffAct; by: SignOffAct }[];
  /** Signatures that were given under another title. */
  reworded: SignOffAct[];
  /** A refusal with no signature after it. */
  refusal: SignOffAct | null;
}

/** End of a signature, epoch ms UTC: the end set when it was given, or an earlier one from a stricter config. null: never. */
export function endOf({ at, expiresAt }: SignOffAct, { validForMs }: SignOff): number | null {
  const ends = [expiresAt, validForMs === null ? null : at + validForMs].filter((each) => each !== null);
  return ends.length > 0 ? Math.min(...ends) : null;
}

/**
 * Derives the state from the acts alone. A refusal ends every signature before it; a signature after it opens a new round.
 * @param acts acts on this sign-off, oldest first
 */
export function stateOf(signOff: SignOff, acts: readonly SignOffAct[], now: number): SignOffState {
  let signed: SignOffAct[] = [];
  let refusal: SignOffAct | null = null;
  const voids = new Map<string, SignOffAct>();
  for (const act of acts) {
    const others = signed.filter((each) => !samePerson(each, act));
    if (act.act === 'sign') [signed, refusal] = [[...others, act], null];
    else if (act.act === 'refuse') [signed, refusal] = [[], act];
    else if (act.act === 'withdraw')
      [signed, refusal] = [others, refusal && samePerson(refusal, act) ? null : refusal];
    else if (act.about !== null && !voids.has(act.about)) voids.set(act.about, act);
  }
  const state: SignOffState = { approvals: [], expired: [], voided: [], reworded: [], refusal };
  for (const approval of signed) {
    const by = voids.get(approval.id);
    const end = endOf(approval, signOff);
    if (by) state.voided.push({ approval, by });
    else if (end !== null && end <= now) state.expired.push(approval);
    else if (approval.title !== signOff.title) state.reworded.push(approval);
    else state.approvals.push(approval);
  }
  return state;
}

/**
 * True when two acts may come from one person. The command line can act for somebody else: both the one who typed and the
 * one who was named count then, so that nobody can sign for two.
 */
export function samePerson(
  one: Pick<SignOffAct, 'actor' | 'person'>,
  other: Pick<SignOffAct, 'actor' | 'person'>,
): boolean {
  const keys = new Set(keysOf(one));
  return keysOf(other).some((key) => keys.has(key));
}

function keysOf({ actor, person }: Pick<SignOffAct, 'actor' | 'person'>): string[] {
  if (person === null) return [actor];
  const named = person.trim().toLowerCase();
  return [actor, /^[uw][a-z0-9]{2,}$/.test(named) ? `slack:${named.toUpperCase()}` : `person:${named}`];
}
