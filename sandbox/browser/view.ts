import { channels, GENERAL, people } from './northwind.ts';

/** What a window shows. It stands in the address, so that it survives a reload and can be told to somebody. */
export interface View {
  /** The person who looks and acts. */
  as: string;
  /** A channel's id, `dm` for the direct message with the bot, or `home` for its Home tab. */
  at: string;
  /** Timestamp of the message whose thread is open. */
  thread: string | null;
  /** On a narrow screen, the one part that is shown. */
  side: Side;
}

export const sides = ['tour', 'slack', 'spotdraft'] as const;
export type Side = (typeof sides)[number];

/** Anything that is not there is taken for what a newcomer sees. */
export function readView(query: URLSearchParams): View {
  const [first] = people;
  const as = people.find(({ id }) => id === query.get('as'))?.id ?? first?.id ?? '';
  const wanted = query.get('at') ?? '';
  const at = ['dm', 'home', ...channels.map(({ id }) => id)].includes(wanted) ? wanted : GENERAL;
  const thread = query.get('thread');
  const side = sides.find((each) => each === query.get('side')) ?? 'tour';
  return { as, at, thread: thread && /^\d+\.\d+$/.test(thread) ? thread : null, side };
}

/** The address of this view with something else in it. */
export function viewUrl(view: View, change: Partial<View> = {}): string {
  const { as, at, thread, side } = { ...view, ...change };
  return `/?${new URLSearchParams({ as, at, side, ...(thread === null ? {} : { thread }) })}`;
}

/** What the simulated Slack calls the place: the direct message is named by its person. */
export const channelId = ({ at, as }: View): string => (at === 'dm' || at === 'home' ? as : at);
