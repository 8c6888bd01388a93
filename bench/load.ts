import { connect, type Socket } from 'node:net';

/** A kept-alive connection with at most one request in flight. */
interface Connection {
  /** Resolves with the HTTP status when the answer is complete. */
  send(request: Buffer): Promise<number>;
  close(): void;
}

export interface Load {
  perSecond: number;
  /** Time of each request from when it was due until its answer was complete, ms. */
  latencies: number[];
  /** Number of answers other than 200. */
  refused: number;
}

export interface Connections {
  /** Sends as fast as the server answers. */
  flood(requests: readonly Buffer[]): Promise<Load>;
  /** Sends at a fixed rate, whether or not earlier requests have been answered. */
  steady(requests: readonly Buffer[], perSecond: number): Promise<Load>;
  close(): void;
}

/** Opens raw sockets instead of an HTTP client: sender and server share the CPU, so the sender has to be cheap. */
export async function openConnections(port: number, count: number): Promise<Connections> {
  const connections = await Promise.all(Array.from({ length: count }, () => openConnection(port)));
  return {
    close() {
      for (const connection of connections) connection.close();
    },
    async flood(requests) {
      const load = startLoad();
      let next = 0;
      const drain = async (connection: Connection): Promise<void> => {
        for (let request = requests[next++]; request; request = requests[next++])
          load.note(performance.now(), await connection.send(request));
      };
      await Promise.all(connections.map(drain));
      return load.result();
    },
    async steady(requests, perSecond) {
      const load = startLoad();
      const started = performance.now();
      const free = [...connections];
      const due: { request: Buffer; at: number }[] = [];
      const pending: Promise<void>[] = [];
      const dispatch = (): void => {
        while (free.length > 0 && due.length > 0) {
          // Uses the connections in turns: a server closes idle ones.
          const [connection, item] = [free.shift(), due.shift()];
          if (!connection || !item) return;
          pending.push(
            connection.send(item.request).then((status) => {
              load.note(item.at, status);
              free.push(connection);
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

async function openConnection(port: number): Promise<Connection> {
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

/** Reads answers by their Content-Length, which both servers send. */
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
