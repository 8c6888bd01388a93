import type { StoredMessage, StoredView } from '../../slack/server.ts';
import { BOT_USER_ID } from '../../slack/server.ts';
import type { Look } from '../blocks/look.ts';
import { people, places } from '../northwind.ts';
import type { Sandbox } from '../state.ts';
import type { View } from '../view.ts';

const SLACKBOT = 'USLACKBOT';

const names = new Map<string, string>([
  ...people.map(({ id, name }) => [id, name] as const),
  ...places.map(({ id, name }) => [id, name] as const),
  [BOT_USER_ID, 'envcheck'],
  [SLACKBOT, 'Slackbot'],
  ['S0OPERATORS', 'operators'],
]);

export const nameOfPerson = (id: string): string => names.get(id) ?? id;

function look({ clock }: Sandbox, { as }: View): Omit<Look, 'target' | 'prefix'> {
  const zone = people.find(({ id }) => id === as)?.zone ?? 'UTC';
  return { names, people, places, zone, now: clock.now(), errors: {} };
}

/** @param where tells two showings of one message in the page apart: the channel's and the thread's */
export const lookAtMessage = (sandbox: Sandbox, view: View, message: StoredMessage, where: string): Look => ({
  ...look(sandbox, view),
  target: { user: view.as, channel: message.channel, ts: message.ts },
  prefix: `${where}-${message.ts}`,
});

export const lookAtView = (sandbox: Sandbox, view: View, stored: StoredView): Look => ({
  ...look(sandbox, view),
  target: { user: view.as, view: stored.id },
  prefix: stored.id,
  errors: stored.errors,
});
