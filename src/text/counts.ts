export const pluralize = (count: number, one: string, several = `${one}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : several}`;

/** The sum of both counts of each key. */
export const addCounts = <Key extends string>(
  left: Partial<Record<Key, number>>,
  right: Partial<Record<Key, number>>,
): Partial<Record<Key, number>> => {
  const sums = { ...left };
  for (const key of Object.keys(right) as Key[]) sums[key] = (sums[key] ?? 0) + (right[key] ?? 0);
  return sums;
};
