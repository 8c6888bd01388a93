import * as z from 'zod';

const ID = /^[A-Z][A-Z0-9]{1,39}$/;
const id = z.string().regex(ID);
const named = z.looseObject({ id });
const responseUrl = z.url({ protocol: /^https?$/ });
const text = z.string();

/** The fields that every interaction has. Slack gives null for the team of an app of a whole organization. */
const person = { user: z.looseObject({ id, team_id: id.optional() }), team: named.nullish() };
const selection = z.looseObject({ value: text }).nullish();
/** The state of an input in a form; null while nothing is entered. */
const entered = z.looseObject({
  value: text.nullish(),
  selected_date: text.nullish(),
  selected_option: selection,
});
const view = z.looseObject({
  id: text,
  callback_id: text,
  private_metadata: text,
  state: z.looseObject({ values: z.record(text, z.record(text, entered)) }),
});

const interactions = z.discriminatedUnion('type', [
  z
    .looseObject({
      type: z.literal('block_actions'),
      ...person,
      actions: z
        .array(
          z.looseObject({
            type: text,
            action_id: text,
            block_id: text,
            value: text.nullish(),
            selected_option: selection,
          }),
        )
        .min(1),
      container: z.looseObject({ type: text }),
      channel: named.optional(),
      message: z.looseObject({ ts: text }).optional(),
      view: z.looseObject({ id: text }).optional(),
      response_url: responseUrl.optional(),
      trigger_id: text.optional(),
    })
    // A button is in a message, which has a response URL, or in a view.
    .refine(({ response_url, view }) => response_url !== undefined || view !== undefined),
  z.looseObject({ type: z.literal('view_submission'), ...person, view }),
  z.looseObject({ type: z.literal('view_closed'), ...person, view: z.looseObject({ id: text }) }),
  z.looseObject({
    type: z.literal('message_action'),
    ...person,
    callback_id: text,
    channel: named,
    message: z.looseObject({
      text: text.nullish(),
      blocks: z.array(z.looseObject({})).nullish(),
      attachments: z.array(z.looseObject({})).nullish(),
    }),
    response_url: responseUrl,
  }),
  z.looseObject({ type: z.literal('shortcut'), ...person, callback_id: text }),
]);

/** `event` as far as Bolt looks into it, and the one event that the bot handles. */
const events = z
  .looseObject({
    team_id: id.nullish(),
    authorizations: z.array(z.looseObject({})).nullish(),
    event: z.looseObject({
      type: text,
      channel: z.union([text, z.looseObject({})]).optional(),
      item: z.looseObject({}).optional(),
    }),
  })
  .refine(
    ({ team_id, event }) =>
      event.type !== 'app_home_opened' ||
      z.object({ team: id, user: id, tab: text }).safeParse({ ...event, team: team_id }).success,
  );

const command = z.looseObject({
  command: text,
  text,
  user_id: id,
  team_id: id,
  channel_id: id,
  response_url: responseUrl,
});

const challenge = z.looseObject({ type: z.literal('url_verification'), challenge: text });

const bodies = {
  slash_commands: command,
  interactive: interactions,
  events_api: events,
  url_verification: challenge,
};

export type EnvelopeKind = keyof typeof bodies;

/** True for a body of this kind that Bolt and the listeners can read: what Slack documents, and nothing of another type in its place. */
export const isEnvelope = (kind: EnvelopeKind, body: unknown): boolean =>
  bodies[kind].safeParse(body).success;
