const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Refuses zero and more than five digits, because such durations are mistakes. */
export const durationPattern = /^[1-9][0-9]{0,4}[mhd]$/;

/** `30m`, `72h` or `90d` in ms. Throws on anything else, which the schema refuses before. */
export function durationMs(text: string): number {
  if (!durationPattern.test(text)) throw new RangeError(`not a duration: ${text}`);
  return Number(text.slice(0, -1)) * unitMs[text.slice(-1) as keyof typeof unitMs];
}
