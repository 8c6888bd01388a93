import { entries, type Found, inside, items } from './parsed-values.ts';
import { didYouMean, type Problem } from './problem.ts';
import type { MakeProblem } from './yaml-file.ts';

/** Names of the values of an item, and the lists below it. */
interface Shape {
  values: readonly string[];
  lists: Readonly<Record<string, Shape>>;
}

const leaf: Shape = { values: [], lists: {} };
const field: Shape = {
  values: ['type', 'required', 'parentRequired', 'defaultValue', 'label'],
  lists: { options: { values: ['label'], lists: {} } },
};
const step = ['order', 'conditional'];

/** The places in which `diff` finds differences. */
export const comparedLists: Shape['lists'] = {
  contractTypes: {
    values: [],
    lists: {
      entities: { values: ['isPrimary'], lists: {} },
      intakeFields: field,
      metadataFields: field,
    },
  },
  entities: { values: ['referenceId', 'isPrimary'], lists: {} },
  templates: { values: ['contractType', 'counterPartyKind'], lists: { fields: field, tags: leaf } },
  workflows: {
    values: ['status', 'unpublishedChanges'],
    lists: {
      signatories: { values: [...step, 'conditionalRouting'], lists: {} },
      approvals: { values: [...step, 'role'], lists: {} },
    },
  },
  roles: leaf,
  users: { values: ['active'], lists: { roles: leaf } },
  featureFlags: leaf,
  webhooks: leaf,
};

/** The names that identify an item: a rename is a difference of it. */
const IDENTITY = ['name', 'variable', 'title', 'email', 'value', 'party'];

/** All places, with `*` for the names of items. */
const placesOf = (lists: Shape['lists'], above = ''): string[] =>
  Object.entries(lists).flatMap(([name, shape]) => {
    const item = `${above}${name}/*`;
    return [
      `${above}${name}`,
      item,
      ...[...IDENTITY, ...shape.values].map((value) => `${item}/${value}`),
      ...placesOf(shape.lists, `${item}/`),
    ];
  });

const places = placesOf(comparedLists).map((place) => place.toLowerCase());

/** Finds patterns of `covers` and `drift.ignore` that no difference can match: they would protect or hide nothing. */
export function patternsThatFitNothing(content: Record<string, unknown>, at: MakeProblem): Problem[] {
  const covers = entries(content, ['signOffs']).flatMap((signOff) => {
    const { path, value } = inside(signOff, 'covers');
    return items(value, path);
  });
  const ignored = entries(content, ['drift', 'ignore']).map((rule) => inside(rule, 'path'));
  return [
    ...covers.flatMap((found) => patternProblems(found, 'one', at)),
    ...ignored.flatMap((found) => patternProblems(found, 'any', at)),
  ];
}

/** `stars`: `one` when `*` stays within one name. */
function patternProblems({ path, value }: Found, stars: 'one' | 'any', at: MakeProblem): Problem[] {
  if (typeof value !== 'string' || value.trim() === '') return [];
  if (/~(?![012])/.test(value))
    return [
      at(path, {
        wrong: 'has a ~ that stands for nothing, so it matches no difference',
        value,
        allowed: '~0 for a ~, ~1 for a / and ~2 for a * in a name',
        remedy: 'copy the path as diff prints it',
      }),
    ];
  const pattern = value.replace(/\/+$/, '').normalize('NFC').toLowerCase();
  if (places.some((place) => fits(pattern, place, stars === 'any'))) return [];
  const [first = ''] = value.split('/').filter((part) => part !== '');
  const lists = Object.keys(comparedLists);
  const meant = lists.includes(first) ? null : didYouMean(first, lists);
  return [
    at(path, {
      wrong: `is no place of a difference, so it matches none${meant === null ? '' : `; did you mean ${meant}?`}`,
      value,
      allowed: `a path that begins with ${lists.join(', ')}, then names of items and parts of them in turn, such as templates/NDA/fields/term/required`,
      remedy: 'copy a path as diff prints it, without a / before it',
    }),
  ];
}

/** True when some text matches both: the pattern, and the place, whose `*` is any one name. */
function fits(pattern: string, place: string, starsCross: boolean): boolean {
  // `reached` holds the positions in the place to which the pattern read so far can lead.
  let reached = withEmptyNames(new Set([0]), place);
  for (const mark of pattern) {
    const next = new Set<number>();
    for (const at of reached) {
      if (mark !== '*') {
        if (place[at] === '*' && mark !== '/') next.add(at);
        else if (place[at] === mark) next.add(at + 1);
        continue;
      }
      for (let to = at; to <= place.length; to += 1) {
        next.add(to);
        if (place[to] === '/' && !starsCross) break;
      }
    }
    reached = withEmptyNames(next, place);
  }
  return reached.has(place.length);
}

/** A name may end here. */
const withEmptyNames = (reached: ReadonlySet<number>, place: string): Set<number> =>
  new Set([...reached].flatMap((at) => (place[at] === '*' ? [at, at + 1] : [at])));
