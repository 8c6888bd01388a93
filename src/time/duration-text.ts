const units: [string, number][] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
];

/** A duration as "350 ms", "12 s", "3 min", "24 h" or "2 d", in the largest unit of which there are at least two. */
export function durationText(ms: number): string {
  const unit = units.find(([, size]) => ms >= 2 * size);
  return unit ? `${Math.round(ms / unit[1])} ${unit[0]}` : `${Math.round(ms)} ms`;
}
