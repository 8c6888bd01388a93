import type { SignOff } from '../config/config.ts';
import type { Fact } from '../spotdraft/fact.ts';
import type { SignOffAct } from '../store/sign-offs.ts';
import { environmentLabel } from '../text/environment-label.ts';
import { printable } from '../text/printable.ts';
import { coversPlace } from '../workspace/diff/covers.ts';
import type { NotComparedCause } from '../workspace/diff/difference.ts';
import { itemsOf } from './evaluate.ts';
import { combine, type Judgement, pass, unknownFinding } from './judgement.ts';
import type { CheckResult, ItemResult, JudgedCheck } from './report.ts';
import { endOf, type SignOffState, stateOf } from './sign-off-state.ts';

/** Facts about an environment's sign-offs. */
export interface SignOffFacts {
  /** Oldest first, with a `void` act for every signature under which something changed. */
  acts: SignOffAct[];
  /** Places of the signed configuration that could not be compared with the current one, by the id of the signature. */
  notCompared: ReadonlyMap<string, NotComparedCause[]>;
  /** Reason why there is no current configuration; null when there is one. */
  unread: string | null;
}

/** A signature can be renewed, and its signer is reminded, from this time before its end, ms. */
export const RENEWAL_MS = 14 * 86_400_000;

/** Text of a sign-off without any act. */
export const NOT_SIGNED = 'not signed';

/** True when a valid signature ends so soon that its signer may sign again. */
export function canRenew(approval: SignOffAct, signOff: SignOff, now: number): boolean {
  const end = endOf(approval, signOff);
  return end !== null && end - now <= RENEWAL_MS;
}

type Where = { name: string; production: boolean };

/** Sign-offs that an environment requires. */
export const signOffsOf = (signOffs: readonly SignOff[], environment: string): SignOff[] =>
  signOffs.filter(({ environments }) => environments === null || environments.includes(environment));

/** One check per sign-off. Pure. @param signOffs sign-offs of this environment */
export const judgeSignOffs = (
  signOffs: readonly SignOff[],
  facts: Fact<SignOffFacts>,
  where: Where,
  now: number,
): JudgedCheck[] =>
  signOffs.map((signOff) => ({
    id: `sign-offs.${signOff.id}`,
    item: 'sign-offs',
    title: signOff.title,
    severity: 'blocking',
    ...judge(signOff, facts, where, now),
  }));

/** Adds the sign-offs as the last item of the checklist; no item when nothing has to be signed. */
export function withSignOffs(others: readonly ItemResult[], results: readonly CheckResult[]): ItemResult[] {
  const own = others.filter(({ id }) => id !== 'sign-offs').flatMap(({ checks }) => checks);
  return itemsOf([...own, ...results]);
}

type JudgedSignOff = Judgement & Pick<JudgedCheck, 'restsOn'>;

function judge(signOff: SignOff, facts: Fact<SignOffFacts>, where: Where, now: number): JudgedSignOff {
  const expected = expectation(signOff);
  if (!facts.known) return combine([unknownFinding(expected, facts)]);
  const own = facts.value.acts.filter((act) => act.signOff === signOff.id);
  const state = stateOf(signOff, own, now);
  if (state.refusal || state.people < signOff.approvals) return failed(signOff, state, expected, where);
  return judgeComparison(signOff, state, facts.value, expected, now);
}

const expectation = ({ approvals, validForMs }: SignOff): string =>
  `signed off by ${approvals === 1 ? 'one person' : `${approvals} people`}${validForMs === null ? '' : `, for at most ${Math.round(validForMs / 86_400_000) || 1} d each`}`;

function failed(signOff: SignOff, state: SignOffState, expected: string, where: Where): Judgement {
  const alike = state.people < state.approvals.length;
  const findings = [
    ...(state.refusal ? [refusalText(state.refusal)] : []),
    ...state.voided.map(({ approval, by }) => `void: ${changesText(by)} after ${signatureText(approval)}`),
    ...state.expired.map(
      (approval) => `expired on ${isoDay(endOf(approval, signOff) ?? 0)}: ${signatureText(approval)}`,
    ),
    ...state.reworded.map(
      (approval) => `void: its title was “${approval.title}” when ${signerText(approval)} signed it`,
    ),
    ...state.approvals.map((approval) => approvalText(approval, signOff)),
    ...(alike ? ['these accounts may be one person: access.people in the config does not list both'] : []),
  ];
  const count = `${state.people} of ${signOff.approvals}`;
  const actual =
    findings.length === 0 ? NOT_SIGNED : signOff.approvals > 1 ? [`${count} signed`, ...findings] : findings;
  // A note with a line break must not look like two findings.
  const lines = [actual].flat().map(printable);
  const label = environmentLabel(where);
  const how = `/envcheck checklist ${where.name}, or npm run -s envcheck -- sign ${where.name} ${signOff.id}`;
  const remedy = state.refusal
    ? `Resolve what ${signerText(state.refusal)} said, then sign “${signOff.title}” off for ${label}: ${how}`
    : `${state.voided.length > 0 ? 'Review the changes, then sign' : alike ? 'List the accounts of both under access.people, or let another person sign' : 'Sign'} “${signOff.title}” off for ${label}: ${how}`;
  return {
    status: 'fail',
    expected: lines.map(() => expected).join('\n'),
    actual: lines.join('\n'),
    reason: null,
    remedy,
    evidence: [],
  };
}

/**
 * A place that could not be read now makes the check unknown and voids nothing: the signature is valid again once the place
 * is read and unchanged. Places that were not read when it was signed, or are never read, are stated beside the pass.
 */
function judgeComparison(
  signOff: SignOff,
  state: SignOffState,
  { notCompared, unread }: SignOffFacts,
  expected: string,
  now: number,
): JudgedSignOff {
  const approvals = state.approvals.map((approval) => approvalText(approval, signOff));
  const places = state.approvals
    .flatMap(({ id }) => notCompared.get(id) ?? [])
    .filter(({ path }) => coversPlace(signOff.covers, path));
  const unclear = places.filter(({ why }) => why === 'failed_right' || why === 'ambiguous');
  if (unread !== null || unclear.length > 0)
    return {
      status: 'unknown',
      expected,
      actual: 'unknown',
      reason: unread ?? `cannot tell whether the signature still holds: ${placesText(unclear)}`,
      remedy: 'Check again. The signatures stay, and count once the configuration can be compared',
      evidence: [],
      // Without access nothing of the configuration is read, and that check has the cause.
      ...(unread !== null && { restsOn: ['credentials.accepted'] }),
    };
  const passed = combine(approvals.map((approval) => pass(expected, approval, [])));
  const ends = state.approvals
    .filter((approval) => canRenew(approval, signOff, now))
    .flatMap((approval) => endOf(approval, signOff) ?? []);
  const remarks = [
    ...(ends.length > 0 ? [`expires soon, on ${isoDay(Math.min(...ends))}: sign again before that`] : []),
    ...(places.length > 0 ? [`it does not cover what was not compared: ${placesText(places)}`] : []),
  ];
  return { ...passed, reason: remarks.length > 0 ? remarks.join('; ') : null };
}

function placesText(places: readonly NotComparedCause[]): string {
  const [first] = places;
  if (!first) return '';
  const more = new Set(places.map(({ path }) => path)).size - 1;
  return `${first.path}: ${first.reason}${more > 0 ? ` (and ${more} more places)` : ''}`;
}

export const isoDay = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** "alice (slack:U0ALICE)". */
export const signerText = ({
  actor,
  person,
  personName,
}: Pick<SignOffAct, 'actor' | 'person' | 'personName'>): string =>
  person !== null
    ? `${personName} (entered by ${actor})`
    : actor.endsWith(`:${personName}`)
      ? actor
      : `${personName} (${actor})`;

const signatureText = (act: SignOffAct): string => `${signerText(act)} signed on ${isoDay(act.at)}`;

function approvalText(act: SignOffAct, signOff: SignOff): string {
  const end = endOf(act, signOff);
  return [
    `${signerText(act)}, ${new Date(act.at).toISOString()}`,
    `snapshot ${act.snapshot?.slice(0, 12) ?? 'none'}`,
    end === null ? 'no expiry' : `until ${isoDay(end)}`,
    ...(act.note === null ? [] : [`“${act.note}”`]),
    ...(act.link === null ? [] : [act.link]),
    act.id,
  ].join(', ');
}

const refusalText = (act: SignOffAct): string =>
  `refused by ${signerText(act)} on ${isoDay(act.at)}: ${act.note ?? 'no reason given'}`;

/** "templates/…/type: date → string and 2 more changes". */
export function changesText({ changes }: Pick<SignOffAct, 'changes'>): string {
  const [first] = changes?.shown ?? [];
  const more = (changes?.total ?? 1) - 1;
  return `${first ?? 'the configuration changed'}${more > 0 ? ` and ${more} more ${more === 1 ? 'change' : 'changes'}` : ''}`;
}
