import { once } from 'node:events';
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Where results and remarks go. Results to `out`, everything else to `err`. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Resolves when more should be written to `out`; with false when whoever reads it has stopped. */
  drained(): Promise<boolean>;
  /** Columns of the output; 80 where it is no terminal. */
  width: number;
  style(style: Style, text: string): string;
  /** A line on `err` that is written over; null where that is no terminal. */
  status: ((text: string) => void) | null;
}

/** Colours follow NO_COLOR, FORCE_COLOR and whether the output is a terminal. */
export function processTerminal(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): Terminal {
  let closed = false;
  // `| head` ends when it has seen enough. Everything else that keeps a result from being written is a failure.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    closed = true;
  });
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    async drained() {
      // An error has been judged by the listener above.
      if (stdout.writableNeedDrain) await once(stdout, 'drain').catch(() => {});
      return !closed;
    },
    // Some pseudo terminals say 0.
    width: stdout.columns || 80,
    style: (style, text) => styleText(style, text, { stream: stdout }),
    status: stderr.isTTY ? (text) => void stderr.write(`\r\u001b[2K${text}`) : null,
  };
}
