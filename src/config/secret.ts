import { inspect } from 'node:util';

const MASK = '[secret]';

/**
 * A secret value that cannot be printed by accident: string conversion, JSON and `console.log` show a mask. Only `reveal()`
 * returns the value, so a search for that name finds every use of a secret.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  equals(other: Secret): boolean {
    return this.#value === other.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}

/**
 * Masks these secrets in text from others, which may echo what they were sent. Finds them verbatim, escaped in a JSON
 * string and encoded in a URL.
 */
export function withoutSecrets(text: string, secrets: readonly Secret[]): string {
  return secrets
    .flatMap((secret) => spellings(secret.reveal()))
    .sort((left, right) => right.length - left.length) // Otherwise a secret that begins with another would leave its rest.
    .reduce((masked, value) => masked.replaceAll(value, MASK), text);
}

const spellings = (value: string): string[] => [
  ...new Set([value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]),
];
