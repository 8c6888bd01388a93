import type { EventWithDeliveries } from '../../store/find.ts';
import { pluralize } from '../../text/counts.ts';
import { durationText } from '../../time/duration-text.ts';
import { HOUR_MS } from '../../time/units.ts';
import { isOfSeveral, namesOf } from './event-names.ts';
import type { Story } from './story.ts';

/** The webhooks that came, with what makes them unlike others: a late arrival, and an id that is not theirs alone. */
export function arrivedText(story: Story): string {
  const { events, hasMore } = story;
  const [first] = events;
  const count = events.length;
  const oddities = [contractsText(story), lateText(story), clashText(events)].filter((text) => text !== null);
  const more = oddities.map((text) => `, ${text}`).join('');
  if (hasMore !== false)
    return `${hasMore ? 'More than' : 'At least'} ${pluralize(count, 'webhook')} arrived and were verified${more}`;
  if (first && count === 1) {
    const times = first.deliveryCount > 1 ? ` ${first.deliveryCount.toLocaleString('en-US')} times` : '';
    return `${activityOf(first, story)} arrived${times} and was verified${more}`;
  }
  return count === 2
    ? `Both webhooks arrived and were verified${more}`
    : `${count.toLocaleString('en-US')} webhooks arrived and were verified${more}`;
}

const MAX_CONTRACTS = 3;

/** "for 250 contracts (4711, 4712, 4713 and 247 more)", of bodies that were not told by contract; null when there are none. */
function contractsText({ events, names }: Story): string | null {
  const whole = events.filter((event) => event.contract_id === null && isOfSeveral(event, names));
  const contracts = [...new Set(whole.flatMap((event) => namesOf(event, names).exact))];
  if (contracts.length < 2) return null;
  const more = contracts.length - MAX_CONTRACTS;
  const rest = more > 0 ? ` and ${more.toLocaleString('en-US')} more` : '';
  return `for ${pluralize(contracts.length, 'contract')} (${contracts.slice(0, MAX_CONTRACTS).join(', ')}${rest})`;
}

/** SpotDraft documents no time within which it delivers, ms. An hour is more than any network needs. */
const LATE_MS = HOUR_MS;

/** "26 h after it occurred"; null when all came within the hour. */
function lateText(story: Story): string | null {
  const { events } = story;
  const late = events
    .map((event) => ({ event, ms: event.received_at - (event.occurred_at ?? event.received_at) }))
    .filter(({ ms }) => ms >= LATE_MS)
    .toSorted((left, right) => right.ms - left.ms);
  const [latest] = late;
  if (!latest) return null;
  const after = durationText(latest.ms);
  if (events.length === 1) return `${after} after it occurred`;
  const which =
    late.length === 1
      ? ''
      : `${late.length < events.length ? late.length : late.length === 2 ? 'both' : 'all'} of them late, `;
  return `${which}${activityOf(latest.event, story)} ${after} after it occurred`;
}

/** A sender's event id that came with several bodies names none of them. */
function clashText(events: Story['events']): string | null {
  const [value, ...more] = new Set(events.flatMap(({ notes }) => notes.sharedIds.map((each) => each.value)));
  if (value === undefined) return null;
  const others = more.length > 0 ? ` and ${pluralize(more.length, 'more event id')}` : '';
  return `though ${value}${others} came with different bodies`;
}

export function activityOf(event: EventWithDeliveries, { names }: Pick<Story, 'names'>): string {
  if (event.activity !== null) return event.activity;
  if (event.notes.unread !== null) return 'A webhook that could not be read';
  return isOfSeveral(event, names) ? 'A webhook with several events' : 'A webhook of an unknown shape';
}
