import { deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { decodedFile, FileFormatError } from '../../../src/events/intake/decode-file.ts';

const text = '{"id":"ä-1"}\n{"id":"𝒳-2"}\n';
const utf8 = Buffer.from(text);
const utf16 = Buffer.from(text, 'utf16le');
const bigEndian = Buffer.from(utf16).swap16();

/** The text of a file that comes in pieces of some bytes. */
async function decoded(file: Uint8Array, size: number): Promise<string> {
  const pieces = (async function* () {
    for (let from = 0; from < file.length; from += size) yield file.subarray(from, from + size);
  })();
  const all: Uint8Array[] = [];
  for await (const chunk of decodedFile(pieces)) all.push(chunk);
  return Buffer.concat(all).toString('utf8');
}

it.each<[string, Uint8Array]>([
  ['UTF-8', utf8],
  ['gzip', gzipSync(utf8)],
  ['gzip in two members', Buffer.concat([gzipSync(utf8.subarray(0, 9)), gzipSync(utf8.subarray(9))])],
  ['gzip in gzip', gzipSync(gzipSync(utf8))],
  ['zstd', zstdCompressSync(utf8)],
  ['UTF-16', utf16],
  ['UTF-16 with a byte order mark', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16])],
  ['big-endian UTF-16', bigEndian],
  ['big-endian UTF-16 with a byte order mark', Buffer.concat([Buffer.from([0xfe, 0xff]), bigEndian])],
  ['UTF-16 in gzip', gzipSync(utf16)],
  ['one byte', Buffer.from('{')],
  ['nothing', Buffer.alloc(0)],
])('a file in %s is read, however its bytes are cut', async (_format, file) => {
  const expected = file.length > 1 ? text : file.toString();
  for (const size of [1, 3, 7, 4_096]) expect(await decoded(file, size)).toBe(expected);
});

it.each<[string, Uint8Array, string]>([
  ['a ZIP archive', Buffer.from('PK\u0003\u0004rest'), 'Unpack it'],
  ['bzip2', Buffer.from('BZh91AY'), 'Unpack it'],
  ['an SQLite database', Buffer.from('SQLite format 3\0'), 'one JSON object per line'],
  ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x7b, 0, 0, 0]), 'Save it as UTF-8'],
  ['UTF-16', Buffer.concat([utf16, Buffer.from([1])]), 'Save it as UTF-8'],
  ['gzip', gzipSync(utf8).subarray(0, 20), 'damaged or incomplete'],
  ['gzip', Buffer.concat([gzipSync(utf8).subarray(0, 12), deflateRawSync(utf16)]), 'damaged or incomplete'],
])(
  'a file that is %s and cannot be read is refused by its name, with what to do',
  async (name, file, remedy) => {
    const error = await decoded(file, 4_096).catch((each: unknown) => each);
    expect(error).toBeInstanceOf(FileFormatError);
    expect(String(error)).toContain(name);
    expect(String(error)).toContain(remedy);
  },
);
