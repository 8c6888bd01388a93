import { isSameEndpoint, maskedUrl } from '../config/webhook-url.ts';
import type { LogFacts } from '../events/log/log-facts.ts';

type Registered = LogFacts['registered'][number];

/** Webhooks with this URL that were registered or noted here and not deleted. SpotDraft's API cannot list webhooks. */
export const registeredFor = (registered: readonly Registered[], url: string): Registered[] =>
  registered.filter((each) => each.state !== 'deleted' && each.url !== null && isSameEndpoint(each.url, url));

/** True when two of these webhooks deliver the same activity to this URL, so that one event arrives twice. */
export function deliversTwice(registered: readonly Registered[], url: string): boolean {
  const own = registeredFor(registered, url).filter(({ state }) => state !== 'disabled');
  return own.some(({ activities }, index) =>
    own
      .slice(index + 1)
      .some(
        (other) =>
          activities === null || (other.activities?.some((each) => activities.includes(each)) ?? true),
      ),
  );
}

/** Next step when an activity does not arrive, from the registrations made here; null when none of them is for this URL. */
export function registrationRemedy(
  registered: readonly Registered[],
  url: string,
  activity: string,
): string | null {
  const own = registeredFor(registered, url);
  const including = own.find(({ activities }) => activities === null || activities.includes(activity));
  const [first] = including ? [including] : own;
  if (!first) return null;
  const name = `Webhook ${first.webhookId ?? 'without a known id'}, registered for ${maskedUrl(url)} on ${new Date(first.registeredAt).toISOString().slice(0, 10)},`;
  const settings = 'SpotDraft (Settings, Developer settings)';
  if (!including) {
    const replace = `delete it and register it again: /envcheck webhooks ${first.environment}`;
    return `${name} does not include ${activity}: ${first.webhookId === null ? 'register one that does' : replace}`;
  }
  if (first.state === 'disabled') return `${name} is disabled: switch it on in ${settings}`;
  if (first.state === 'unknown')
    return `${name} is not confirmed by SpotDraft: check in ${settings} that it exists and is active`;
  const includes = first.activities === null ? 'is known' : `includes ${activity}`;
  return `${name} ${includes}: check in ${settings} that it is still active. Then take a test contract through ${activity}`;
}
