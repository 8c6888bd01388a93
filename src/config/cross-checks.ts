import { patternsThatFitNothing } from './difference-paths.ts';
import { environmentNamePattern, reservedWords } from './environment-name.ts';
import {
  entries,
  environmentNamesIn,
  type Found,
  found,
  inside,
  isMapping,
  items,
  valueAt,
} from './parsed-values.ts';
import { didYouMean, type Problem } from './problem.ts';
import { repeatedNames } from './repeated-names.ts';
import { loggingSignOffIds } from './requirements.ts';
import { valueKinds } from './value-kinds.ts';
import type { MakeProblem } from './yaml-file.ts';

/**
 * Checks that concern more than one value: names of environments, references to them, names used twice. They work on the
 * file as parsed and skip values of the wrong shape, so that they also find problems where the schema already found some.
 */
export function crossChecks(content: Record<string, unknown>, at: MakeProblem): Problem[] {
  return [
    ...environmentNames(content, at),
    ...formerNames(content, at),
    ...environmentReferences(content, at),
    ...pairsOfTwo(content, at),
    ...repeatedNames(content, at),
    ...repeatedValues(content, at),
    ...isolationFromItself(content, at),
    ...maintenanceWindows(content, at),
    ...reservedSignOffs(content, at),
    ...promotionOfItself(content, at),
    ...patternsThatFitNothing(content, at),
  ];
}

function environmentNames(content: Record<string, unknown>, at: MakeProblem): Problem[] {
  const { environments } = content;
  if (!isMapping(environments)) return [];
  const names = Object.keys(environments);
  if (names.length === 0) {
    return [
      at(['environments'], {
        wrong: 'names no environment',
        value: environments,
        ...valueKinds.environmentMap,
      }),
    ];
  }
  const problem = (name: string, wrong: string): Problem =>
    at(['environments', name], { wrong, value: undefined, ...valueKinds.environmentName, at: 'key' });
  return names.flatMap((name) => {
    if (reservedWords.has(name)) return [problem(name, 'has the name of a command or option')];
    return environmentNamePattern.test(name) ? [] : [problem(name, 'has a name that is not allowed')];
  });
}

/** Finds former names that an environment still has, or that two environments claim. */
function formerNames(content: Record<string, unknown>, at: MakeProblem): Problem[] {
  const environments = environmentNamesIn(content);
  const claims = environments.flatMap((name) =>
    entries(content, ['environments', name, 'formerly']).map(({ path, value }) => ({ name, path, value })),
  );
  return claims.flatMap(({ name, path, value }) => {
    const other = claims.find((claim) => claim.value === value && claim.name !== name);
    const isNamed = typeof value === 'string' && environments.includes(value);
    if (!isNamed && !other) return [];
    return [
      at(path, {
        wrong: isNamed ? 'is still an environment of this file' : `is claimed by ${other?.name} too`,
        value,
        allowed: 'a name that no environment of this file has, claimed by one of them',
        remedy: isNamed
          ? `remove environments.${value}, or this name`
          : 'leave it with the one that had this name',
      }),
    ];
  });
}

const scopedLists = ['contractTypes', 'templates', 'workflows', 'roles', 'users', 'featureFlags'] as const;

/** Every list of environments in the file. */
function environmentLists(content: Record<string, unknown>): Found[] {
  return [
    ...entries(content, ['drift', 'pairs']),
    ...entries(content, ['reports']).map((report) => inside(report, 'environments')),
    ...['signOffs', 'notApplicable'].flatMap((list) =>
      entries(content, [list]).map((entry) => inside(entry, 'environments')),
    ),
    ...scopedLists.flatMap((list) =>
      entries(content, ['requires', list]).map((entry) => inside(entry, 'environments')),
    ),
    ...isolations(content).map(({ list }) => list),
  ];
}

/** The `with` of each isolation, and the environment whose receiver declares it. */
function isolations(content: Record<string, unknown>): { name: string; list: Found }[] {
  const environments = environmentNamesIn(content);
  return environments.flatMap((name) =>
    entries(content, ['environments', name, 'receivers']).map((receiver) => ({
      name,
      list: inside(inside(receiver, 'isolation'), 'with'),
    })),
  );
}

function isolationFromItself(content: Record<string, unknown>, at: MakeProblem): Problem[] {
  return isolations(content).flatMap(({ name, list }) =>
    items(list.value, list.path)
      .filter(({ value }) => value === name)
      .map(({ path, value }) =>
        at(path, {
          wrong: 'is the environment of this receiver itself',
          value,
          allowed: 'the other environments that it serves',
          remedy: 'name the environments that share it with this one',
        }),
      ),
  );
}

function environmentReferences(content: Record<string, unknown>, at: MakeProblem): Problem[] {
  const known = environmentNamesIn(content);
  if (known.length === 0) return [];
  return [
    ...environmentLists(content).flatMap(({ path, value }) => items(value, path)),
    ...['from', 'to'].map((side) => found(content, ['promotion', side])),
  ]
    .filter(({ value }) => typeof value === 'string' && !known.includes(value))
    .map(({ path, value }) => {
      const meant = didYouMean(String(value), known);
      return at(path, {
        wrong: 'is not an environment of this file',
        value,
        allowed: known.join(', '),
        remedy: meant === null ? valueKinds.environment.remedy : `did you mean ${meant}?`,
      });
    });
}

function pairsOfTwo(content: Record<string, unknown>, at: MakeProblem): Problem[] {
  return entries(content, ['drift', 'pairs'])
    .filter(({ value }) => Array.isArray(value) && typeof value[0] === 'string' && value[0] === value[1])
    .map(({ path, value }) =>
      at(path, { wrong: 'compares an environment with itself', value, ...valueKinds.pair }),
    );
}

/** Finds values that are listed twice where that can only be a mistake. */
function repeatedValues(content: Record<string, unknown>, at: MakeProblem): Problem[] {
  const environments = environmentNamesIn(content);
  const lists: Found[] = [
    ...environmentLists(content).filter(({ path }) => path[1] !== 'pairs'),
    ...environments.flatMap((name) => [
      found(content, ['environments', name, 'webhooks', 'activities']),
      found(content, ['environments', name, 'formerly']),
    ]),
    ...entries(content, ['reports']).map((report) => inside(report, 'sections')),
    ...windowsOf(content).map((window) => inside(window, 'days')),
  ];
  return lists.flatMap(({ path, value: list }) =>
    items(list, path)
      .filter(({ value }, index, all) => all.findIndex((other) => other.value === value) < index)
      .map((item) =>
        at(item.path, {
          wrong: 'is listed twice',
          value: item.value,
          allowed: 'each value once in its list',
          remedy: 'remove one of the two',
        }),
      ),
  );
}

const windowsOf = (content: Record<string, unknown>): Found[] =>
  environmentNamesIn(content).flatMap((name) => entries(content, ['environments', name, 'maintenance']));

/** Checks that the times of a window fit its kind, weekly or once, and that it ends after it begins. */
function maintenanceWindows(content: Record<string, unknown>, at: MakeProblem): Problem[] {
  return windowsOf(content).flatMap((window) => {
    const [from, until] = [inside(window, 'from'), inside(window, 'until')];
    const isWeekly = valueAt(window.value, ['days']) !== undefined;
    const zone = inside(window, 'timezone');
    const misplaced = [from, until].filter(
      ({ value }) => typeof value === 'string' && /^\d\d:/.test(value) !== isWeekly && /^\d/.test(value),
    );
    const wrong = isWeekly
      ? 'is not a time of day, although the window has days'
      : 'is a time of day, although the window has no days';
    const problems = misplaced.map(({ path, value }) =>
      at(path, { wrong, value, ...valueKinds.maintenanceTime }),
    );
    if (!isWeekly && zone.value !== undefined)
      problems.push(
        at(zone.path, {
          wrong: 'is in a window without days',
          value: zone.value,
          allowed: 'a time zone together with days; without days the zone is part of the time',
          remedy: 'remove it, or add days',
        }),
      );
    if (misplaced.length === 0 && endsBeforeItBegins(from.value, until.value, isWeekly))
      problems.push(
        at(until.path, {
          wrong: isWeekly ? 'is the same as from' : 'is not after from',
          value: until.value,
          allowed: isWeekly ? 'a different time of day from that in from' : 'a time after from',
          remedy: 'correct one of the two',
        }),
      );
    return problems;
  });
}

/** In a weekly window, an end that is earlier than its beginning is on the next day. */
function endsBeforeItBegins(from: unknown, until: unknown, isWeekly: boolean): boolean {
  if (typeof from !== 'string' || typeof until !== 'string') return false;
  return isWeekly ? from === until : Date.parse(until) <= Date.parse(from);
}

/** Finds sign-offs with the ids of those that `requires.logging` adds. */
function reservedSignOffs(content: Record<string, unknown>, at: MakeProblem): Problem[] {
  const reserved: string[] = Object.values(loggingSignOffIds);
  return entries(content, ['signOffs'])
    .map((signOff) => inside(signOff, 'id'))
    .filter(({ value }) => typeof value === 'string' && reserved.includes(value))
    .map(({ path, value }) =>
      at(path, {
        wrong: 'is the id of a sign-off that requires.logging adds',
        value,
        allowed: `any other id than ${reserved.join(' and ')}`,
        remedy: 'rename it, or remove it and set requires.logging to signOff',
      }),
    );
}

/** Finds a production environment that is its own model. */
function promotionOfItself(content: Record<string, unknown>, at: MakeProblem): Problem[] {
  const [from, to] = ['from', 'to'].map((side) => found(content, ['promotion', side]));
  const isProduction = valueAt(content, ['environments', String(from?.value), 'production']) === true;
  if (!from || typeof from.value !== 'string' || !(from.value === to?.value || isProduction)) return [];
  return [
    at(from.path, {
      wrong: from.value === to?.value ? 'is its own model' : 'is a production environment',
      value: from.value,
      allowed: 'the environment in which the integration is validated, which is not production',
      remedy: 'name that one, or remove from: the default is the left side of the drift pair',
    }),
  ];
}
