import { lookOf } from '../text/hidden-differences.ts';
import {
  entries,
  environmentNamesIn,
  type Found,
  found,
  inside,
  isMapping,
  valueAt,
} from './parsed-values.ts';
import type { Problem } from './problem.ts';
import type { MakeProblem } from './yaml-file.ts';

/** Finds names that are used twice in one list of the file. */
export function repeatedNames(content: Record<string, unknown>, at: MakeProblem): Problem[] {
  const environments = environmentNamesIn(content);
  const lists = ['contractTypes', 'templates', 'roles', 'featureFlags'];
  return [
    ...lists.flatMap((list) => repeated(entries(content, ['requires', list]), 'name', at, inTheirSpelling)),
    ...repeated(entries(content, ['requires', 'workflows']), 'title', at, inTheirSpelling),
    ...repeated(entries(content, ['requires', 'users']), 'email', at, folded),
    ...repeated(entries(content, ['signOffs']), 'id', at, everywhere),
    ...repeated(entries(content, ['reports']), 'name', at, everywhere),
    ...environments.flatMap((name) =>
      repeated(entries(content, ['environments', name, 'receivers']), 'name', at, everywhere),
    ),
    ...['slack', 'os'].flatMap((account) => repeated(people(content), account, at, byLook)),
    ...namesThatLookAlike(content, at),
  ];
}

function people(content: Record<string, unknown>): Found[] {
  const all = found(content, ['access', 'people']);
  return isMapping(all.value) ? Object.keys(all.value).map((name) => inside(all, name)) : [];
}

function namesThatLookAlike(content: Record<string, unknown>, at: MakeProblem): Problem[] {
  const names = people(content).map(({ path }) => ({ path, look: lookOf(String(path.at(-1))) }));
  return names
    .filter(({ look }, index) => names.findIndex((other) => other.look === look) < index)
    .map(({ path }) =>
      at(path, {
        wrong: 'has a name that looks like another one',
        value: undefined,
        allowed: 'each person once, with all of their accounts',
        remedy: 'merge the two entries, or make the names different',
        at: 'key',
      }),
    );
}

interface Sameness {
  keyOf: (name: string) => string;
  rule: string;
  /** Requirements may share a name when they apply to different environments. */
  scoped: boolean;
}

/** A workspace may hold two items whose names differ in case. */
const inTheirSpelling: Sameness = {
  keyOf: (name) => name.normalize('NFC').trim(),
  rule: 'ignoring outer blanks',
  scoped: true,
};
const folded: Sameness = {
  keyOf: (name) => name.trim().toLowerCase(),
  rule: 'ignoring case and outer blanks',
  scoped: true,
};
const byLook: Sameness = { keyOf: lookOf, rule: 'letters that look alike are one', scoped: false };
const everywhere: Sameness = { ...folded, scoped: false };

function repeated(
  list: readonly Found[],
  key: string,
  at: MakeProblem,
  { keyOf, rule, scoped }: Sameness,
): Problem[] {
  const named = list.flatMap((entry) => {
    const place = typeof entry.value === 'string' ? entry : inside(entry, key);
    const environments = valueAt(entry.value, ['environments']);
    const holdsIn = scoped && Array.isArray(environments) ? environments : null;
    return typeof place.value === 'string' ? [{ ...place, same: keyOf(place.value), holdsIn }] : [];
  });
  return named.flatMap((entry, index) => {
    const earlier = named
      .slice(0, index)
      .some(({ same, holdsIn }) => same === entry.same && overlap(holdsIn, entry.holdsIn));
    if (!earlier) return [];
    const wrong = 'is used twice';
    const allowed = `each ${key} once in its list, ${rule}`;
    return [
      at(entry.path, { wrong, value: entry.value, allowed, remedy: 'rename it, or merge the two entries' }),
    ];
  });
}

const overlap = (left: readonly unknown[] | null, right: readonly unknown[] | null): boolean =>
  left === null || right === null || left.some((name) => right.includes(name));
