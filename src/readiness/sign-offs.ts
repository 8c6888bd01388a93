import type { SignOff } from '../config/config.ts';
import type { Fact } from '../spotdraft/fact.ts';
import type { SignOffAct } from '../store/sign-offs.ts';
import { environmentLabel } from '../text/environment-label.ts';
import { printable } from '../text/printable.ts';
import { coversPlace } from '../workspace/diff/covers.ts';
import type { NotComparedCause } from '../workspace/diff/difference.ts';
import { cannotTell, combine, type Judgement, pass } from './judgement.ts';
import type { CheckResult, ItemResult } from './report.ts';
import { items } from './report.ts';
import { endOf, type SignOffState, stateOf } from './sign-off-state.ts';

/** What is known of an environment's sign-offs when it is judged. */
export interface SignOffFacts {
  /** Oldest first, with an act `void` for every signature under which something changed. */
  acts: SignOffAct[];
  /** By the id of a signature: what of the configuration it was given on could not be compared with that of now. */
  notCompared: ReadonlyMap<string, NotComparedCause[]>;
  /** Why there is no configuration of now to compare with; null: there is one. */
  unread: string | null;
}

/** From this time before its end on a signature can be renewed, and its person is reminded. */
export const RENEWAL_MS = 14 * 86_400_000;

/** What a sign-off is of which nobody has said anything. */
export const NOT_SIGNED = 'not signed';

/** Whether a signature that holds ends so soon that its person may sign again. */
export function canRenew(approval: SignOffAct, signOff: SignOff, now: number): boolean {
  const end = endOf(approval, signOff);
  return end !== null && end - now <= RENEWAL_MS;
}

type Where = { name: string; production: boolean };

/** Those that are wanted in an environment. */
export const signOffsOf = (signOffs: readonly SignOff[], environment: string): SignOff[] =>
  signOffs.filter(({ environments }) => environments === null || environments.includes(environment));

/** One check for each configured sign-off. Pure. @param signOffs those of this environment */
export const judgeSignOffs = (
  signOffs: readonly SignOff[],
  facts: Fact<SignOffFacts>,
  where: Where,
  now: number,
): CheckResult[] =>
  signOffs.map((signOff) => ({
    id: `sign-offs.${signOff.id}`,
    item: 'sign-offs',
    title: signOff.title,
    severity: 'blocking',
    ...judge(signOff, facts, where, now),
  }));

/** The last item of the checklist; none where nothing is to be signed. */
export function withSignOffs(others: readonly ItemResult[], results: readonly CheckResult[]): ItemResult[] {
  const item = items.find(({ id }) => id === 'sign-offs');
  if (!item || results.length === 0) return others.filter(({ id }) => id !== 'sign-offs');
  const statuses = ['fail', 'unknown', 'pass', 'waived'] as const;
  const status = statuses.find((each) => results.some((result) => result.status === each)) ?? 'skipped';
  return [...others.filter(({ id }) => id !== 'sign-offs'), { ...item, status, checks: [...results] }];
}

function judge(signOff: SignOff, facts: Fact<SignOffFacts>, where: Where, now: number): Judgement {
  const expected = expectation(signOff);
  if (!facts.known) return combine([cannotTell(expected, facts)]);
  const own = facts.value.acts.filter((act) => act.signOff === signOff.id);
  const state = stateOf(signOff, own, now);
  if (state.refusal || state.approvals.length < signOff.approvals)
    return failed(signOff, state, expected, where);
  return judgeComparison(signOff, state, facts.value, expected, now);
}

const expectation = ({ approvals, validForMs }: SignOff): string =>
  `signed off by ${approvals === 1 ? 'one person' : `${approvals} persons`}${validForMs === null ? '' : `, each time for ${Math.round(validForMs / 86_400_000) || 1} d at most`}`;

function failed(signOff: SignOff, state: SignOffState, expected: string, where: Where): Judgement {
  const findings = [
    ...(state.refusal ? [refusalWords(state.refusal)] : []),
    ...state.voided.map(({ approval, by }) => `void: ${changesText(by)} after ${signatureWords(approval)}`),
    ...state.expired.map(
      (approval) => `expired on ${isoDay(endOf(approval, signOff) ?? 0)}: ${signatureWords(approval)}`,
    ),
    ...state.reworded.map(
      (approval) => `void: it said “${approval.title}” when ${signerText(approval)} signed it`,
    ),
    ...state.approvals.map((approval) => approvalWords(approval, signOff)),
  ];
  const count = `${state.approvals.length} of ${signOff.approvals}`;
  const actual =
    findings.length === 0 ? NOT_SIGNED : signOff.approvals > 1 ? [`${count} signed`, ...findings] : findings;
  // A note with a line break must not look like two findings.
  const lines = [actual].flat().map(printable);
  const label = environmentLabel(where);
  const how = `/envcheck checklist ${where.name}, or npm run -s envcheck -- sign ${where.name} ${signOff.id}`;
  const remedy = state.refusal
    ? `Resolve what ${signerText(state.refusal)} said, then sign “${signOff.title}” off for ${label}: ${how}`
    : `${state.voided.length > 0 ? 'Look at what changed, then sign' : 'Sign'} “${signOff.title}” off for ${label}: ${how}`;
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
 * What could not be read now is not green, and voids nothing: once it is read again and is the same, the signature holds as
 * before. What was not read when it was signed, or is not read at all, is said beside the pass.
 */
function judgeComparison(
  signOff: SignOff,
  state: SignOffState,
  { notCompared, unread }: SignOffFacts,
  expected: string,
  now: number,
): Judgement {
  const said = state.approvals.map((approval) => approvalWords(approval, signOff));
  const places = state.approvals
    .flatMap(({ id }) => notCompared.get(id) ?? [])
    .filter(({ path }) => coversPlace(signOff.covers, path));
  const unclear = places.filter(({ why }) => why === 'failed_right' || why === 'ambiguous');
  if (unread !== null || unclear.length > 0)
    return {
      status: 'unknown',
      expected,
      actual: 'unknown',
      reason: unread ?? `whether it still holds cannot be told: ${placesWords(unclear)}`,
      remedy:
        'Check again; the signatures stand, and count once the configuration under them can be compared',
      evidence: [],
    };
  const passed = combine(said.map((words) => pass(expected, words, [])));
  const ends = state.approvals
    .map((approval) => endOf(approval, signOff))
    .filter((end) => end !== null && end - now <= RENEWAL_MS);
  const remarks = [
    ...(ends.length > 0
      ? [
          `expires soon, on ${isoDay(Math.min(...ends.filter((end) => end !== null)))}: sign again before that`,
        ]
      : []),
    ...(places.length > 0 ? [`it does not speak of what was not compared: ${placesWords(places)}`] : []),
  ];
  return { ...passed, reason: remarks.length > 0 ? remarks.join('; ') : null };
}

function placesWords(places: readonly NotComparedCause[]): string {
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

const signatureWords = (act: SignOffAct): string => `${signerText(act)} signed on ${isoDay(act.at)}`;

function approvalWords(act: SignOffAct, signOff: SignOff): string {
  const end = endOf(act, signOff);
  return [
    `${signerText(act)}, ${new Date(act.at).toISOString()}`,
    `snapshot ${act.snapshot?.slice(0, 12) ?? 'none'}`,
    end === null ? 'no end' : `until ${isoDay(end)}`,
    ...(act.note === null ? [] : [`“${act.note}”`]),
    ...(act.link === null ? [] : [act.link]),
    act.id,
  ].join(', ');
}

const refusalWords = (act: SignOffAct): string =>
  `refused by ${signerText(act)} on ${isoDay(act.at)}: ${act.note ?? 'no reason given'}`;

/** "templates/…/type: date → string and 2 more changes". */
export function changesText({ changes }: Pick<SignOffAct, 'changes'>): string {
  const [first] = changes?.shown ?? [];
  const more = (changes?.total ?? 1) - 1;
  return `${first ?? 'the configuration changed'}${more > 0 ? ` and ${more} more ${more === 1 ? 'change' : 'changes'}` : ''}`;
}
