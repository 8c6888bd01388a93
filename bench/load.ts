import { connect, type Socket } from 'node:net';

/** A connection that is kept, with one request under way at most. */
interface Line {
  /** Resolves with the status when the answer is complete. */
  send(request: Buffer): Promise<number>;
  close(): void;
}

export interface Load {
  perSecond: number;
  /** Of each request from when it was due until its answer was complete, ms. */
  latencies: number[];
  /** Answers other than 200. */
  refused: number;
}

export interface Lines {
  /** As fast as they are answered. */
  flood(requests: readonly Buffer[]): Promise<Load>;
  /** So many in a second, whether or not the ones before have been answered. */
  steady(requests: readonly Buffer[], perSecond: number): Promise<Load>;
  close(): void;
}

/** Sockets and no HTTP client: what the sender costs is taken from a machine that the server needs. */
export async function openLines(port: number, count: number): Promise<Lines> {
  const lines = await Promise.all(Array.from({ length: count }, () => openLine(port)));
  return {
    close() {
      for (const line of lines) line.close();
    },
    async flood(requests) {
      const load = startLoad();
      let next = 0;
      const drain = async (line: Line): Promise<void> => {
        for (let request = requests[next++]; request; request = requests[next++])
          load.note(performance.now(), await line.send(request));
      };
      await Promise.all(lines.map(drain));
      return load.result();
    },
    async steady(requests, perSecond) {
      const load = startLoad();
      const started = performance.now();
      const free = [...lines];
      const due: { request: Buffer; at: number }[] = [];
      const pending: Promise<void>[] = [];
      const dispatch = (): void => {
        while (free.length > 0 && due.length > 0) {
          // In turns: a server closes a connection that is not used for long.
          const [line, item] = [free.shift(), due.shift()];
          if (!line || !item) return;
          pending.push(
            line.send(item.request).then((status) => {
              load.note(item.at, status);
              free.push(line);
              dispatch();
            }),
          );
        }
      };
      for (let next = 0; next < requests.length; ) {
        const now = performance.now();
        for (; next < requests.length && started + (next * 1_000) / perSecond <= now; next += 1)
          due.push({ request: requests[next] as Buffer, at: now });
        dispatch();
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      while (due.length > 0) await new Promise((resolve) => setTimeout(resolve, 1));
      await Promise.all(pending);
      return load.result();
    },
  };
}

function startLoad(): { note(from: number, status: number): void; result(): Load } {
  const started = performance.now();
  const latencies: number[] = [];
  let refused = 0;
  return {
    note(from, status) {
      latencies.push(performance.now() - from);
      if (status !== 200) refused += 1;
    },
    result: () => ({
      perSecond: (latencies.length / (performance.now() - started)) * 1_000,
      latencies,
      refused,
    }),
  };
}

async function openLine(port: number): Promise<Line> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  let answered: (status: number) => void = () => {};
  let failed: (error: Error) => void = () => {};
  readAnswers(socket, (status) => answered(status));
  socket.on('error', (error) => failed(error));
  socket.on('close', () => failed(new Error('the server closed the connection')));
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        if (socket.destroyed)
          return reject(new Error('the server closed the connection between two requests'));
        answered = resolve;
        failed = reject;
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}

/** Both servers name the length of what they answer. */
function readAnswers(socket: Socket, onAnswer: (status: number) => void): void {
  let text = '';
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    text = text === '' ? chunk : text + chunk;
    const end = text.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1]);
    if (text.length < end + 4 + length) return;
    const status = Number(text.slice(9, 12));
    text = '';
    onAnswer(status);
  });
}
