import { inspect } from 'node:util';

const MASK = '[secret]';

/**
 * A secret value that cannot be printed by accident: string conversion, JSON and `console.log` show a mask.
 * Only `reveal()` gives the value, so every place that uses a secret can be found by that name.
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
 * The text with every spelling of these secrets masked: as it is, as it looks inside a JSON string, and inside a URL. For
 * what others say, which may echo what they were sent.
 */
export function withoutSecrets(text: string, secrets: readonly Secret[]): string {
  return secrets
    .flatMap((secret) => spellings(secret.reveal()))
    .sort((left, right) => right.length - left.length) // A secret that begins with another would leave its rest.
    .reduce((masked, value) => masked.replaceAll(value, MASK), text);
}

const spellings = (value: string): string[] => [
  ...new Set([value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]),
];
