import type { Environment } from '../../config/config.ts';
import type { WriteOutcome } from '../../spotdraft/interpret-write.ts';
import type { Registration } from '../../store/webhook-registrations.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { refusedWithoutRequest, type WebhookResult } from './act.ts';
import { SPOTDRAFT_SETTINGS, switchOn, webhooksCommand } from './webhook-text.ts';

export type CreateOutcome = WriteOutcome<{ id: number; status?: string | null | undefined }>;

/** null when no webhook of this URL has one of the activities. One without activities, or with unknown ones, may have all. */
export function alreadyRegistered(
  ofUrl: Registration[],
  activities: string[],
  environment: Environment,
): WebhookResult | null {
  const label = environmentLabel(environment);
  const { name } = environment;
  const shared = (rival: Registration) => activities.filter((each) => rival.activities?.includes(each));
  const rivals = ofUrl.filter(
    (each) => activities.length === 0 || !each.activities?.length || shared(each).length > 0,
  );
  if (rivals.length === 0) return null;
  const rival = rivals.find(({ state }) => state === 'active') ?? rivals[0] ?? null;
  const twice = (rival && shared(rival).join(', ')) || 'every event';
  const since = rival ? new Date(rival.registeredAt).toISOString() : '';
  if (rival?.state === 'active')
    return refusedWithoutRequest(
      `This URL is registered in ${label} already, as webhook ${rival.webhookId}. A second one would deliver ${twice} twice.`,
      `To replace it: ${webhooksCommand(`delete ${name} ${rival.webhookId}`)}, then register. To have both: ${webhooksCommand(`register ${name} --again`)}`,
      rival,
    );
  if (rival?.state === 'disabled')
    return refusedWithoutRequest(
      `This URL is registered in ${label} already, as webhook ${rival.webhookId}, which was not active on ${since}.`,
      switchOn(rival, name),
      rival,
    );
  return refusedWithoutRequest(
    `This URL may be registered in ${label}: the state of an attempt of ${since} is unknown.`,
    lookUp(name),
    rival,
  );
}

const lookUp = (name: string): string =>
  `SpotDraft cannot list webhooks: look in ${SPOTDRAFT_SETTINGS}. If it is there: ${webhooksCommand(`note ${name} <its id>`)}. If not: ${webhooksCommand(`register ${name} --again`)}`;

/** State of a new webhook. Three statuses are documented; any but ACTIVE delivers nothing. */
export const createdState = (status: string | null | undefined): 'active' | 'disabled' | 'unknown' =>
  status ? (status === 'ACTIVE' ? 'active' : 'disabled') : 'unknown';

export function describeRegister(
  written: CreateOutcome,
  environment: Environment,
): Pick<WebhookResult, 'kind' | 'summary' | 'remedy'> & { act: string } {
  const label = environmentLabel(environment);
  switch (written.kind) {
    case 'done': {
      const { id, status } = written.value;
      const isActive = createdState(status) === 'active';
      const said = status ? `SpotDraft says that it is ${status}` : 'SpotDraft does not say its status';
      return {
        act: 'webhook.register',
        kind: 'done',
        summary: `Registered in ${label} as webhook ${id}${isActive ? '.' : `, which is not known to be active: ${said}.`}`,
        remedy: isActive ? null : switchOn({ webhookId: id }, environment.name),
      };
    }
    case 'refused':
      return {
        act: 'webhook.register_refused',
        kind: 'refused',
        summary: `Nothing was registered in ${label}. ${written.reason}`,
        remedy: refusalRemedy(written.status),
      };
    case 'lost':
      return {
        act: 'webhook.register_lost',
        kind: 'lost',
        summary: `A webhook may have been created in ${label}, or not. ${written.reason}`,
        remedy: lookUp(environment.name),
      };
  }
}

export function refusalRemedy(status: number | null): string {
  if (status === null) return 'Check that this machine can reach SpotDraft, then try again';
  if (status === 401) return 'Correct the credentials of this environment';
  if (status === 403) return 'Give the user of these credentials the permission Developer Settings';
  if (status === 429) return 'Try again in a minute; Envcheck does not retry automatically';
  if (status < 400) return 'Correct baseUrl in the config; redirects are never followed';
  return 'Correct what SpotDraft names, then try again';
}

/** The text for a registration that SpotDraft answered and the store could not record. */
export function unrecordedRegister(
  written: CreateOutcome,
  environment: Environment,
): { said: string; remedy: string } {
  const { name } = environment;
  if (written.kind !== 'done')
    return { said: describeRegister(written, environment).summary, remedy: lookUp(name) };
  const { id } = written.value;
  const said = `Webhook ${id} was created in ${environmentLabel(environment)}.`;
  return { said, remedy: `Once the database works: ${webhooksCommand(`note ${name} ${id}`)}` };
}
