import type { Path } from './problem.ts';

export const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at a path of the parsed file; undefined when there is none. Reads own keys only. */
export function valueAt(content: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, step)
        ? (value as Record<string | number, unknown>)[step]
        : undefined,
    content,
  );
}

/** Names of the environments in the parsed file; empty when it has none. */
export const environmentNamesIn = ({ environments }: Record<string, unknown>): string[] =>
  isMapping(environments) ? Object.keys(environments) : [];

/** A place of the file and its value; undefined when there is none. */
export interface Found {
  path: Path;
  value: unknown;
}

export const found = (content: unknown, path: Path): Found => ({ path, value: valueAt(content, path) });

export const inside = (entry: Found, key: string): Found => ({
  path: [...entry.path, key],
  value: valueAt(entry.value, [key]),
});

export const items = (list: unknown, path: Path): Found[] =>
  Array.isArray(list) ? list.map((value, index) => ({ path: [...path, index], value })) : [];

export const entries = (content: unknown, path: Path): Found[] => items(valueAt(content, path), path);
