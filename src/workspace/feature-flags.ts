/**
 * Flags that a feature-flags answer shows as on or off. The answer's shape is not documented: booleans are read at the top
 * and one level down, and the top wins. Other content, such as times or an echo of the request, is ignored.
 */
export function featureFlagsIn(answer: unknown): Record<string, boolean> {
  if (!isRecord(answer)) return {};
  const groups = [answer, ...Object.values(answer).filter(isRecord)];
  // The last entry of a name wins.
  return Object.fromEntries(
    groups
      .toReversed()
      .flatMap((group) => Object.entries(group))
      .filter((entry): entry is [string, boolean] => typeof entry[1] === 'boolean'),
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
