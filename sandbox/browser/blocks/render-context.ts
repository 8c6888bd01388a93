/** Who looks at it, and what names stand for the ids in it. */
export interface RenderContext {
  /** By id: users, user groups, channels. */
  names: ReadonlyMap<string, string>;
  /** Whom and what a menu of people or of channels offers. */
  people: readonly { id: string; name: string }[];
  channels: readonly { id: string; name: string }[];
  /** IANA name: dates are shown in the reader's time, as in Slack. */
  timeZone: string;
  /** Epoch ms, for dates like "Today". */
  now: number;
  /** Marks elements of this message or view: what the page's script sends back with a click. */
  target: Record<string, string>;
  /** Before every id in the page, so that two messages never share one. */
  prefix: string;
  /** Of a view that was refused: why, by block id. */
  errors: Readonly<Record<string, string>>;
}

export const displayName = (context: RenderContext, id: string): string => context.names.get(id) ?? id;

/** An id in the page for a part of this message or view. */
export const elementId = (context: RenderContext, ...parts: unknown[]): string =>
  [context.prefix, ...parts].map((part) => String(part).replace(/[^\w-]/g, '_')).join('-');
