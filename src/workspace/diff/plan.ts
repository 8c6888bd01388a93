import { canonicalJson } from '../../text/canonical-json.ts';
import { areNear, sameName } from '../names.ts';
import type { Comparison, Difference, NotCompared, Weight } from './difference.ts';
import { segment, splitPath } from './path.ts';
import { orRename, stepDetails, stepTitle } from './plan-text.ts';

/** In the order in which SpotDraft needs them: items of a section refer to items of the sections before it. */
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

/** One step for a person in the right environment. */
export interface PlanStep {
  section: PlanSection;
  /** ensure: the item may exist already, which the API does not show. */
  action: 'ensure' | 'create' | 'change' | 'remove';
  weight: Weight;
  path: string;
  title: string;
  /** Content of the item to create, one line each. */
  details: string[];
  left: unknown;
  right: unknown;
}

/**
 * Steps that make the right environment match the left one: first what to create and change, then what to remove. `entities`
 * are the names of all entities of the right one; null when they are not known.
 */
export function planOf(
  { differences }: Comparison,
  model: string,
  entities: readonly string[] | null,
): PlanStep[] {
  const others = possibleRenames(differences);
  const found = differences.filter((each) => !isEntitySpelling(each)).flatMap(expanded);
  const steps = [
    ...entitySteps(found, others, entities ?? []),
    ...entitySpellings(differences),
    ...found.map((each) => stepOf(each, model, others.get(each.path) ?? [])),
  ];
  const inOrder = (section: PlanSection) => {
    const own = steps.filter((step) => step.section === section);
    // Later steps use the new names.
    return [...own.filter(isRename), ...own.filter((step) => !isRename(step))];
  };
  return [
    ...planSections.flatMap(inOrder).filter(({ action }) => action !== 'remove'),
    // An item that refers to others is removed before them.
    ...planSections
      .toReversed()
      .flatMap(inOrder)
      .filter(({ action }) => action === 'remove'),
  ];
}

const isRename = ({ action, path }: PlanStep): boolean =>
  action === 'change' && /^[^/]*\/[^/]*\/(?:name|title)$/.test(path);

const detailLists = ['entities', 'metadataFields', 'intakeFields'] as const;

/** Splits a missing contract type: the type is created first, its fields later in sections of their own. */
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
      path: `${path}/${name}/${segment(String(isRecord(item) ? (item.variable ?? item.name) : item))}`,
      left: item,
    }));
  });
  return [{ ...difference, left: left.name }, ...parts];
}

/** Steps for entities that a contract type lacks, where neither the workspace has them nor another step creates or renames them. */
function entitySteps(
  differences: Difference[],
  others: PossibleRenames,
  existing: readonly string[],
): PlanStep[] {
  const steps = new Map<string, PlanStep>();
  const paths = new Set(differences.map(({ path }) => path));
  const comes = (entity: string) =>
    [`entities/${segment(entity)}`, `entities/${segment(entity)}/name`].some((path) => paths.has(path)) ||
    existing.some((name) => sameName(name, entity));
  for (const { path, kind, weight } of differences) {
    const [, , list, entity, ...below] = splitPath(path);
    if (list !== 'entities' || kind !== 'missing' || entity === undefined || below.length > 0) continue;
    if (comes(entity)) continue;
    steps.set(entity, {
      section: 'entities',
      action: 'ensure',
      weight,
      path: `entities/${segment(entity)}`,
      title: `Make sure that the entity “${entity}” exists${orRename(entity, others.get(path) ?? [])}`,
      details: [],
      left: entity,
      right: null,
    });
  }
  return [...steps.values()];
}

/** An entity in another spelling is renamed once, in the workspace. */
function isEntitySpelling({ path, kind }: Difference): boolean {
  const [, , list, , value] = splitPath(path);
  return list === 'entities' && kind === 'changed' && value === 'name';
}

function entitySpellings(differences: readonly Difference[]): PlanStep[] {
  return differences.filter(isEntitySpelling).map(({ weight, left, right }): PlanStep => {
    const path = `entities/${segment(String(left))}/name`;
    const title = stepTitle({ path, kind: 'changed', weight, left, right }, '', []);
    return { section: 'entities', action: 'change', weight, path, title, details: [], left, right };
  });
}

const sectionOf: Record<string, PlanSection> = {
  intakeFields: 'intakeForms',
  metadataFields: 'metadataFields',
};

function stepOf(difference: Difference, model: string, others: string[]): PlanStep {
  const { path, kind, weight, left, right } = difference;
  const [list = '', , below = ''] = splitPath(path);
  const section = sectionOf[below] ?? planSections.find((each) => each === list) ?? 'contractTypes';
  return {
    section,
    action: kind === 'missing' ? 'create' : kind === 'extra' ? 'remove' : 'change',
    weight,
    path,
    title: stepTitle(difference, model, others),
    details:
      kind === 'missing' ? [...stepDetails(left), ...(list === 'templates' && !below ? [RESTORE] : [])] : [],
    left,
    right,
  };
}

/** The list of templates has the published ones only. */
const RESTORE =
  'if it is archived, restore and publish it instead: a comparison reads published templates only';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Heading of each section. */
export const sectionTitles: Record<PlanSection, string> = {
  entities: 'Entities',
  roles: 'Roles',
  users: 'Members',
  featureFlags: 'Feature flags',
  contractTypes: 'Contract types',
  metadataFields: 'Metadata fields',
  intakeForms: 'Intake forms',
  templates: 'Templates',
  workflows: 'Workflows',
  webhooks: 'Webhooks',
};

/** "3 steps, 2 of them for what is breaking; 1 accepted difference left out; 1 place could not be compared" */
export function planCounts(
  steps: readonly PlanStep[],
  unknown: readonly NotCompared[],
  accepted: number,
): string {
  const breaking = steps.filter(({ weight }) => weight === 'breaking').length;
  const todo =
    steps.length === 0
      ? 'Nothing to do'
      : `${steps.length} ${steps.length === 1 ? 'step' : 'steps'}, ${breaking} of them for what is breaking`;
  const left = `${accepted} accepted ${accepted === 1 ? 'difference' : 'differences'} left out`;
  const found = accepted === 0 ? todo : `${todo}; ${left}`;
  if (unknown.length === 0) return found;
  return `${found}; ${unknown.length} ${unknown.length === 1 ? 'place' : 'places'} could not be compared`;
}

/** Names of items on the other side that may be the item at a path, by the path of a missing or extra item. */
type PossibleRenames = ReadonlyMap<string, string[]>;

/** Lists whose items cannot be renamed: their names are given. */
const GIVEN = new Set(['users', 'featureFlags', 'webhooks']);
const MOST_OFFERED = 3;

/**
 * Finds missing items that an extra one in the same list may be under another name: the names are near, or all of the content
 * is equal. That is a question for a person; where the answer is certain, the comparison has a rename already.
 */
function possibleRenames(differences: readonly Difference[]): PossibleRenames {
  const found = new Map<string, string[]>();
  const lists = Map.groupBy(
    differences.filter(({ kind, path }) => kind !== 'changed' && !GIVEN.has(splitPath(path)[0] ?? '')),
    ({ path }) => path.slice(0, path.lastIndexOf('/')),
  );
  const note = (path: string, name: string): void => {
    const names = found.get(path) ?? [];
    if (names.length < MOST_OFFERED && !names.includes(name)) found.set(path, [...names, name]);
  };
  for (const list of lists.values()) {
    const extra = list.filter(({ kind }) => kind === 'extra');
    for (const one of list.filter(({ kind }) => kind === 'missing'))
      for (const other of extra.filter((each) => mayBeOne(one, each))) {
        note(one.path, nameIn(other.path));
        note(other.path, nameIn(one.path));
      }
  }
  return found;
}

const nameIn = (path: string): string => splitPath(path).at(-1) ?? '';

function mayBeOne({ path, left }: Difference, other: Difference): boolean {
  if (areNear(nameIn(path), nameIn(other.path))) return true;
  const [one, two] = [contentOf(left), contentOf(other.right)];
  return one !== null && one === two;
}

const NAMES = new Set(['name', 'title', 'variable', 'value']);

/** Everything but the name, as canonical JSON; null when there is nothing else, which would be equal for all. */
function contentOf(item: unknown): string | null {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return null;
  const rest = Object.entries(item).filter(([key, value]) => !NAMES.has(key) && !isNothing(value));
  const tells = rest.some(([key, value]) => Array.isArray(value) || key === 'label');
  return tells ? canonicalJson(Object.fromEntries(rest)) : null;
}

const isNothing = (value: unknown): boolean => value === null || (Array.isArray(value) && value.length === 0);
