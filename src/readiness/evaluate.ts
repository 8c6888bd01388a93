import type { CheckInput } from './check.ts';
import { checks } from './checks/index.ts';
import {
  type CheckResult,
  type ItemId,
  type ItemResult,
  items,
  type JudgedCheck,
  type Status,
  type Verdict,
} from './report.ts';

/**
 * Runs all checks. Pure: equal facts and requirements give equal items. A check that rests on a failed one is judged too,
 * because a person may have accepted that failure: `settle` decides after the waivers which ones wait.
 */
export function evaluate(input: CheckInput): ItemResult[] {
  const results = checks.map(
    ({ id, item, title, severity, restsOn, judge }): JudgedCheck => ({
      id,
      item,
      severity,
      title,
      ...judge(input),
      restsOn: typeof restsOn === 'function' ? restsOn(input) : restsOn,
    }),
  );
  return itemsOf(results);
}

/** Groups results by their items, in the guide's order. Items without a result are left out. */
export function itemsOf(results: readonly CheckResult[]): ItemResult[] {
  return items
    .map(({ id, title }) => {
      const own = results.filter((result) => result.item === id);
      return { id, title, status: statusOf(own), checks: own };
    })
    .filter((item) => item.checks.length > 0);
}

/** An item that the config declares not applicable, and why. */
export interface NotApplicable {
  item: ItemId;
  reason: string;
}

/**
 * Ends the judging of a report. One cause is reported once: a check that rests on a failed one is skipped and names it. No
 * item of production is green because nobody looked: one that is wholly skipped is unknown, unless it is declared not
 * applicable.
 * @param judged items with sign-offs and waivers applied
 */
export function settle(
  judged: readonly ItemResult[],
  production: boolean,
  notApplicable: readonly NotApplicable[],
): ItemResult[] {
  const results = withWaits(provenBySignOffs(judged.flatMap((item) => item.checks)));
  return itemsOf(results).map((item) => covered(item, production, notApplicable));
}

/** Settles a stored report again after its sign-offs changed. The other results stay. */
export const resettle = (stored: readonly ItemResult[]): ItemResult[] =>
  itemsOf(withWaits(provenBySignOffs(stored.flatMap((item) => item.checks))));

/** A check whose proof is a sign-off takes its result, a waived one included; until that is valid it waits for it. */
function provenBySignOffs(results: readonly JudgedCheck[]): JudgedCheck[] {
  return results.map((check) => {
    const signOff = results.find(({ id }) => id === check.provenBy);
    if (!signOff) return check;
    const { waitsFor: _, ...own } = check;
    if (signOff.status !== 'pass' && signOff.status !== 'waived') return waitsFor(own, signOff.id);
    const { status, expected, actual, reason } = signOff;
    return { ...own, status, expected, actual, reason, remedy: null };
  });
}

function withWaits(results: readonly JudgedCheck[]): CheckResult[] {
  const byId = new Map(results.map((result) => [result.id, result]));
  const settled = new Map<string, CheckResult>();
  const settleOne = (result: JudgedCheck): CheckResult => {
    const done = settled.get(result.id) ?? waiting(result);
    settled.set(result.id, done);
    return done;
  };
  const waiting = ({ restsOn = [], ...result }: JudgedCheck): CheckResult => {
    if (result.status === 'skipped' || result.status === 'waived') return result;
    for (const id of restsOn) {
      const base = byId.get(id);
      const cause = base && causeOf(settleOne(base));
      if (cause && (byId.get(cause)?.status === 'fail' || result.status === 'unknown'))
        return waitsFor(result, cause);
    }
    return result;
  };
  return results.map(settleOne);
}

/** Id of the check that explains why nothing can rest on this one; null when something can. */
const causeOf = ({ id, status, waitsFor }: CheckResult): string | null =>
  waitsFor ?? (status === 'fail' || status === 'unknown' ? id : null);

const waitsFor = ({ unjudged: _, ...result }: CheckResult, cause: string): CheckResult => ({
  ...result,
  status: 'skipped',
  actual: 'not checked',
  reason: `waits for ${cause}`,
  remedy: null,
  evidence: [],
  waitsFor: cause,
});

/** `promotion.validated` judges the model, so it does not show that anything of this environment was looked at. */
const judgesItem = ({ id, status }: CheckResult): boolean =>
  status !== 'skipped' && id !== 'promotion.validated';

function covered(item: ItemResult, production: boolean, notApplicable: readonly NotApplicable[]): ItemResult {
  if (!production || item.id === 'sign-offs' || item.checks.some(judgesItem)) return item;
  const declared = notApplicable.find((each) => each.item === item.id);
  // A waiting check is judged once its cause is resolved; until then the item is neither green nor missing.
  if (!declared && item.checks.some((check) => check.waitsFor !== undefined)) return item;
  const shared = {
    id: `${item.id}.configured`,
    item: item.id,
    severity: 'blocking',
    title: 'Something is configured for this item',
    expected: 'at least one check that judges this item',
    evidence: [],
  } satisfies Partial<CheckResult>;
  const { reason, remedy } = nothingJudged(item);
  const result: CheckResult = declared
    ? {
        ...shared,
        title: 'Not applicable',
        status: 'skipped',
        actual: 'not applicable',
        reason: `not applicable: ${declared.reason}`,
        remedy: null,
      }
    : { ...shared, status: 'unknown', actual: 'unknown', reason, remedy };
  const own = [result, ...item.checks];
  return { ...item, status: statusOf(own), checks: own };
}

/** Sections of the config that an item needs, for its next step. */
const sectionOf: Partial<Record<ItemId, string>> = {
  configuration: 'requires',
  webhooks: 'webhooks of the environment',
  'external-metadata': 'externalMetadata',
  logging: 'webhooks and intake of the environment, or requires.logging',
};

function nothingJudged({ id, checks: own }: ItemResult): { reason: string; remedy: string } {
  const pending = [...new Set(own.flatMap(({ pending, reason }) => (pending && reason ? [reason] : [])))];
  const declare = `or declare item ${id} under notApplicable with a reason`;
  if (pending.length > 0)
    return {
      reason: `nothing could be judged: ${pending.join('; ')}`,
      remedy: `Check again when there is something to judge, ${declare}`,
    };
  return {
    reason: 'nothing is configured for it',
    remedy: `Add ${sectionOf[id] ?? 'what it needs'} to the config, ${declare}`,
  };
}

/** Why the config declares an item not applicable; null when it does not, or when a check judged the item all the same. */
export const declaredReason = ({ id, checks: own }: ItemResult): string | null =>
  own.find((check) => check.id === `${id}.configured` && check.status === 'skipped')?.reason ?? null;

export function verdictOf(results: ItemResult[]): Verdict {
  const blocking = results.flatMap((item) => item.checks).filter(({ severity }) => severity === 'blocking');
  if (blocking.some(({ status }) => status === 'fail')) return 'not_ready';
  return blocking.some(({ status }) => status === 'unknown') ? 'unknown' : 'ready';
}

const byWeight: Status[] = ['fail', 'unknown', 'warn', 'pass', 'waived', 'skipped'];

/** The status of an item: that of its worst check. A check that waits was not judged, so the item is not green. */
export function statusOf(checks: readonly CheckResult[]): Status {
  const statuses = checks.map(({ status, waitsFor }) => (waitsFor === undefined ? status : 'unknown'));
  return byWeight.find((status) => statuses.includes(status)) ?? 'skipped';
}
