import { distance, closest as nearest } from 'fastest-levenshtein';

/** One thing that stops the start, with everything that is needed to put it right. */
export interface Problem {
  /** Where to look: `envcheck.yaml:12:5 environments.prod.region`, or the name of an environment variable. */
  place: string;
  /** The key's path in the file, or the variable's name. Empty: the file as a whole. */
  path: string;
  /** What is wrong, read after the path: `is missing`, `is an unknown key`. */
  wrong: string;
  /** As JSON, at most 60 characters. Null where nothing is there, and always null for a secret. */
  value: string | null;
  allowed: string;
  remedy: string;
}

/** All problems of a start at once. Carries no secret: neither its message nor its problems hold one. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly file: string;
  readonly problems: readonly Problem[];

  /** @param file the file as the person knows it: relative to the working folder where it is inside of it */
  constructor(file: string, problems: readonly Problem[]) {
    super(summary(file, problems));
    this.file = file;
    this.problems = problems;
  }
}

/** For the terminal: a line with the count, then three lines for each problem. */
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

/** `requires.users[0].email`; a key that is no plain word is quoted. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    if (!/^[\w-]+$/.test(step)) return `${text}[${printable(JSON.stringify(shorten(step)))}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}

/** The candidate that a slip of the fingers may have meant; null when none is near. */
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

/** `intake` and `credentials` too: whoever misplaces a secret writes it there in the place of the section. */
const secretKey = /secret|token|pass|pwd|clientid|credential|intake|key|hmac|auth|bearer|private|signing/i;

const isSecretPath = (path: Path): boolean =>
  path.some((step) => typeof step === 'string' && isSecretKey(step));

const isSecretKey = (key: string): boolean => secretKey.test(key.replace(/[^A-Za-z]/g, ''));

/** A value for a message: JSON of at most 60 characters; null at the path of a secret, or where there is none. */
export function showValue(value: unknown, path: Path): string | null {
  if (value === undefined || isSecretPath(path)) return null;
  return shorten(printable(toJson(value, 0)));
}

const shorten = (text: string): string => (text.length <= 60 ? text : `${text.slice(0, 59)}…`);

/** JSON with secrets masked. A few levels are enough for 60 characters, and an alias to itself has no end. */
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

/** Secrets that stand where none belongs: a URL's user and query values, and Slack's tokens. */
function maskInText(text: string): string {
  return text
    .replace(/:\/\/\S*@/g, '://[secret]@')
    .replace(/((?:pass\w*|pwd|secret|token)\s*[=:]\s*)\S+/gi, '$1[secret]')
    .replace(/([?&][^=&\s]*=)[^&\s#]+/g, '$1[secret]')
    .replace(/\bx(?:ox[a-z]|app)-[\w-]*/gi, '[secret]');
}

/** Control and direction characters could rewrite what a terminal shows. */
function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
