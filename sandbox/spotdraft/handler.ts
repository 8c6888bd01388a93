import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../../src/time/clock.ts';
import type { Answer } from './answer.ts';
import type { SimUser, Workspace } from './model.ts';

/** An accepted request and everything its answer depends on. */
export interface Call {
  workspace: Workspace;
  /** The user of the `user-email` header; null without the header. */
  user: SimUser | null;
  /** Decoded path parameters. */
  parameters: Record<string, string>;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
  clock: Clock;
  /** Maximum rows of one analytics answer. */
  analyticsRowLimit: number;
  retrigger: (contractIds: number[]) => void;
}

export type Handler = (call: Call) => Answer;

/** Returns a path parameter. The route table defines them. */
export function parameter(call: Call, name: string): string {
  const value = call.parameters[name];
  if (value === undefined) throw new Error(`The route has no parameter ${name}.`);
  return value;
}
