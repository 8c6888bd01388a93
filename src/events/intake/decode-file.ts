import { pipeline, Readable, type Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';

type Chunks = AsyncIterable<Uint8Array>;

/** Bytes that tell a format. */
const HEAD = 8;
/** Compressions inside each other that are undone. */
const MAX_LAYERS = 3;

/** A file in a format that is not read, or one that is damaged. The message begins with "is". */
export class FileFormatError extends Error {
  override name = 'FileFormatError';
}

const compressions: [name: string, magic: number[], create: () => Transform][] = [
  ['gzip', [0x1f, 0x8b], createGunzip],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd], createZstdDecompress],
];

const UNPACK = 'Unpack it, and import the files in it';
const AS_UTF8 = 'Save it as UTF-8';
const AS_LINES = 'Export it as one JSON object per line';

const refusedFormats: [magic: number[], name: string, remedy: string][] = [
  [[0x50, 0x4b, 3, 4], 'a ZIP archive or an Excel workbook', UNPACK],
  [[0x42, 0x5a, 0x68], 'compressed with bzip2', UNPACK],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'compressed with xz', UNPACK],
  [[0x37, 0x7a, 0xbc, 0xaf], 'a 7-Zip archive', UNPACK],
  [[0x04, 0x22, 0x4d, 0x18], 'compressed with LZ4', UNPACK],
  [[0x53, 0x51, 0x4c, 0x69, 0x74, 0x65], 'an SQLite database', AS_LINES],
  [[0x50, 0x41, 0x52, 0x31], 'a Parquet file', AS_LINES],
  [[0x25, 0x50, 0x44, 0x46], 'a PDF', AS_LINES],
  [[0xff, 0xfe, 0, 0], 'UTF-32', AS_UTF8],
  [[0, 0, 0xfe, 0xff], 'UTF-32', AS_UTF8],
];

/**
 * The UTF-8 bytes of a file that may be compressed (gzip, zstd) or UTF-16, with or without a byte order mark. Throws
 * FileFormatError for other formats, and where a file is damaged.
 */
export async function* decodedFile(chunks: Chunks, layers = MAX_LAYERS): AsyncGenerator<Uint8Array> {
  const { head, all } = await peek(chunks);
  const begins = (magic: number[]) => magic.every((byte, at) => head[at] === byte);
  const compression = compressions.find(([, magic]) => begins(magic));
  if (compression && layers > 0) return yield* decodedFile(expanded(all, compression), layers - 1);
  const refused = refusedFormats.find(([magic]) => begins(magic));
  if (refused) throw new FileFormatError(`is ${refused[1]}, which cannot be imported. ${refused[2]}`);
  const encoding = utf16Of(head);
  if (encoding === null) return yield* all;
  yield* transcoded(all, encoding);
}

/** The first bytes, and all chunks. */
async function peek(chunks: Chunks): Promise<{ head: Buffer; all: Chunks }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const read: Uint8Array[] = [];
  let length = 0;
  while (length < HEAD) {
    const { value, done } = await iterator.next();
    if (done) break;
    read.push(value);
    length += value.length;
  }
  const all = (async function* () {
    yield* read;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  })();
  return { head: Buffer.concat(read).subarray(0, HEAD), all };
}

async function* expanded(
  chunks: Chunks,
  [name, , create]: (typeof compressions)[number],
): AsyncGenerator<Uint8Array> {
  const expand = create();
  // The loop gets errors of both streams.
  pipeline(Readable.from(chunks, { objectMode: false }), expand, () => {});
  try {
    yield* expand;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!/^(?:Z_|ZSTD_)/.test(code)) throw error;
    throw new FileFormatError(`is damaged or incomplete: ${name} reports ${code}. Copy it again`);
  }
}

/** JSON has no zero bytes in UTF-8. */
function utf16Of(head: Buffer): 'utf-16le' | 'utf-16be' | null {
  const [first, second] = head;
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return 'utf-16le';
  return (first === 0xfe && second === 0xff) || (first === 0 && second !== 0) ? 'utf-16be' : null;
}

async function* transcoded(chunks: Chunks, encoding: string): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const utf8 = new TextEncoder();
  const decode = (bytes?: Uint8Array): Uint8Array => {
    try {
      return utf8.encode(bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode());
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw new FileFormatError(`begins as ${encoding.toUpperCase()}, but not all of it is. ${AS_UTF8}`);
    }
  };
  for await (const chunk of chunks) yield decode(chunk);
  yield decode();
}
