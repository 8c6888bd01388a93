import { Refusal } from './content.ts';
import type { TokenKind } from './contract.ts';
import type { Files } from './files.ts';
import type { Triggers } from './triggers.ts';
import type { Fields } from './validation.ts';
import type { Views } from './views.ts';
import type { Workspace } from './workspace.ts';

/** The state that Web API methods work on. */
export interface ApiContext {
  workspace: Workspace;
  triggers: Triggers;
  views: Views;
  files: Files;
  /** http://127.0.0.1:PORT, without a trailing slash. */
  origin: string;
  /** Returns a Socket Mode URL that works once. */
  socketUrl(): string;
}

/** One Web API method. `run` returns the answer without `ok`, or throws a Refusal. */
export interface Method {
  /** Bot scopes; one of them is enough. Empty when none is needed. */
  scopes: string[];
  token: TokenKind;
  /** Calls per minute, workspace and app (https://docs.slack.dev/apis/web-api/rate-limits). */
  perMinute: number;
  run(args: Fields, context: ApiContext): object;
}

export const TIER = { 1: 1, 2: 20, 3: 50, 4: 100 } as const;

/** A method for bot tokens. */
export function botMethod(perMinute: number, scopes: string[], run: Method['run']): Method {
  return { token: 'bot', perMinute, scopes, run };
}

/** @throws Refusal invalid_arguments with Slack's message about the missing field */
export function requiredArg(args: Fields, name: string): string {
  const value = args[name];
  if (value === undefined || value === null || value === '') {
    throw new Refusal('invalid_arguments', {
      response_metadata: { messages: [`[ERROR] missing required field: ${name}`] },
    });
  }
  return String(value);
}

/** A boolean argument. Slack reads `true` and `1` as true, any other value as false. Null when absent. */
export function booleanArg(args: Fields, name: string): boolean | null {
  const value = args[name];
  if (value === undefined || value === null) return null;
  return value === true || value === 'true' || value === '1' || value === 1;
}
