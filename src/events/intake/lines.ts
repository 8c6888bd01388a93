/** Much more than a call or an outcome can fill. */
export const MAX_LINE_BYTES = 64 * 1024;

export interface Line {
  /** From 1. */
  number: number;
  /** Without the line end; null: it is longer than MAX_LINE_BYTES, and was not kept. */
  bytes: Uint8Array | null;
}

const LINE_FEED = 10;

/** Line by line: however much comes in, no more than one line of it is held. */
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

/** Nothing but blanks, tabs and carriage returns, which JSON skips as well. */
export const isBlank = ({ bytes }: Line): boolean =>
  bytes?.every((byte) => byte === 32 || byte === 9 || byte === 13) ?? false;
