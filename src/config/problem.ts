import { distance, closest as nearest } from 'fastest-levenshtein';

/** A problem that stops the start, with everything needed to fix it. */
export interface Problem {
  /** The place to fix: `envcheck.yaml:12:5 environments.prod.region`, or the name of an environment variable. */
  place: string;
  /** The key's path in the file, or the variable's name. Empty for the file as a whole. */
  path: string;
  /** The fault, as the end of a sentence that begins with the place: `is missing`, `is an unknown key`. */
  wrong: string;
  /** JSON of at most 60 characters; null when there is no value, and always for a secret. */
  value: string | null;
  allowed: string;
  remedy: string;
}

/** All problems of a start at once. Neither its message nor its problems contain a secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly file: string;
  readonly problems: readonly Problem[];

  /** @param file the file's name in messages: relative when it is inside the working folder */
  constructor(file: string, problems: readonly Problem[]) {
    super(summary(file, problems));
    this.file = file;
    this.problems = problems;
  }
}

/** Text for the terminal: a line with the count, then three lines per problem. */
export function formatProblems(error: ConfigError): string {
  const entries = error.problems.map(({ place, wrong, value, allowed, remedy }) =>
    [
      `  ${place} ${wrong}${value === null ? '' : `: ${value}`}`,
      `      allowed: ${allowed}`,
      `      to do:   ${remedy}`,
    ].join('\n'),
  );
  return [summary(error.file, error.problems), ...entries].join('\n\n');
}

function summary(file: string, problems: readonly Problem[]): string {
  const inFile = problems.filter(({ place }) => place.startsWith(file)).length;
  const where = [
    ...(inFile > 0 ? [file] : []),
    ...(inFile < problems.length ? ['the environment variables'] : []),
  ].join(' and ');
  return `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'} in ${where}`;
}

export type Path = readonly (string | number)[];

/** A path as text, such as `requires.users[0].email`. A key with special characters is quoted. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    if (!/^[\w-]+$/.test(step)) return `${text}[${printable(JSON.stringify(shorten(step)))}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}

/** The candidate that a typing error may have meant; null when none is close. */
export function didYouMean(word: string, candidates: readonly string[]): string | null {
  if (candidates.length === 0) return null;
  const fold = (text: string): string => text.trim().toLowerCase();
  const folded = nearest(fold(word), candidates.map(fold));
  const length = Math.max(word.length, folded.length);
  const tolerated = length < 4 ? length - 2 : Math.max(2, Math.floor(length / 3));
  const letters = (text: string): string => [...text].sort().join('');
  const swapped = letters(fold(word)) === letters(folded);
  if (!swapped && distance(fold(word), folded) > tolerated) return null;
  return candidates.find((candidate) => fold(candidate) === folded) ?? null;
}

/** Includes `intake` and `credentials`, because people write a secret there in place of the section. */
const secretKey = /secret|token|pass|pwd|clientid|credential|intake|key|hmac|auth|bearer|private|signing/i;

const isSecretPath = (path: Path): boolean =>
  path.some((step) => typeof step === 'string' && isSecretKey(step));

const isSecretKey = (key: string): boolean => secretKey.test(key.replace(/[^A-Za-z]/g, ''));

/** A value for a message: JSON of at most 60 characters; null for a secret or an absent value. */
export function showValue(value: unknown, path: Path): string | null {
  if (value === undefined || isSecretPath(path)) return null;
  return shorten(printable(toJson(value, 0)));
}

const shorten = (text: string): string => (text.length <= 60 ? text : `${text.slice(0, 59)}…`);

/** JSON with secrets masked. Three levels are enough for 60 characters, and an alias to itself would never end. */
function toJson(value: unknown, depth: number): string {
  if (typeof value === 'string') return JSON.stringify(maskInText(value));
  if (typeof value !== 'object' || value === null) return String(value);
  if (depth === 3) return '…';
  if (Array.isArray(value)) return `[${value.map((item) => toJson(item, depth + 1)).join(',')}]`;
  const entries = Object.entries(value).map(
    ([key, item]) => `${JSON.stringify(key)}:${isSecretKey(key) ? '"[secret]"' : toJson(item, depth + 1)}`,
  );
  return `{${entries.join(',')}}`;
}

/** Masks secrets in unexpected places: the user and query of a URL, and Slack tokens. */
function maskInText(text: string): string {
  return text
    .replace(/:\/\/\S*@/g, '://[secret]@')
    .replace(/((?:pass\w*|pwd|secret|token)\s*[=:]\s*)\S+/gi, '$1[secret]')
    .replace(/([?&][^=&\s]*=)[^&\s#]+/g, '$1[secret]')
    .replace(/\bx(?:ox[a-z]|app)-[\w-]*/gi, '[secret]');
}

/** Escapes control and direction characters, which could change what a terminal shows. */
function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
