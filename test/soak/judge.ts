import { percentile } from '../../bench/figure.ts';
import type { LogEntry } from '../../sandbox/slack/server.ts';

const median = (values: readonly number[]): number => percentile(values, 0.5);

/** Resident memory of one process at a time. */
export interface MemorySample {
  /** ms of a monotonic clock. */
  at: number;
  bytes: number;
}

export interface Trend {
  /** Growth from the first sample to the last along the median slope, as a share of the median. */
  growth: number;
  medianBytes: number;
  samples: number;
}

/** The Theil-Sen trend: the median slope of all pairs of samples. A few garbage collections do not move it. */
export function memoryTrend(samples: readonly MemorySample[]): Trend {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || samples.length < 3)
    throw new Error(`a trend needs three samples, not ${samples.length}`);
  const slopes = samples.flatMap((left, index) =>
    samples.slice(index + 1).map((right) => (right.bytes - left.bytes) / (right.at - left.at)),
  );
  const medianBytes = median(samples.map(({ bytes }) => bytes));
  return {
    growth: (median(slopes) * (last.at - first.at)) / medianBytes,
    medianBytes,
    samples: samples.length,
  };
}

/** Ids of outbox messages that Slack shows more than once. The outbox marks each message with its id. */
export const postedTwice = (history: readonly Pick<LogEntry, 'kind' | 'message'>[]): string[] =>
  repeated(postedIds(history));

/** The outbox ids of all posted messages, in order. */
export const postedIds = (history: readonly Pick<LogEntry, 'kind' | 'message'>[]): string[] =>
  history.flatMap(({ kind, message }) =>
    kind === 'post' && message?.metadata?.event_type === 'envcheck_outbox'
      ? [String(message.metadata.event_payload.id)]
      : [],
  );

/** The items that stand in the list more than once, each once. */
export const repeated = (items: readonly string[]): string[] => [
  ...new Set(items.filter((item, index) => items.indexOf(item) < index)),
];
