/**
 * What a feature-flags answer says is on or off. Its shape is not documented: a map of booleans is read at the top or one
 * level down, the top first. Whatever else it holds, say times or what was sent, is nobody's configuration.
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
