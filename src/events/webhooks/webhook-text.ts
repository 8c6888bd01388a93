import type { Registration } from '../../store/webhook-registrations.ts';

/** A `webhooks` command as a person types it, on every surface. */
export const webhooksCommand = (words: string): string => `npm run -s envcheck -- webhooks ${words}`;

export const SPOTDRAFT_SETTINGS = 'Settings → Developer settings';

/** The next step for a webhook that SpotDraft created and does not use. */
export const switchOn = ({ webhookId }: Pick<Registration, 'webhookId'>, environment: string): string =>
  `Switch it on in SpotDraft's ${SPOTDRAFT_SETTINGS}, then note that it is active: ${webhooksCommand(`note ${environment} ${webhookId}`)}`;

export const LIST_NOTE = `SpotDraft's API cannot list webhooks. This list has only those registered or noted here. For all webhooks, see SpotDraft's ${SPOTDRAFT_SETTINGS}.`;

/** Some of the names, and how many more there are. */
export function shortList(names: readonly string[], most: number): string {
  if (names.length <= most) return names.join(', ');
  const shown = names.slice(0, most - 1);
  return `${shown.join(', ')} and ${names.length - shown.length} more`;
}
