import type { Person, SignOff } from '../config/config.ts';
import type { SignOffAct } from '../store/sign-offs.ts';
import { lookOf } from '../text/hidden-differences.ts';

/** State of one sign-off at a moment, derived from its acts. */
export interface SignOffState {
  /** Valid signatures, oldest first; one per account. */
  approvals: SignOffAct[];
  /** How many different people gave them for certain. */
  people: number;
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
  const { people } = signOff;
  let signed: SignOffAct[] = [];
  let refusal: SignOffAct | null = null;
  const voids = new Map<string, SignOffAct>();
  for (const act of acts) {
    const others = signed.filter((each) => !samePerson(each, act, people));
    if (act.act === 'sign') [signed, refusal] = [[...others, act], null];
    else if (act.act === 'refuse') [signed, refusal] = [[], act];
    else if (act.act === 'withdraw')
      [signed, refusal] = [others, refusal && samePerson(refusal, act, people) ? null : refusal];
    else if (act.about !== null && !voids.has(act.about)) voids.set(act.about, act);
  }
  const state: SignOffState = { approvals: [], people: 0, expired: [], voided: [], reworded: [], refusal };
  for (const approval of signed) {
    const by = voids.get(approval.id);
    const end = endOf(approval, signOff);
    if (by) state.voided.push({ approval, by });
    else if (end !== null && end <= now) state.expired.push(approval);
    else if (approval.title !== signOff.title) state.reworded.push(approval);
    else state.approvals.push(approval);
  }
  return { ...state, people: countPeople(state.approvals, people) };
}

/** The one who acts: `actor` typed or clicked, `person` is the one whom the command line named. */
export type Identity = Pick<SignOffAct, 'actor' | 'person' | 'personName'>;

/**
 * True when two acts share an account or a listed person. Both the one who typed and the one who was named count, so that
 * nobody can sign for two.
 */
export function samePerson(one: Identity, other: Identity, people: readonly Person[]): boolean {
  const keys = new Set(keysOf(one, people));
  return keysOf(other, people).some((key) => keys.has(key));
}

/**
 * True when two acts come from two people for certain. Two accounts of one name may be one person, and so may an account of
 * Slack and one of the command line, unless the config lists both.
 */
function areTwo(one: Identity, other: Identity, people: readonly Person[]): boolean {
  if (samePerson(one, other, people)) return false;
  const [left, right] = [one, other].map((each) => personOf(each, people));
  if (left && right) return true;
  if (nameOf(one) === nameOf(other)) return false;
  const surfaces = [one, other].map(surfaceOf);
  return surfaces[0] === surfaces[1] || hasBoth(left) || hasBoth(right) || surfaces.includes('named');
}

/** The largest number of signatures that come from different people for certain. */
export function countPeople(signed: readonly Identity[], people: readonly Person[]): number {
  const [first, ...rest] = signed;
  if (!first) return 0;
  const others = rest.filter((each) => areTwo(first, each, people));
  return Math.max(1 + countPeople(others, people), countPeople(rest, people));
}

/** Equal for names that look the same, and for users without a name: a number tells nobody who somebody is. */
const nameOf = ({ actor, person, personName }: Identity): string =>
  person === null && /^cli:\d+$/.test(actor) ? '' : lookOf(personName);

/** A person whom the command line names is told apart by name. */
const surfaceOf = ({ actor, person }: Identity): string =>
  person === null ? (actor.split(':')[0] ?? '') : 'named';

/** Somebody all of whose accounts are known is nobody else. */
const hasBoth = (person: Person | undefined): boolean => person?.slack != null && person.os !== null;

/** An id of Slack as people write it: `U0ANA`, `slack:U0ANA`, `@U0ANA`, `<@U0ANA|ana>`. */
const SLACK_ID = /^(?:slack:)?<?@?([uw][a-z0-9]{2,})(?:\|[^>]*)?>?$/i;
/** The name of somebody, as an earlier answer shows it. */
const ENTERED_BY = / \(entered by .*\)$/;

const accountsOf = ({ actor, person }: Identity): string[] =>
  person === null ? [actor] : [...namedAccounts(person), actor];

/** A text such as `Ursula` may be a name or an id, so it is both. */
function namedAccounts(person: string): string[] {
  const named = person
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .trim()
    .replace(ENTERED_BY, '');
  const id = SLACK_ID.exec(named)?.[1];
  if (/^cli:/i.test(named)) return [`cli:${named.slice('cli:'.length).trim()}`];
  return [...(id ? [`slack:${id.toUpperCase()}`] : []), `person:${lookOf(named)}`];
}

const hasAccount = ({ name, slack, os }: Person, account: string): boolean =>
  account === `person:${lookOf(name)}` || account === `slack:${slack}` || account === `cli:${os}`;

/** The listed person who signs; undefined when the config lists none. */
const personOf = ({ actor, person }: Identity, people: readonly Person[]): Person | undefined => {
  const own = person === null ? [actor] : namedAccounts(person);
  return people.find((each) => own.some((account) => hasAccount(each, account)));
};

const keysOf = (identity: Identity, people: readonly Person[]): string[] =>
  accountsOf(identity).map((account) => {
    const listed = people.find((person) => hasAccount(person, account));
    return listed ? `listed:${listed.name}` : account;
  });
