/** Size limit of a line, far above that of a call or an outcome. */
export const MAX_LINE_BYTES = 64 * 1024;

export interface Line {
  /** Line number, from 1. */
  number: number;
  /** Content without the line end; null when it is longer than MAX_LINE_BYTES. */
  bytes: Uint8Array | null;
}

const LINE_FEED = 10;

/** Splits a stream into lines and holds at most one line in memory. */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Line> {
  let number = 1;
  let begun: Uint8Array[] = [];
  let length = 0;
  const keep = (part: Uint8Array) => {
    length += part.length;
    if (length > MAX_LINE_BYTES) begun = [];
    else if (part.length > 0) begun.push(part);
  };
  const end = (): Line => {
    const [only = new Uint8Array()] = begun;
    const bytes = begun.length > 1 ? Buffer.concat(begun) : only;
    const line = { number, bytes: length > MAX_LINE_BYTES ? null : bytes };
    number += 1;
    begun = [];
    length = 0;
    return line;
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let to = chunk.indexOf(LINE_FEED); to >= 0; to = chunk.indexOf(LINE_FEED, from)) {
      keep(chunk.subarray(from, to));
      from = to + 1;
      yield end();
    }
    keep(chunk.subarray(from));
  }
  if (length > 0) yield end();
}

/** True for a line of spaces, tabs and carriage returns only, which JSON also skips. */
export const isBlank = ({ bytes }: Line): boolean =>
  bytes?.every((byte) => byte === 32 || byte === 9 || byte === 13) ?? false;
