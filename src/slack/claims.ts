/** More clicks than anybody has open messages for. */
const MAX_KEYS = 1_000;

/** What the second click is told. The first changes the message itself, or says why it does not. */
export const ALREADY_USED_TEXT =
  'This button was used already, so nothing more was done. Its message shows what came of it.';

/** Makes of two clicks on one button one act. */
export interface Claims {
  /** True for the first who asks with this key. */
  claim(key: string): boolean;
  /** Nothing was done after all: the next who asks is the first. */
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
