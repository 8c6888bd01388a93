import type { Environment } from '../../config/config.ts';
import type { WriteOutcome } from '../../spotdraft/interpret-write.ts';
import { retriggerActs } from '../../store/audit.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { WebhookResult } from './act.ts';
import { refusalRemedy } from './register-text.ts';

/** The documented effect of a re-trigger. */
export const RETRIGGER_NOTE =
  'SpotDraft makes the latest webhook call of this contract again: the latest only, and to all of its receivers, not only to Envcheck.';

type Sent = WriteOutcome<unknown>;

export function describeRetrigger(
  written: Sent,
  environment: Environment,
  contractId: number,
): Pick<WebhookResult, 'kind' | 'summary' | 'remedy'> & { act: string } {
  const label = environmentLabel(environment);
  const what = `the latest webhook of contract ${contractId} in ${label}`;
  switch (written.kind) {
    case 'done':
      return {
        act: retriggerActs.done,
        kind: 'done',
        summary: `SpotDraft sends ${what} again.`,
        remedy: null,
      };
    case 'refused':
      return {
        act: retriggerActs.refused,
        kind: 'refused',
        summary: `SpotDraft does not send ${what} again. ${written.reason}`,
        remedy: refusedRemedy(written.status, label),
      };
    case 'lost':
      return {
        act: retriggerActs.lost,
        kind: 'lost',
        summary: `SpotDraft may be sending ${what} again, or not. ${written.reason}`,
        remedy: lostRemedy(environment, contractId),
      };
  }
}

function refusedRemedy(status: number | null, label: string): string {
  if (status === 404)
    return `Check the id: there is no such contract in the workspace of ${label}, or it is not visible to these credentials`;
  if (status === 403)
    return 'Ask SpotDraft what these credentials lack: which permission a re-trigger needs is not documented';
  return refusalRemedy(status);
}

const lostRemedy = ({ name }: Environment, contractId: number): string =>
  `A delivery says that it was sent: /envcheck find ${contractId} ${name}. If none is there after a minute, ask again`;

/** The text for a re-trigger that SpotDraft answered and the store could not record. */
export const unrecordedRetrigger = (
  written: Sent,
  environment: Environment,
  contractId: number,
): { said: string; remedy: string } => ({
  said: describeRetrigger(written, environment, contractId).summary,
  remedy: lostRemedy(environment, contractId),
});
