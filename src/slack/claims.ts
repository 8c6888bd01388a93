/** Largest number of remembered keys; more than anybody has open messages. */
const MAX_KEYS = 1_000;

/** Answer to the second click. The first one changes the message or says why not. */
export const ALREADY_USED_TEXT =
  'This button was used already, so nothing more was done. Its message shows the result.';

/** Makes two clicks on one button a single act. */
export interface Claims {
  /** True for the first claim of this key. */
  claim(key: string): boolean;
  /** Allows the key to be claimed again, after an act that failed. */
  release(key: string): void;
}

export function createClaims(): Claims {
  const claimed = new Set<string>();
  return {
    claim(key) {
      if (claimed.has(key)) return false;
      claimed.add(key);
      const [oldest] = claimed;
      if (claimed.size > MAX_KEYS && oldest !== undefined) claimed.delete(oldest);
      return true;
    },
    release: (key) => void claimed.delete(key),
  };
}
