/** More clicks than anybody has open messages for. */
const MAX_KEYS = 1_000;

/** Makes of two clicks on one button one act. */
export interface Once {
  /** True for the first who asks with this key. */
  claim(key: string): boolean;
}

export function createOnce(): Once {
  const claimed = new Set<string>();
  return {
    claim(key) {
      if (claimed.has(key)) return false;
      claimed.add(key);
      const [oldest] = claimed;
      if (claimed.size > MAX_KEYS && oldest !== undefined) claimed.delete(oldest);
      return true;
    },
  };
}
