import type { Database } from '../../store/database.ts';
import { missingByNumber } from '../../store/missing-events.ts';
import { registrationsById } from '../../store/webhook-registrations.ts';
import { labelIn } from '../../text/environment-label.ts';
import { dayText } from '../../time/date-time-text.ts';

/** Ids of Envcheck that are not in the log of events, by their prefix: what has them, and where it is shown. */
const forms: Record<string, [what: string, where: string]> = {
  wvr: ['a waiver', '`waivers` lists them'],
  mrk: ['an incident mark', '`keep` without an id lists them'],
  sgn: ['a signature', '`checklist` and the go-live record show them'],
  ack: ['an acknowledgement of failures', '`failures` shows them'],
  sub: ['a subscription', '`subscriptions` lists them'],
  ntc: ['a notice in Slack', '`failures` shows what it is about'],
  obx: ['a message to Slack', "Envcheck's own log names it when it could not be posted"],
  prb: [
    'a probe that Envcheck sent to a receiver of the integration',
    '`webhooks.receivers` in a report shows the answers',
  ],
  err: ['an unexpected error of Envcheck', "search for it in Envcheck's own log"],
};

/** Sentences about an id of Envcheck itself; null for any other. Such an id is in no delivery. */
export async function explainOwnId(
  db: Database,
  query: string,
  environments: readonly { name: string; production: boolean }[],
): Promise<string[] | null> {
  const form = forms[/^([a-z]{3})_[0-9a-z]{10,26}$/i.exec(query)?.[1]?.toLowerCase() ?? ''];
  if (form) return [`“${query}” is the id of ${form[0]}: ${form[1]}.`];
  if (!/^\d{1,15}$/.test(query)) return null;
  const [missing] = await missingByNumber(db, query);
  if (missing)
    return [
      `SpotDraft shows ${query} in the link of ${missing.contract} in ${labelIn(environments, missing.environment)}, whose ${missing.activity} did not arrive.`,
      `Search for ${missing.contract}.`,
    ];
  const webhooks = await registrationsById(db, Number(query));
  if (webhooks.length === 0) return null;
  return webhooks.map(
    ({ environment, state, registeredAt }) =>
      `${query} is the id of a webhook that Envcheck knows in ${labelIn(environments, environment)} (${state}, since ${dayText(registeredAt)}). No contract with this number is in the log.`,
  );
}
