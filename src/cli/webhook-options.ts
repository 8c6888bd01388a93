import { activities } from '../config/activities.ts';
import { Secret } from '../config/secret.ts';
import { type CustomHeader, customHeadersProblem, trimmedName } from '../events/webhooks/custom-headers.ts';
import { contractNumber } from '../spotdraft/contract-number.ts';
import { nearMiss } from '../workspace/names.ts';
import { UsageError } from './usage-error.ts';

export function parseWebhookId(text: string): number {
  const id = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (id > 0) return id;
  throw new UsageError(`“${text}” is no id of a webhook: it is a whole number, such as 511`);
}

export function parseContract(text: string): number {
  const contract = contractNumber(text);
  if (contract !== null) return contract;
  throw new UsageError(`“${text}” is no id of a contract: it is a whole number, such as 481516 or T-481516`);
}

/** Seconds in, ms out. */
export function parseWait(text: string): number {
  const seconds = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (seconds <= 600) return seconds * 1000;
  throw new UsageError(`--wait “${text}” is no number of seconds from 0 to 600`);
}

export function parseTitle(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (text.trim() === '') throw new UsageError('--title is empty; leave it out for the usual one');
  return text.trim();
}

export function parseUrl(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (URL.parse(text)?.protocol === 'https:') return text;
  throw new UsageError(`--url “${text}” is no https URL, and SpotDraft takes no other`);
}

/** `A,B`; null: those of the config. */
export function parseActivities(text: string | undefined): string[] | null {
  if (text === undefined) return null;
  const given = text
    .split(',')
    .map((word) => word.trim().toUpperCase())
    .filter(Boolean);
  if (given.length === 0)
    throw new UsageError('--activities names none; such as CONTRACT_CREATED,CONTRACT_EXECUTED');
  for (const word of given) {
    if (activities.some((activity) => activity === word)) continue;
    const meant = nearMiss(activities, word);
    throw new UsageError(
      `--activities: “${word}” is none of SpotDraft's${meant ? `; did you mean ${meant}?` : ''}`,
    );
  }
  return [...new Set(given)];
}

/** `NAME=VARIABLE`: a value on the command line would stay in the shell's history and be seen by every process. */
export function parseHeaders(given: readonly string[], env: NodeJS.ProcessEnv): CustomHeader[] {
  const headers = given.map((each): CustomHeader => {
    const at = each.indexOf('=');
    const [name, variable] = [trimmedName(each.slice(0, Math.max(at, 0))), each.slice(at + 1).trim()];
    // What stands behind = may be the value itself, given by mistake: it is not repeated.
    if (name === '' || !/^[A-Za-z_]\w*$/.test(variable))
      throw new UsageError('--header takes NAME=VARIABLE, the value being that of an environment variable');
    const value = env[variable];
    if (value === undefined)
      throw new UsageError(
        `--header ${name}: there is no environment variable of the name that stands behind =; set it, and give its name`,
      );
    return { name, value: new Secret(value) };
  });
  const problem = customHeadersProblem(headers);
  if (problem) throw new UsageError(problem);
  return headers;
}
