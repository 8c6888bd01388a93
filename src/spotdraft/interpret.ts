import type { z } from 'zod';
import { type Secret, withoutSecrets } from '../config/secret.ts';
import { isNestedDeeply, MAX_NESTING } from '../text/nesting.ts';
import { type Fact, known, type Source, type UnknownCode, unknown } from './fact.ts';
import { errorBody } from './schemas.ts';
import type { Outcome } from './transport.ts';

/** Turns an answer into a fact. Anything but a body of the documented shape is unknown. */
export function interpret<T>(
  outcome: Outcome,
  schema: z.ZodType<T>,
  source: Source,
  secrets: Secret[],
): Fact<T> {
  const what = `${source.method} ${source.path}`;
  const no = (code: UnknownCode, words: string, spotdraftCode: string | null = null): Fact<T> =>
    unknown(code, `${what}: ${words}${tries(source)}`, [source], spotdraftCode);
  /** Masks secrets that a server echoes. Text is cut only after that, or half a secret would stay. */
  const masked = (text: string): string => withoutSecrets(text, secrets);

  if (outcome.kind === 'failure') return no(outcome.code, outcome.detail);
  const { status } = outcome;
  if (status >= 300 && status < 400)
    return no('redirect', `redirected to ${clip(target(masked(outcome.location ?? '')), 200)}`);
  if (status >= 400) {
    const { code, words } = explanation(outcome.body);
    return no(codeOf(status), `answered ${status}${words && `: ${clip(masked(words), 200)}`}`, code);
  }
  if (outcome.body.trim() === '') return no('empty', `answered ${status} with an empty body`);

  const json = parseJson(outcome.body);
  if (!json.ok) {
    if (json.isDeep) return no('not_json', `answered ${status} with JSON of more than ${MAX_NESTING} levels`);
    const type = masked(outcome.contentType).split(';')[0] || 'no content type';
    return no('not_json', `answered ${status} with ${clip(type, 60)} instead of JSON`);
  }
  const parsed = schema.safeParse(json.value);
  if (!parsed.success)
    return no('shape', `answered ${status} with an unexpected shape (${misfit(parsed.error)})`);
  return known(parsed.data, [source]);
}

const statusCodes: Record<number, UnknownCode> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  429: 'rate_limited',
  501: 'not_enabled',
};

const codeOf = (status: number): UnknownCode =>
  statusCodes[status] ?? (status >= 500 ? 'server_error' : 'refused');

const tries = ({ attempts }: Source): string => (attempts > 1 ? `, ${attempts} attempts` : '');

/** Code and message of SpotDraft's error body, where it has them. */
function explanation(body: string): { code: string | null; words: string } {
  const json = parseJson(body);
  const parsed = errorBody.safeParse(json.ok ? json.value : null);
  if (!parsed.success) return { code: null, words: '' };
  const { code, detail, message, error } = parsed.data;
  const words = [code, detail ?? message ?? error].filter((part) => part).join(' ');
  return { code: code && /^[A-Z][A-Z0-9_]{2,40}$/.test(code) ? code : null, words };
}

/** Target of a redirect without its query, which may repeat what was sent. */
function target(location: string): string {
  if (!location) return 'nowhere (no Location header)';
  return location.split(/[?#]/)[0] ?? '';
}

/** The first place where the body does not fit. The value is not shown, because it may be personal data. */
function misfit(error: z.ZodError): string {
  const issue = error.issues[0];
  const place = issue?.path.join('.') || 'the body';
  if (issue?.code === 'custom') return issue.message;
  return issue?.code === 'invalid_type' ? `${place} is not of type ${issue.expected}` : `at ${place}`;
}

function parseJson(body: string): { ok: true; value: unknown } | { ok: false; isDeep: boolean } {
  if (isNestedDeeply(body)) return { ok: false, isDeep: true };
  try {
    return {
      ok: true,
      value: LONG_NUMBER.test(body) ? parseWithSource(body, exactInteger) : JSON.parse(body),
    };
  } catch {
    return { ok: false, isDeep: false };
  }
}

const LONG_NUMBER = /\d{16}/;

/** `JSON.parse` as Node runs it: TypeScript does not know the third parameter yet. */
const parseWithSource = JSON.parse as (
  text: string,
  reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
) => unknown;

/** Keeps an integer that a number cannot hold as its digits. Rounded, it would be the id of something else. */
const exactInteger = (_key: string, value: unknown, { source = '' }: { source?: string }): unknown =>
  typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source) ? source : value;

const clip = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text;
