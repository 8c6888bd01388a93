import { type FileHandle, open } from 'node:fs/promises';
import { UsageError } from './usage-error.ts';

/** What is imported, piece by piece: it may be larger than the memory. */
export interface Source {
  /** Null: unknown, as that of standard input is. */
  bytes: number | null;
  chunks(onRead: (bytes: number) => void): AsyncGenerator<Buffer>;
  close(): Promise<void>;
}

/** Throws UsageError for a file that is not there or cannot be read. */
export async function openSource(file: string): Promise<Source> {
  if (file === '-')
    return {
      bytes: null,
      chunks: (onRead) => counted(process.stdin, onRead),
      close: async () => void process.stdin.destroy(),
    };
  const handle = await openFile(file);
  const { size } = await handle.stat();
  return {
    bytes: size,
    chunks: (onRead) => counted(handle.createReadStream({ autoClose: false }), onRead),
    close: () => handle.close(),
  };
}

async function openFile(file: string): Promise<FileHandle> {
  try {
    const handle = await open(file);
    if (!(await handle.stat()).isDirectory()) return handle;
    await handle.close();
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  throw new UsageError(`${file} is a folder; name a file in it`);
}

async function* counted(
  stream: AsyncIterable<Buffer>,
  onRead: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  for await (const chunk of stream) {
    onRead(chunk.length);
    yield chunk;
  }
}
