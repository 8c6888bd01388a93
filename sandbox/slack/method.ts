import { Refusal } from './content.ts';
import type { TokenKind } from './contract.ts';
import type { Files } from './files.ts';
import type { Triggers } from './triggers.ts';
import type { Fields } from './validation.ts';
import type { Views } from './views.ts';
import type { Workspace } from './workspace.ts';

/** What a Web API method works on. */
export interface ApiContext {
  workspace: Workspace;
  triggers: Triggers;
  views: Views;
  files: Files;
  /** http://127.0.0.1:PORT, without a slash. */
  origin: string;
  /** A Socket Mode URL that may be used once. */
  socketUrl(): string;
}

/** One Web API method. `run` returns the answer beside `ok`, or throws a Refusal. */
export interface Method {
  /** Bot scopes of which any one will do; empty: none needed. */
  scopes: string[];
  token: TokenKind;
  /** Calls a minute, workspace and app (https://docs.slack.dev/apis/web-api/rate-limits). */
  perMinute: number;
  run(args: Fields, context: ApiContext): object;
}

export const TIER = { 1: 1, 2: 20, 3: 50, 4: 100 } as const;

/** A method for bot tokens. */
export function botMethod(perMinute: number, scopes: string[], run: Method['run']): Method {
  return { token: 'bot', perMinute, scopes, run };
}

/** @throws Refusal invalid_arguments naming what is missing, as Slack words it */
export function requiredArg(args: Fields, name: string): string {
  const value = args[name];
  if (value === undefined || value === null || value === '') {
    throw new Refusal('invalid_arguments', {
      response_metadata: { messages: [`[ERROR] missing required field: ${name}`] },
    });
  }
  return String(value);
}

/** Slack's way with booleans in forms: `true`, `1` and their opposites; undefined where absent. */
export function booleanArg(args: Fields, name: string): boolean | null {
  const value = args[name];
  if (value === undefined || value === null) return null;
  return value === true || value === 'true' || value === '1' || value === 1;
}
