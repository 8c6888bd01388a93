/** A `webhooks` command as a person types it, on every surface. */
export const webhooksCommand = (words: string): string => `npm run -s envcheck -- webhooks ${words}`;

export const SPOTDRAFT_SETTINGS = 'Settings → Developer settings';

export const LIST_NOTE = `SpotDraft's API cannot list webhooks. This list has only those registered or noted here. For all webhooks, see SpotDraft's ${SPOTDRAFT_SETTINGS}.`;

/** Some of the names, and how many more there are. */
export function shortList(names: readonly string[], most: number): string {
  if (names.length <= most) return names.join(', ');
  const shown = names.slice(0, most - 1);
  return `${shown.join(', ')} and ${names.length - shown.length} more`;
}
