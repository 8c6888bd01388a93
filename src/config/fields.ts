import { isIP } from 'node:net';
import { Cron } from 'croner';
import { validate } from 'node-cron';
import * as z from 'zod';
import { durationPattern } from '../time/duration.ts';
import { isTimezone } from '../time/is-timezone.ts';
import { readIsoTime } from '../time/since.ts';
import { compilePattern } from './pattern.ts';
import type { ValueKind } from './value-kinds.ts';

/**
 * Schemas of single values in the file. Each carries the name of its value kind in place of an error message, and as much
 * of its rule as a JSON schema can express, so that an editor finds the mistake too.
 */

/** Prefix of the error text of a section, which lists the known keys; see `keysOf`. */
const KEYS = 'keys: ';

/** A section with exactly these keys. Its error text lists them for "did you mean". */
export const section = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, { error: KEYS + Object.keys(shape).join(' ') });

/** The known keys in an error text of `section`; null for any other text. */
export const keysOf = (message: string): string[] | null =>
  message.startsWith(KEYS) ? message.slice(KEYS.length).split(' ') : null;

const matching = (kind: ValueKind, pattern: RegExp) =>
  z.string({ error: kind }).regex(pattern, { error: kind, abort: true });

const refined = (kind: ValueKind, pattern: RegExp, accepts: (text: string) => boolean) =>
  matching(kind, pattern).refine(accepts, { error: kind });

const integer = (kind: ValueKind, from: number, to: number) =>
  z.int({ error: kind }).min(from, { error: kind }).max(to, { error: kind });

/** Text is trimmed, because names are compared trimmed and a stray blank is never intended. */
const nonEmptyText = (kind: ValueKind) => z.string({ error: kind }).regex(/\S/, { error: kind }).trim();

export const name = () => nonEmptyText('name');
/** Kept as written: programs send it as data. */
export const variable = () => z.string({ error: 'name' }).regex(/\S/, { error: 'name' });
export const text = () => nonEmptyText('text');
export const boolean = () => z.boolean({ error: 'boolean' });
export const duration = () => matching('duration', durationPattern);
/** The local part is ASCII: a letter of another script that looks like one of it would name somebody else. */
export const email = () => matching('email', /^[!-;=?A-~]+@[^\s@<>]+$/);
/** An address, or any other name. */
export const addressOrName = () =>
  name().refine((text) => !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) || email().safeParse(text).success, {
    error: 'email',
  });
export const slug = () => matching('slug', /^[a-z0-9][a-z0-9-]{0,39}$/);
export const maintenanceTime = () =>
  refined(
    'maintenanceTime',
    /^(?:[0-2][0-9]:[0-5][0-9]|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:Z|[+-][0-9]{2}:[0-9]{2}))$/,
    (text) => (isTimeOfDay(text) ? text < '24:00' : isCalendarDate(text)),
  );
export const header = () => matching('header', /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/);
export const pointer = () => matching('pointer', /^(?:\/(?:[^~/]|~[01])*)+$/);
export const channel = () => matching('channel', /^[CGD][A-Z0-9]{5,}$/);
export const slackUser = () => matching('slackUser', /^[UW][A-Z0-9]+$/);
export const slackGroup = () => matching('slackGroup', /^S[A-Z0-9]+$/);
/** `cross-checks.ts`, which knows all names, checks that the environment exists. */
export const environmentRef = () => z.string({ error: 'environment' });
export const requestRate = () => integer('requestRate', 1, 10);
export const approvals = () => integer('approvals', 1, 5);
export const stepOrder = () => integer('stepOrder', 0, 1000);
export const sample = () => integer('sample', 1, 500);
export const workspaceId = () => integer('workspaceId', 1, Number.MAX_SAFE_INTEGER);
export const databasePath = () => refined('database', /\S/, isDatabasePath);

export const list = <Item extends z.ZodType>(item: Item) => z.array(item, { error: 'list' });
export const nonEmptyList = <Item extends z.ZodType>(item: Item) =>
  z.array(item, { error: 'nonEmptyList' }).min(1, { error: 'nonEmptyList' });

/** Any URL. A check judges its shape while the bot runs. */
export const httpUrl = () => refined('url', /^https?:\/\/[^\s/]\S*$/i, (url) => URL.canParse(url));

export const publicUrl = () =>
  refined('publicUrl', /^https?:\/\/[^\s/]\S*$/i, (url) => URL.canParse(url) && !/[?#]/.test(url));

export const date = () => refined('date', /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/, isCalendarDate);

/** Five fields with at least one run in the future. */
export const cron = () =>
  refined('cron', /^\s*\S+(?:\s+\S+){4}\s*$/, (expression) => isCron(expression.trim()));

export const timezone = () => refined('timezone', /\S/, isTimezone);
export const regex = () =>
  z
    .string({ error: 'regex' })
    .max(500, { error: 'regex', abort: true })
    .refine((text) => compilePattern(text) !== null, { error: 'regex' });

export const trustedHost = () =>
  refined('trustedHost', /^(?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?$/, (host) =>
    URL.canParse(`http://${host}`),
  );

/** An IP address, or a range such as 10.0.0.0/8. */
export const proxyAddress = () =>
  refined('proxyAddress', /^[0-9a-fA-F:.]+(?:\/[0-9]{1,3})?$/, (text) => {
    const [address = '', bits] = text.split('/');
    const most = { 4: 32, 6: 128 }[isIP(address)] ?? 0;
    return most > 0 && (bits === undefined || (Number(bits) >= 1 && Number(bits) <= most));
  });

/**
 * `{ env: NAME }` or `{ file: PATH }`, never the secret itself. Without `abort`, zod would take a branch whose only fault is
 * a wrong pattern for the intended one, and report the problem inside it.
 */
export const secret = () =>
  z.union(
    [
      z.strictObject({
        env: z
          .string()
          .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { abort: true })
          .describe('The environment variable that holds the secret'),
      }),
      z.strictObject({
        file: z
          .string()
          .regex(/\S/, { abort: true })
          .describe("The file that holds the secret; relative to this file's folder"),
      }),
    ],
    { error: 'secret' },
  );

/** Accepts a path, also as a `sqlite:` or `file:` URL. Refuses other schemes, hosts and in-memory databases. */
export function isDatabasePath(text: string): boolean {
  const path = databasePathOf(text);
  return path !== '' && !/^(?::|\/\/|[a-z][a-z0-9+.-]+:)|[/\\?]$|\?.*=/i.test(path);
}

/** The path in `./data/x.db`, `sqlite:./data/x.db`, `sqlite:///var/x.db` and `file:///var/x.db`. */
export function databasePathOf(text: string): string {
  return text.trim().replace(/^(?:sqlite|file):(?:\/\/(?=[/.]))?/i, '');
}

/** Refuses expressions that never fire, such as one for 30 February. */
function isCron(expression: string): boolean {
  try {
    // node-cron fires the schedule and croner computes missed runs, so both must accept the expression.
    if (!validate(expression)) return false;
    return new Cron(expression, { mode: '5-part', timezone: 'UTC', paused: true }).nextRun() !== null;
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) return false;
    throw error;
  }
}

/** Refuses dates that are not in the calendar: JavaScript would read 30 February as a day in March. */
const isCalendarDate = (text: string): boolean => 'at' in readIsoTime(text);

/** Tests the shape only: 29:00 passes too. */
const isTimeOfDay = (text: string): boolean => /^[0-2][0-9]:[0-5][0-9]$/.test(text);
