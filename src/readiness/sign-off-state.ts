import type { SignOff } from '../config/config.ts';
import type { SignOffAct } from '../store/sign-offs.ts';

/** What of the acts about one item still says something at a moment. */
export interface SignOffState {
  /** Signatures that hold, oldest first; one a person. */
  approvals: SignOffAct[];
  /** Signatures that ended because time passed, or the configuration or the item's words changed; newest of each person. */
  expired: SignOffAct[];
  voided: { approval: SignOffAct; by: SignOffAct }[];
  reworded: SignOffAct[];
  /** Somebody said no, and nobody signed since. */
  refusal: SignOffAct | null;
}

/** When a signature ends: as it was said when it was given, or earlier where the config has become stricter. Null: never. */
export function endOf({ at, expiresAt }: SignOffAct, { validForMs }: SignOff): number | null {
  const ends = [expiresAt, validForMs === null ? null : at + validForMs].filter((each) => each !== null);
  return ends.length > 0 ? Math.min(...ends) : null;
}

/**
 * What holds follows from the acts alone. A refusal ends every signature before it; a signature after it opens a new round.
 * @param acts about this item, oldest first
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
 * Whether two acts may be one person's. The command line can speak for somebody: then both the one who typed and the one
 * who was named count, or one pair of hands could sign for two.
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
