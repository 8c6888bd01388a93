/** One measured figure, as text. */
export interface Figure {
  name: string;
  measured: string;
  /** The value to compare with, measured or computed in the same run. */
  reference: string;
  ratio: string;
  /** The goal of the design. */
  goal: string;
  /** The limiting factor, and conditions of the measurement. */
  note?: string;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export const ms = (value: number): string =>
  value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;
export const seconds = (value: number): string => `${(value / 1000).toFixed(1)} s`;
export const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`;
