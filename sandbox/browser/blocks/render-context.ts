/** The reader, and the names behind the ids in a message. */
export interface RenderContext {
  /** Names of users, user groups and channels, by id. */
  names: ReadonlyMap<string, string>;
  /** The choices of user menus and channel menus. */
  people: readonly { id: string; name: string }[];
  channels: readonly { id: string; name: string }[];
  /** The reader's time zone (IANA name). Slack shows dates in it. */
  timeZone: string;
  /** Current time, epoch ms; it decides which date is "Today". */
  now: number;
  /** Identifies this message or view. The page's script sends it with every click. */
  target: Record<string, string>;
  /** Prefix of every element id, so that two messages never share an id. */
  prefix: string;
  /** Errors of a rejected view, by block id. */
  errors: Readonly<Record<string, string>>;
}

export const displayName = (context: RenderContext, id: string): string => context.names.get(id) ?? id;

/** The page's element id for a part of this message or view. */
export const elementId = (context: RenderContext, ...parts: unknown[]): string =>
  [context.prefix, ...parts].map((part) => String(part).replace(/[^\w-]/g, '_')).join('-');
