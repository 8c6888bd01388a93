import type { Button } from '@slack/types';
import { z } from 'zod';
import { RETRIGGER_NOTE } from '../../events/webhooks/retrigger-text.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { actionIds } from '../action-ids.ts';
import { clip } from './text.ts';

/** A contract whose latest webhook can be re-triggered. */
export interface RetriggerOffer {
  environment: { name: string; production: boolean };
  contractId: number;
  /** The newest delivery in the log; null when there is none. */
  newest: { id: string; activity: string | null; receivedAt: number } | null;
  /** Identifies this copy of the button: each copy acts once. */
  showing: string;
}

const retriggerValue = z.object({
  environment: z.string(),
  contractId: z.int().positive(),
  newest: z.string().nullable(),
  showing: z.string(),
  /** The find request, to show its result again after the re-trigger. */
  find: z.object({ id: z.string(), environment: z.string().nullable() }),
});
export type RetriggerValue = z.infer<typeof retriggerValue>;

export const readRetriggerValue = (value: string | undefined): RetriggerValue =>
  retriggerValue.parse(JSON.parse(value ?? ''));

/** `isOnly` when the message is about this contract alone; the button then omits its id. */
export function retriggerButton(
  { environment, contractId, newest, showing }: RetriggerOffer,
  find: RetriggerValue['find'],
  isOnly: boolean,
): Button {
  const label = environmentLabel(environment);
  const what = isOnly ? '' : ` ${contractId}`;
  const known = newest
    ? `Newest delivery in the log: ${newest.activity ?? 'unknown format'}, ${new Date(newest.receivedAt).toISOString().slice(0, 16)}Z.`
    : `The log has no delivery of it: ${contractId} has to be its internal id, not the number in T-${contractId}.`;
  const value: RetriggerValue = {
    environment: environment.name,
    contractId,
    newest: newest?.id ?? null,
    showing,
    find,
  };
  return {
    type: 'button',
    text: { type: 'plain_text', text: clip(`Re-trigger${what} in ${label}`, 75) },
    action_id: actionIds.retriggerWebhook,
    value: JSON.stringify(value),
    confirm: {
      title: { type: 'plain_text', text: clip(`Re-trigger in ${label}`, 100) },
      text: {
        type: 'plain_text',
        text: clip(`Contract ${contractId} in ${label}. ${RETRIGGER_NOTE} ${known}`, 300),
      },
      confirm: { type: 'plain_text', text: 'Re-trigger' },
      deny: { type: 'plain_text', text: 'Cancel' },
    },
  };
}
