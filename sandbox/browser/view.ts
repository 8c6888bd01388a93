import { channels, GENERAL, people } from './northwind.ts';

/** State of one window. It is in the URL, so that it survives a reload and can be shared. */
export interface View {
  /** The person who reads and acts. */
  as: string;
  /** A channel's id, `dm` for the direct message with the bot, or `home` for its Home tab. */
  at: string;
  /** Timestamp of the message whose thread is open. */
  thread: string | null;
  /** The one part that a narrow screen shows. */
  side: Side;
}

export const sides = ['tour', 'slack', 'spotdraft'] as const;
export type Side = (typeof sides)[number];

/** Reads the view from the URL. Missing and unknown values become those of a first visit. */
export function readView(query: URLSearchParams): View {
  const [first] = people;
  const as = people.find(({ id }) => id === query.get('as'))?.id ?? first?.id ?? '';
  const wanted = query.get('at') ?? '';
  const at = ['dm', 'home', ...channels.map(({ id }) => id)].includes(wanted) ? wanted : GENERAL;
  const thread = query.get('thread');
  const side = sides.find((each) => each === query.get('side')) ?? 'tour';
  return { as, at, thread: thread && /^\d+\.\d+$/.test(thread) ? thread : null, side };
}

/** The URL of this view with some values changed. */
export function viewUrl(view: View, change: Partial<View> = {}): string {
  const { as, at, thread, side } = { ...view, ...change };
  return `/?${new URLSearchParams({ as, at, side, ...(thread === null ? {} : { thread }) })}`;
}

/** The channel id in the simulated Slack. A direct message has the id of its person. */
export const channelId = ({ at, as }: View): string => (at === 'dm' || at === 'home' ? as : at);
