import type { Clock } from '../../src/time/clock.ts';
import type { ApiCall, LogEntry, LogKind } from './contract.ts';

/** A log entry whose optional fields may be absent. */
type NewEntry = { kind: LogKind; via: string } & Partial<Omit<LogEntry, 'at' | 'kind' | 'via'>>;

export interface Journal {
  history: LogEntry[];
  calls: ApiCall[];
  note(entry: NewEntry): void;
  call(call: ApiCall): void;
  /** Runs all waiting probes again. */
  changed(): void;
  waitFor<T>(probe: () => T | undefined | false | null, timeoutMs?: number): Promise<T>;
}

// A probe may read state outside the simulator (the app's database), so running it on changes is not enough.
const POLL_MS = 20;
const SHOWN_ENTRIES = 12;

/** Records events in order and runs waiting probes. */
export function createJournal(clock: Clock): Journal {
  const history: LogEntry[] = [];
  const calls: ApiCall[] = [];
  const waiting = new Set<() => void>();

  function changed(): void {
    for (const wake of [...waiting]) wake();
  }

  return {
    history,
    calls,
    changed,
    note(entry) {
      const { message, ...rest } = entry;
      const blank = { channel: null, user: null, ts: null, text: '', error: null };
      history.push({
        ...blank,
        ...rest,
        at: clock.now(),
        message: message ? { ...message } : null,
      });
      changed();
    },
    call(call) {
      calls.push(call);
      changed();
    },
    waitFor(probe, timeoutMs = 20_000) {
      // Created here, not at the timeout, so that the stack shows the caller.
      const failure = new Error(`Timed out after ${timeoutMs} ms.`);
      return new Promise((resolve, reject) => {
        const poll = setInterval(attempt, POLL_MS);
        const deadline = setTimeout(() => {
          failure.message += `\n${describeHistory(history, calls)}`;
          finish(() => reject(failure));
        }, timeoutMs);
        function finish(settle: () => void): void {
          clearInterval(poll);
          clearTimeout(deadline);
          waiting.delete(attempt);
          settle();
        }
        function attempt(): void {
          try {
            const found = probe();
            if (found) finish(() => resolve(found));
          } catch (error) {
            finish(() => reject(error));
          }
        }
        waiting.add(attempt);
        attempt();
      });
    },
  };
}

function describeHistory(history: LogEntry[], calls: ApiCall[]): string {
  if (history.length === 0) {
    const last = calls.at(-1)?.method;
    return `Nothing has happened in Slack${last ? ` except ${calls.length} API calls, the last one ${last}` : ''}.`;
  }
  const shown = history.slice(-SHOWN_ENTRIES).map((entry) => {
    const where = [entry.channel, entry.ts, entry.user].filter(Boolean).join(' ');
    const text = entry.text.length > 160 ? `${entry.text.slice(0, 160)}…` : entry.text;
    return `  ${entry.kind} via ${entry.via} ${where} ${JSON.stringify(text)}${entry.error ? ` ✗ ${entry.error}` : ''}`;
  });
  return `The last ${shown.length} of ${history.length} events in Slack:\n${shown.join('\n')}`;
}
