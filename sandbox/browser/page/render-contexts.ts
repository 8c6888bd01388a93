import type { StoredMessage, StoredView } from '../../slack/server.ts';
import { BOT_USER_ID } from '../../slack/server.ts';
import type { RenderContext } from '../blocks/render-context.ts';
import { channels, people } from '../northwind.ts';
import type { Sandbox } from '../state.ts';
import type { View } from '../view.ts';

const SLACKBOT = 'USLACKBOT';

const names = new Map<string, string>([
  ...people.map(({ id, name }) => [id, name] as const),
  ...channels.map(({ id, name }) => [id, name] as const),
  [BOT_USER_ID, 'envcheck'],
  [SLACKBOT, 'Slackbot'],
  ['S0OPERATORS', 'operators'],
]);

export const userName = (id: string): string => names.get(id) ?? id;

function context({ clock }: Sandbox, { as }: View): Omit<RenderContext, 'target' | 'prefix'> {
  const timeZone = people.find(({ id }) => id === as)?.timeZone ?? 'UTC';
  return { names, people, channels, timeZone, now: clock.now(), errors: {} };
}

/** @param where `channel` or `thread`: one message can be in the page twice */
export const messageContext = (
  sandbox: Sandbox,
  view: View,
  message: StoredMessage,
  where: string,
): RenderContext => ({
  ...context(sandbox, view),
  target: { user: view.as, channel: message.channel, ts: message.ts },
  prefix: `${where}-${message.ts}`,
});

export const viewContext = (sandbox: Sandbox, view: View, stored: StoredView): RenderContext => ({
  ...context(sandbox, view),
  target: { user: view.as, view: stored.id },
  prefix: stored.id,
  errors: stored.errors,
});
