import type { Comparison, Difference, Weight } from './difference.ts';
import { segment, splitPath } from './path.ts';
import { stepDetails, stepTitle } from './plan-text.ts';

/** In the order in which SpotDraft needs them: each refers to things of the sections before it. */
export const planSections = [
  'entities',
  'roles',
  'users',
  'featureFlags',
  'contractTypes',
  'metadataFields',
  'intakeForms',
  'templates',
  'workflows',
  'webhooks',
] as const;
export type PlanSection = (typeof planSections)[number];

/** One thing that a person does in the right environment. */
export interface PlanStep {
  section: PlanSection;
  /** ensure: it may be there already, which no reading shows. */
  action: 'ensure' | 'create' | 'change' | 'remove';
  weight: Weight;
  path: string;
  title: string;
  /** What it has to hold, a line each. */
  details: string[];
  left: unknown;
  right: unknown;
}

/** What to do so that the right one matches the left one: first what is to be made and changed, then what is to go. */
export function planOf({ differences }: Comparison, model: string): PlanStep[] {
  const found = differences.flatMap(expanded);
  const steps = [...entitySteps(found), ...found.map((each) => stepOf(each, model))];
  const inOrder = (section: PlanSection) => steps.filter((step) => step.section === section);
  return [
    ...planSections.flatMap(inOrder).filter(({ action }) => action !== 'remove'),
    // What refers to others goes before them.
    ...planSections
      .toReversed()
      .flatMap(inOrder)
      .filter(({ action }) => action === 'remove'),
  ];
}

const detailLists = ['entities', 'metadataFields', 'intakeFields'] as const;

/** A contract type that is missing is made first, and its fields later, in sections of their own. */
function expanded(difference: Difference): Difference[] {
  const { path, kind, left } = difference;
  const [list, , ...below] = splitPath(path);
  if (list !== 'contractTypes' || kind !== 'missing' || below.length > 0 || !isRecord(left))
    return [difference];
  const parts = detailLists.flatMap((name) => {
    const items = left[name];
    if (!Array.isArray(items)) return [];
    return items.map((item: unknown) => ({
      ...difference,
      path: `${path}/${name}/${segment(String(isRecord(item) ? item.variable : item))}`,
      left: item,
    }));
  });
  return [{ ...difference, left: left.name }, ...parts];
}

/** Entities are shown by the contract types that allow them, and may be there without being allowed for one. */
function entitySteps(differences: Difference[]): PlanStep[] {
  const steps = new Map<string, PlanStep>();
  for (const { path, kind, weight } of differences) {
    const [, , list, entity, ...below] = splitPath(path);
    if (list !== 'entities' || kind !== 'missing' || entity === undefined || below.length > 0) continue;
    steps.set(entity, {
      section: 'entities',
      action: 'ensure',
      weight,
      path: `entities/${segment(entity)}`,
      title: `Make sure that the entity “${entity}” is there`,
      details: [],
      left: entity,
      right: null,
    });
  }
  return [...steps.values()];
}

const sectionOf: Record<string, PlanSection> = {
  intakeFields: 'intakeForms',
  metadataFields: 'metadataFields',
};

function stepOf(difference: Difference, model: string): PlanStep {
  const { path, kind, weight, left, right } = difference;
  const [list = '', , below = ''] = splitPath(path);
  const section = sectionOf[below] ?? planSections.find((each) => each === list) ?? 'contractTypes';
  return {
    section,
    action: kind === 'missing' ? 'create' : kind === 'extra' ? 'remove' : 'change',
    weight,
    path,
    title: stepTitle(difference, model),
    details: kind === 'missing' ? stepDetails(left) : [],
    left,
    right,
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
