import type { Environment } from '../../config/config.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { durationText } from '../../time/duration-text.ts';
import type { Arrival } from './arrival.ts';
import { SPOTDRAFT_SETTINGS } from './webhook-text.ts';

/** The result of a re-trigger, and the next step when nothing arrived. */
export function arrivalText(
  arrival: Arrival,
  environment: Environment,
): { summary: string; remedy: string | null } {
  const label = environmentLabel(environment);
  if (arrival.kind === 'arrived') {
    const { delivery, again, afterMs } = arrival;
    const what = delivery.activity ?? 'an event of an unknown shape';
    const how = again
      ? `the same ${what} as before, once more`
      : `${what}, which the log did not have before: the call in other words, or something new`;
    return {
      summary: `Delivery ${delivery.id} arrived in ${label} ${durationText(afterMs)} after the call: ${how} (${delivery.eventId}).`,
      remedy: null,
    };
  }
  const { waitedMs, refused, isRegistered } = arrival;
  const none = `No delivery of this contract arrived in ${label} within ${durationText(waitedMs)}.`;
  if (refused > 0)
    return {
      summary: `${none} ${refused} ${refused === 1 ? 'delivery was' : 'deliveries were'} refused meanwhile.`,
      remedy: `/envcheck events ${environment.name} --failed`,
    };
  return {
    summary: none,
    remedy: isRegistered
      ? `Check in SpotDraft (${SPOTDRAFT_SETTINGS}) that the webhook of ${label} is active and has this activity: SpotDraft disables it after failures`
      : `Envcheck knows no webhook for ${label}. List them: /envcheck webhooks ${environment.name}`,
  };
}
