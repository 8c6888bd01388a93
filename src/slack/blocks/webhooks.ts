import type { Button, ConfirmationDialog, KnownBlock, RichTextElement } from '@slack/types';
import type { Environment } from '../../config/config.ts';
import type { WebhookResult } from '../../events/webhooks/act.ts';
import { LIST_NOTE, shortList, switchOn, webhooksCommand } from '../../events/webhooks/webhook-text.ts';
import type { Registration } from '../../store/webhook-registrations.ts';
import { resultLine } from '../../text/act-result.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { Message } from '../../text/message.ts';
import { actionIds } from '../action-ids.ts';
import { actResultBlock } from './act-result.ts';
import { fitBlocks } from './budget.ts';
import { bold, clip, code, lineBreak, paragraph, plain, quoted, richText } from './text.ts';

export interface WebhooksView {
  environment: Pick<Environment, 'name' | 'production' | 'webhooks'>;
  /** The newest first. */
  registrations: Registration[];
  /** The result of the last act; null when there is none. */
  result: WebhookResult | null;
  /** Identifies this copy of the buttons: each copy acts once. */
  showing: string;
  /** Identifies what Register would send: a click must send exactly what its dialog showed. */
  plan: string;
}

const MAX_TEXT = 300;
const MAX_CONFIRM = 300;
const CUT = 5;
const stateMarks = { active: '✅', disabled: '⛔', unknown: '❔', deleted: '➖' } as const;

/** The webhooks registered or noted through Envcheck, with buttons to register and to delete one. */
export function webhooksMessage(view: WebhooksView): Message {
  const label = environmentLabel(view.environment);
  const present = view.registrations.filter(({ state }) => state !== 'deleted');
  const counts = countsOf(present, view.registrations.length - present.length);
  const { result } = view;
  const outcome = result ? ` ${resultLine(result)}` : '';
  const head: KnownBlock[] = [
    { type: 'header', text: { type: 'plain_text', text: `Webhooks of ${label}` } },
    ...(result ? [actResultBlock(result)] : []),
    richText(paragraph(bold(counts), plain(`. ${LIST_NOTE}`))),
  ];
  const parts = present.map((each): KnownBlock[] => [registrationText(each), ...deleteButton(each, view)]);
  return {
    text: quoted(`Webhooks of ${label}: ${counts}.${outcome}`, 1_000),
    blocks: fitBlocks(head, parts, registerPart(view, present), (leftOut) =>
      richText(
        paragraph(
          bold(`${leftOut} more do not fit in this message. `),
          plain(`Full list: ${webhooksCommand(`list ${view.environment.name}`)}`),
        ),
      ),
    ),
  };
}

function countsOf(present: Registration[], deleted: number): string {
  const count = (wanted: Registration['state']) => present.filter(({ state }) => state === wanted).length;
  const [disabled, unknown] = [count('disabled'), count('unknown')];
  return [
    `${count('active')} active`,
    ...(disabled > 0 ? [`${disabled} disabled`] : []),
    ...(unknown > 0 ? [`${unknown} unknown`] : []),
    ...(deleted > 0 ? [`${deleted} deleted`] : []),
  ].join(', ');
}

function registrationText(registration: Registration): KnownBlock {
  const { webhookId, state, origin, title, url, activities, headerNames, registeredAt } = registration;
  const since: RichTextElement = {
    type: 'date',
    timestamp: Math.floor(registeredAt / 1000),
    format: '{date_short_pretty} {time}',
    fallback: new Date(registeredAt).toISOString(),
  };
  const lines = [
    ...(title === null ? [] : [clip(title, MAX_TEXT)]),
    ...(url === null ? [] : [clip(url, MAX_TEXT)]),
    activities === null ? 'activities unknown' : shortList(activities, CUT),
    ...(headerNames.length > 0 ? [`with ${shortList(headerNames, CUT)}`] : []),
  ];
  return richText({
    type: 'rich_text_section',
    elements: [
      bold(`${stateMarks[state]} ${state} `),
      code(webhookId === null ? 'id unknown' : String(webhookId)),
      plain(` ${origin} `),
      since,
      ...lines.flatMap((line) => [lineBreak, plain(line)]),
    ],
  });
}

function deleteButton(
  { webhookId, title }: Registration,
  { environment, showing, plan }: WebhooksView,
): KnownBlock[] {
  // SpotDraft deletes a webhook by its id.
  if (webhookId === null) return [];
  const label = environmentLabel(environment);
  const button: Button = {
    type: 'button',
    style: 'danger',
    text: { type: 'plain_text', text: `Delete ${webhookId}` },
    action_id: actionIds.deleteWebhook,
    value: buttonValue({ environment: environment.name, webhookId, showing, plan }),
    confirm: dialog(
      `Delete webhook ${webhookId}`,
      `SpotDraft stops sending events of ${label} to this webhook.${title === null ? '' : ` Title: ${title}.`} This cannot be undone.`,
      'Delete',
    ),
  };
  return [{ type: 'actions', elements: [button] }];
}

/** The request that Register would send, with its button; or why there is no button. */
function registerPart({ environment, showing, plan }: WebhooksView, present: Registration[]): KnownBlock[] {
  const { webhooks, name } = environment;
  const label = environmentLabel(environment);
  if (!webhooks)
    return [
      richText(paragraph(plain(`The config has no webhooks for ${label}, so there is nothing to register.`))),
    ];
  const known = present.find(({ url }) => url === webhooks.url);
  if (known?.state === 'active') return [];
  const text = richText(
    paragraph(
      bold(`Register in ${label}: `),
      plain(`${clip(webhooks.url, MAX_TEXT)}, for ${webhooks.activities.join(', ')}`),
    ),
  );
  if (known?.state === 'disabled')
    return [richText(paragraph(bold('This webhook is not active. '), plain(`${switchOn(known, name)}.`)))];
  if (known)
    return [
      richText(
        paragraph(
          bold('It is unknown whether this environment’s URL is registered. '),
          plain(
            `Check in SpotDraft. If it is: ${webhooksCommand(`note ${name} <its id>`)}. If it is not: ${webhooksCommand(`register ${name} --again`)}`,
          ),
        ),
      ),
    ];
  const button: Button = {
    type: 'button',
    style: 'primary',
    text: { type: 'plain_text', text: 'Register' },
    action_id: actionIds.registerWebhook,
    value: buttonValue({ environment: name, webhookId: null, showing, plan }),
    confirm: dialog(
      `Register in ${label}`,
      `${label} will send ${shortList(webhooks.activities, CUT)} to ${webhooks.url}`,
      'Register',
    ),
  };
  return [text, { type: 'actions', elements: [button] }];
}

const dialog = (title: string, text: string, confirm: string): ConfirmationDialog => ({
  title: { type: 'plain_text', text: clip(title, 100) },
  text: { type: 'plain_text', text: clip(text, MAX_CONFIRM) },
  confirm: { type: 'plain_text', text: confirm },
  deny: { type: 'plain_text', text: 'Cancel' },
});

export interface WebhookButtonValue {
  environment: string;
  /** Null for the Register button. */
  webhookId: number | null;
  showing: string;
  plan: string;
}

const buttonValue = ({ environment, webhookId, showing, plan }: WebhookButtonValue): string =>
  [environment, webhookId ?? '', showing, plan].join(' ');

export function readWebhookButton(value: string): WebhookButtonValue {
  const [environment = '', webhookId = '', showing = '', plan = ''] = value.split(' ');
  return { environment, webhookId: webhookId === '' ? null : Number(webhookId), showing, plan };
}
