import { Secret } from '../config/secret.ts';
import { type CustomHeader, customHeadersProblem, trimmedName } from '../events/webhooks/custom-headers.ts';
import { type GivenContract, readContractId } from '../spotdraft/contract-id.ts';
import { parseActivity } from './options.ts';
import { UsageError } from './usage-error.ts';

export function parseWebhookId(text: string): number {
  const id = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(id)) return id;
  throw new UsageError(`“${text}” is not the id of a webhook: give a whole number, such as 511`);
}

export function parseContract(text: string): GivenContract {
  const contract = readContractId(text);
  if (contract !== null) return contract;
  throw new UsageError(`“${text}” is not the id of a contract: give its internal id, such as 481516`);
}

/** Seconds to ms. */
export function parseWait(text: string): number {
  const seconds = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (seconds <= 600) return seconds * 1000;
  throw new UsageError(`--wait “${text}” is not a number of seconds from 0 to 600`);
}

export function parseTitle(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (text.trim() === '') throw new UsageError('--title is empty; leave it out to use the default');
  return text.trim();
}

export function parseUrl(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (URL.parse(text)?.protocol === 'https:') return text;
  throw new UsageError(`--url “${text}” is not an https URL, and SpotDraft accepts no other`);
}

/** `A,B` as a list; null when the option is absent, so that the config's activities apply. */
export function parseActivities(text: string | undefined): string[] | null {
  if (text === undefined) return null;
  const given = text
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean);
  if (given.length === 0)
    throw new UsageError('--activities is empty; give some, such as CONTRACT_CREATED,CONTRACT_EXECUTED');
  return [...new Set(given.map((word) => parseActivity('--activities', word)))];
}

/** `NAME=VARIABLE`. A value on the command line would stay in the shell's history and be visible to every process. */
export function parseHeaders(given: readonly string[], env: NodeJS.ProcessEnv): CustomHeader[] {
  const headers = given.map((each): CustomHeader => {
    const at = each.indexOf('=');
    const [name, variable] = [trimmedName(each.slice(0, Math.max(at, 0))), each.slice(at + 1).trim()];
    // The part after = may be the secret value itself, given by mistake, so messages do not repeat it.
    if (name === '' || !/^[A-Za-z_]\w*$/.test(variable))
      throw new UsageError(
        '--header takes NAME=VARIABLE, where VARIABLE is the environment variable with the value',
      );
    const value = env[variable];
    if (value === undefined)
      throw new UsageError(`--header ${name}: the environment variable named after = is not set`);
    return { name, value: new Secret(value) };
  });
  const problem = customHeadersProblem(headers);
  if (problem) throw new UsageError(problem);
  return headers;
}
