import * as z from 'zod';
import { nextMorning } from './adjustable-clock.ts';
import { advanceContract, callInVain, newContract, refusesIntegration } from './contracts.ts';
import { channels, people, REPORT_ZONE } from './northwind.ts';
import { addNote, type Sandbox } from './state.ts';
import { repairEverything, switches } from './switches.ts';
import { tour } from './tour.ts';

/** An action that cannot be performed. The message is one sentence for the page. */
export class ActionError extends Error {}

export interface ActionContext {
  sandbox: Sandbox;
  /** The slash command of the app's manifest. */
  command: string;
}

type Action = (input: unknown, context: ActionContext) => Promise<void>;

const person = z.enum(people.map(({ id }) => id));
const channel = z.string().regex(/^[CGDU][A-Z0-9]+$/);
const message = z.object({ user: person, channel, ts: z.string() });
const viewed = z.object({ user: person, view: z.string() });
const entered = z.union([z.string(), z.array(z.string()), z.null()]);
const key = z.enum(['uat', 'prod']);

/** The actions of the page, by name. Each validates its input strictly and does what a person would do. */
export const actions: Readonly<Record<string, Action>> = {
  write: reading(
    z.object({ user: person, channel, thread: z.string().nullable(), text: z.string().max(3_000) }),
    async ({ user, channel: where, thread, text }, { sandbox, command }) => {
      const { slack } = sandbox.world;
      const typed = text.trim();
      if (typed === '') throw new ActionError('The message is empty.');
      if (!typed.startsWith('/')) {
        slack.say({
          text: escapeEntities(typed),
          user,
          channel: where,
          ...(thread === null ? {} : { threadTs: thread }),
        });
        return;
      }
      const [word = '', ...rest] = typed.split(/\s+/);
      if (word !== command)
        throw new ActionError(`${word} is not a valid command. The only one is ${command}.`);
      if (thread !== null) throw new ActionError('Slack does not accept slash commands in threads.');
      await slack.command({ text: rest.join(' '), user, channel: where, command });
    },
  ),
  click: reading(
    z.intersection(
      z.union([message, viewed]),
      z.object({ actionId: z.string(), value: z.string().optional(), entered: entered.optional() }),
    ),
    async (input, { sandbox }) => {
      const { slack } = sandbox.world;
      const { actionId, user } = input;
      const values =
        input.entered === undefined || input.entered === null ? undefined : [input.entered].flat();
      const chosen = {
        actionId,
        user,
        ...(input.value === undefined ? {} : { value: input.value }),
        ...(values === undefined ? {} : { values }),
      };
      if ('view' in input) await slack.click({ ...chosen, view: findView(sandbox, user, input.view) });
      else await slack.click({ ...chosen, message: findMessage(sandbox, input) });
    },
  ),
  shortcut: reading(z.object({ ...message.shape, callbackId: z.string() }), async (input, { sandbox }) => {
    const { callbackId, user } = input;
    await sandbox.world.slack.shortcut({ message: findMessage(sandbox, input), callbackId, user });
  }),
  submit: reading(
    z.object({ ...viewed.shape, values: z.record(z.string(), entered) }),
    async ({ user, view, values }, { sandbox }) => {
      const ack = await sandbox.world.slack.submitView({ view: findView(sandbox, user, view), user, values });
      if (!ack.ok) throw new ActionError(`The bot rejected the form: ${ack.error}.`);
    },
  ),
  closeView: reading(viewed, async ({ user, view }, { sandbox }) => {
    const { slack } = sandbox.world;
    // A second press of Escape may arrive after the modal has closed.
    if (slack.modals(user).at(-1)?.id === view) await slack.closeView({ user });
  }),
  openHome: reading(z.object({ user: person }), async ({ user }, { sandbox }) => {
    await sandbox.world.slack.openHome(user);
  }),
  switch: reading(z.object({ id: z.string(), on: z.boolean() }), async ({ id, on }, { sandbox }) => {
    const found = switches.find((each) => each.id === id);
    if (!found) throw new ActionError(`There is no switch ${id}.`);
    if (found.isOn(sandbox) === on) return;
    if (on) addNote(sandbox, `Turned on “${found.title}”.`);
    await (on ? found.turnOn(sandbox) : found.turnOff(sandbox));
  }),
  repairAll: reading(z.object({}), (_input, { sandbox }) => repairEverything(sandbox)),
  newContract: reading(z.object({ key }), async (input, { sandbox }) => {
    if (refusesIntegration(sandbox, input.key)) await callInVain(sandbox, input.key);
    else await newContract(sandbox, input.key);
  }),
  moveContract: reading(z.object({ key, id: z.string() }), (input, { sandbox }) =>
    advanceContract(sandbox, input.key, input.id),
  ),
  moveClock: reading(
    z.union([z.object({ ms: z.number().int().min(0) }), z.object({ to: z.literal('morning') })]),
    async (input, { sandbox: { clock } }) => {
      const now = clock.now();
      clock.advance('ms' in input ? input.ms : nextMorning(now, REPORT_ZONE) - now);
    },
  ),
  tour: reading(z.object({ user: person, step: z.string() }), async ({ user, step }, { sandbox }) => {
    const found = tour.find(({ id }) => id === step);
    if (!found) throw new ActionError(`The tour has no step ${step}.`);
    await found.run(sandbox, user);
    sandbox.completedSteps.add(found.id);
  }),
};

function reading<T>(
  schema: z.ZodType<T>,
  perform: (input: T, context: ActionContext) => Promise<void>,
): Action {
  return (input, context) => {
    const read = schema.safeParse(input);
    if (!read.success) throw new ActionError(`Invalid input: ${z.prettifyError(read.error)}`);
    return perform(read.data, context);
  };
}

/** Finds a message among those the person can see: another person's private messages are excluded. */
function findMessage({ world }: Sandbox, { user, channel: where, ts }: z.infer<typeof message>) {
  const all = [...world.slack.messages(where), ...world.slack.ephemerals(where, user)];
  const found = all.find((each) => each.ts === ts);
  if (!found) throw new ActionError('That message no longer exists.');
  return found;
}

function findView({ world }: Sandbox, user: string, id: string) {
  const found = [...world.slack.modals(user), world.slack.home(user)].find((each) => each?.id === id);
  if (!found) throw new ActionError('That view is no longer open.');
  return found;
}

/** Escapes text as Slack's client does. A known channel's or person's name becomes a mention. */
function escapeEntities(text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return escaped.replace(/([@#])([\w-]+)/g, (whole, mark: string, name: string) => {
    const known = (mark === '@' ? people : channels).find((each) => each.name === name);
    return known ? `<${mark}${known.id}>` : whole;
  });
}
