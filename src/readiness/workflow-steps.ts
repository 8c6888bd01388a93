import type { ApprovalRequirement, SignatoryRequirement } from '../config/requirements.ts';
import type { Fact, Source } from '../spotdraft/fact.ts';
import type { Approval, Signatory } from '../workspace/facts.ts';
import { sameName } from '../workspace/names.ts';
import { type Finding, fail, listed, pass, quoted, skip } from './judgement.ts';

/** The signatories or the approvals of one workflow, as read. */
export interface Steps<S> {
  /** `workflow “Order Form”`. */
  place: string;
  certain: readonly S[];
  /** Steps that may belong to another workflow. */
  unplaced: readonly S[];
  evidence: Source[];
}

/** One property of a step. `found` is null when the analytics table has no value. */
interface Property {
  /** Completes "signatory “CFO” …". */
  expected: string;
  found: string | null;
  /** False without a value. */
  agrees: boolean;
  remedy: string;
  /** Column of the analytics table. */
  column: string;
  /** Reason for a value that is there and cannot be used; by default the column is empty. */
  reason?: string;
  /** The check that reports why this property cannot be as required. */
  waitsFor?: string;
}

interface StepKind<S> {
  /** `signatory` or `approval`. */
  noun: 'signatory' | 'approval';
  table: string;
  name: string;
  /** The step in sentences: `“CFO” (CREATOR_PARTY)`. */
  label: string;
  /** True when the step is the required one; null when an empty cell leaves that open. */
  isIt: (step: S) => boolean | null;
  describe: (step: S) => string;
  properties: (step: S) => Property[];
}

export function judgeSignatory(wanted: SignatoryRequirement, steps: Steps<Signatory>): Finding[] {
  const { party, name, order, conditional } = wanted;
  const subject = `the signatory ${quoted(name)}`;
  return judgeStep(steps, {
    noun: 'signatory',
    name,
    table: 'signatures_setups',
    label: `${quoted(name)} (${party})`,
    isIt: (step) => {
      if ((step.party ?? party) !== party || !sameName(step.name ?? name, name)) return false;
      return step.party === null || step.name === null ? null : true;
    },
    describe: (step) => `${step.name ?? 'no name'} (${step.party ?? 'no party'})`,
    properties: (step) => [
      ...orderProperty(order, step.order, 'sign_order', subject),
      ...conditionProperty(conditional, step.conditional, 'conditional_signatory', subject),
    ],
  });
}

/** Active roles, which the role of an approval is one of. */
export interface ActiveRoles {
  /** null when no role was needed. */
  read: Fact<string[]> | null;
  /** Names whose absence another check reports. */
  required: readonly string[];
}

export function judgeApproval(
  wanted: ApprovalRequirement,
  steps: Steps<Approval>,
  roles: ActiveRoles,
): Finding[] {
  const { name, order, conditional, role } = wanted;
  const subject = `the approval ${quoted(name)}`;
  return judgeStep(steps, {
    noun: 'approval',
    name,
    table: 'approvals_setup',
    label: quoted(name),
    isIt: (step) => (step.name === null ? null : sameName(step.name, name)),
    describe: (step) => step.name ?? 'no name',
    properties: (step) => [
      ...orderProperty(order, step.order, 'approval_order', subject),
      ...conditionProperty(conditional, step.conditional, 'conditional_approval', subject),
      ...roleProperty(role, step.role, subject, roles),
    ],
  });
}

function judgeStep<S>(steps: Steps<S>, kind: StepKind<S>): Finding[] {
  const { place, certain, unplaced, evidence } = steps;
  const expected = `${place}: ${kind.noun} ${kind.label}`;
  const found = certain.filter((step) => kind.isIt(step) === true);
  // The closest match counts when several steps have this name.
  const [best] = found
    .map((step) => judgeProperties(expected, kind.properties(step), steps))
    .sort((left, right) => rank(left) - rank(right));
  if (best) return best;
  const nameless = certain.filter((step) => kind.isIt(step) === null).length;
  const elsewhere = unplaced.filter((step) => kind.isIt(step) !== false).length;
  if (nameless + elsewhere === 0) {
    const others = listed(certain.map(kind.describe));
    const plural = kind.noun === 'approval' ? 'approvals' : 'signatories';
    const remedy = `Add the ${kind.noun} ${quoted(kind.name)} to ${place}`;
    return [fail(expected, `${plural}: ${others}`, remedy, evidence)];
  }
  const because =
    nameless > 0
      ? `${rows(nameless)} of ${place} without a name or party may be it`
      : `${rows(elsewhere)} may be it, but an id is empty that would say of which workflow or workspace`;
  return [
    {
      status: 'unknown',
      expected,
      reason: `${kind.table}: ${because}`,
      remedy: `Check in SpotDraft that ${place} has the ${kind.noun} ${kind.label}`,
      evidence,
    },
  ];
}

const rows = (count: number): string => `${count} ${count === 1 ? 'row' : 'rows'}`;

/** One finding for each property that is not as required; a pass when all are. */
function judgeProperties<S>(
  subject: string,
  properties: Property[],
  { place, evidence }: Steps<S>,
): Finding[] {
  const wrong = properties.filter(({ agrees }) => !agrees);
  if (wrong.length === 0) {
    const all = properties.map(({ expected }) => expected).join(', ');
    return [pass(all === '' ? subject : `${subject} ${all}`, 'found', evidence)];
  }
  return wrong.map(({ expected, found, remedy, column, reason, waitsFor }): Finding => {
    const whole = `${subject} ${expected}`;
    if (waitsFor) return skip(whole, `${found} (${waitsFor})`);
    if (found !== null) return fail(whole, found, `${remedy} in ${place}`, evidence);
    return {
      status: 'unknown',
      expected: whole,
      reason: reason ?? `the analytics row of ${subject} leaves ${column} empty`,
      remedy: `Check in SpotDraft that ${subject} ${expected}`,
      evidence,
    };
  });
}

/** Fewest failures first, then fewest unknowns. */
const rank = (findings: Finding[]): number =>
  findings.reduce((sum, { status }) => sum + (status === 'fail' ? 100 : status === 'pass' ? 0 : 1), 0);

function orderProperty(
  wanted: number | null,
  found: number | null,
  column: string,
  subject: string,
): Property[] {
  if (wanted === null) return [];
  return [
    {
      expected: `has the order ${wanted}`,
      found: found === null ? null : `has the order ${found}`,
      agrees: found === wanted,
      remedy: `Move ${subject} from place ${found} to place ${wanted}`,
      column,
    },
  ];
}

function conditionProperty(
  wanted: boolean | null,
  found: boolean | null,
  column: string,
  subject: string,
): Property[] {
  if (wanted === null) return [];
  const word = (conditional: boolean) => (conditional ? 'has a condition' : 'has no condition');
  return [
    {
      expected: word(wanted),
      found: found === null ? null : word(found),
      agrees: found === wanted,
      remedy: wanted ? `Set a condition for ${subject}` : `Remove the condition of ${subject}`,
      column,
    },
  ];
}

function roleProperty(
  wanted: string | null,
  found: Approval['role'],
  subject: string,
  { read, required }: ActiveRoles,
): Property[] {
  if (wanted === null) return [];
  const name = found?.name ?? null;
  const exists = !read?.known || read.value.some((role) => sameName(role, wanted));
  const property = {
    expected: `is given by the role ${quoted(wanted)}`,
    agrees: name !== null && sameName(name, wanted),
    remedy: `Assign ${subject} to the role ${quoted(wanted)}`,
    column: 'role_id',
  };
  const given = name === null ? null : `is given by the role ${quoted(name)}`;
  // Nothing can be assigned to a role that does not exist, whichever role has the approval now.
  if (!exists) {
    const waitsFor = required.some((role) => sameName(role, wanted)) ? 'routing.roles' : null;
    const missing = { ...property, found: given ?? 'no active role has this name' };
    return [waitsFor ? { ...missing, waitsFor } : missing];
  }
  if (given !== null) return [{ ...property, found: given }];
  if (found === null) return [{ ...property, found: null }];
  const unmapped = `the role of ${subject} has the id ${found.id}, which is none of the active roles`;
  return [{ ...property, found: null, reason: read?.known === false ? read.reason : unmapped }];
}
