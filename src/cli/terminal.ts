import { once } from 'node:events';
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Output of a command: results go to `out`, everything else to `err`. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Resolves when `out` can take more; false when its reader is gone. */
  drained(): Promise<boolean>;
  /** Columns of the output; 80 where it is not a terminal. */
  width: number;
  style(style: Style, text: string): string;
  /** Replaces the status line on `err`; null where that is not a terminal. */
  status: ((text: string) => void) | null;
}

/** Colours follow NO_COLOR, FORCE_COLOR and whether the output is a terminal. */
export function processTerminal(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): Terminal {
  let closed = false;
  // `| head` closes the pipe when it has enough. Any other error loses the result and is a failure.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    closed = true;
  });
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    async drained() {
      // The listener above handles errors.
      if (stdout.writableNeedDrain) await once(stdout, 'drain').catch(() => {});
      return !closed;
    },
    // Some pseudo terminals report 0 columns.
    width: stdout.columns || 80,
    style: (style, text) => styleText(style, text, { stream: stdout }),
    status: stderr.isTTY ? (text) => void stderr.write(`\r\u001b[2K${text}`) : null,
  };
}

/** The text of a value for `--json`. */
export const jsonText = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
