import type { Progress } from '../workspace/progress.ts';
import type { Terminal } from './terminal.ts';

/** Tells a terminal how far the reading of `what` is, with the seconds since it began. */
export function readingProgress(terminal: Terminal, what: string): (progress: Progress) => void {
  const started = performance.now();
  return ({ done, planned }) =>
    terminal.status?.(
      `Reading ${what}: ${done} of ${planned} (${Math.round((performance.now() - started) / 1000)} s)`,
    );
}
