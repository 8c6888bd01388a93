import { setImmediate } from 'node:timers/promises';

const HOUR_MS = 3_600_000;

/**
 * The hours of a period, newest first, `from` included and `to` excluded (epoch ms), with other work in between: one query about a
 * week of a busy log would keep deliveries waiting.
 */
export async function* hoursOf({
  since,
  until,
}: {
  since: number;
  until: number;
}): AsyncGenerator<{ from: number; to: number }> {
  for (let to = until + 1; to > since; to -= HOUR_MS) {
    yield { from: Math.max(since, to - HOUR_MS), to };
    await setImmediate();
  }
}
