/** A `webhooks` command as a person types it, on every surface. */
export const webhooksCommand = (words: string): string => `npm run -s envcheck -- webhooks ${words}`;

export const SPOTDRAFT_SETTINGS = 'Settings → Developer settings';

export const LIST_NOTE = `SpotDraft has no list of webhooks to read: these were registered or noted here. All of them are in its ${SPOTDRAFT_SETTINGS}.`;

/** Some of the names, and how many more there are. */
export function shortList(names: readonly string[], most: number): string {
  if (names.length <= most) return names.join(', ');
  const shown = names.slice(0, most - 1);
  return `${shown.join(', ')} and ${names.length - shown.length} more`;
}
