import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../../src/time/clock.ts';
import type { Answer } from './answer.ts';
import type { SimUser, Workspace } from './model.ts';

/** A request that was let in, with what its answer may depend on. */
export interface Call {
  workspace: Workspace;
  /** Who `user-email` names; null where the header is not sent. */
  user: SimUser | null;
  /** From the path, decoded. */
  parameters: Record<string, string>;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
  clock: Clock;
  /** Rows of one analytics answer. */
  analyticsRowLimit: number;
  retrigger: (contractIds: number[]) => void;
}

export type Handler = (call: Call) => Answer;

/** A path parameter; the route table says which ones there are. */
export function parameter(call: Call, name: string): string {
  const value = call.parameters[name];
  if (value === undefined) throw new Error(`The route has no parameter ${name}.`);
  return value;
}
