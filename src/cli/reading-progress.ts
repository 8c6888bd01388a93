import type { Progress } from '../workspace/progress.ts';
import type { Terminal } from './terminal.ts';

/** Shows on a terminal how much of `what` has been read, and for how many seconds. */
export function readingProgress(terminal: Terminal, what: string): (progress: Progress) => void {
  const started = performance.now();
  return ({ done, planned }) =>
    terminal.status?.(
      `Reading ${what}: ${done} of ${planned} (${Math.round((performance.now() - started) / 1000)} s)`,
    );
}
