import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startWorld, type World } from '../sandbox/world.ts';
import { type Figure, ms, percentile } from './figure.ts';
import { openConnections } from './load.ts';
import { signedRequests } from './payload.ts';
import { startEnvcheck } from './processes.ts';

const COMMANDS = 300;
const CONNECTIONS = 128;
const PER_FLOOD = 10_000;

/** Time from typing a command to its acknowledgement, over Socket Mode, during a check of production and with the receivers at full load. */
export async function measureAcknowledgement(): Promise<Figure[]> {
  const world = await startWorld({});
  const bot = await startEnvcheck(world, world.configure({ sharedWebhookUrl: false }).file);
  try {
    await world.slack.waitForConnection();
    const quiet = await commands(world);
    const load = startLoad(world, bot.port);
    await load.underWay;
    await world.slack.command({ text: 'prod' });
    const loaded = await commands(world);
    const perSecond = await load.stop();
    const bare = percentile(await bareRoundTrips(), 0.99);
    const p99 = percentile(loaded, 0.99);
    return [
      {
        name: 'Slack acknowledgement while receivers run at full load, p99',
        measured: ms(p99),
        reference: `${ms(bare)}: bare node:http round trip, p99`,
        ratio: (p99 / bare).toFixed(1),
        goal: '< 300 ms',
        note: `${COMMANDS} commands in sequence, during a check and while ${Math.round(perSecond).toLocaleString('en')} deliveries per second were stored; without load ${ms(percentile(quiet, 0.99))}. Commands and deliveries share the main thread.`,
      },
    ];
  } finally {
    await bot.stop();
    await world.stop();
  }
}

async function commands(world: World): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < COMMANDS; index += 1)
    times.push((await world.slack.command({ text: 'help' })).ms);
  return times;
}

/** Floods the receivers until stopped. `stop` returns the median number of answers per second. */
function startLoad(world: World, port: number): { underWay: Promise<void>; stop(): Promise<number> } {
  let stopped = false;
  let begin = () => {};
  const underWay = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const running = (async () => {
    const connections = await openConnections(port, CONNECTIONS);
    const requests = signedRequests(world.prod.hmacKey, 0, PER_FLOOD);
    await connections.flood(requests.slice(0, CONNECTIONS));
    begin();
    const rates: number[] = [];
    // Sends the same requests again: duplicates are rows too, and signing new ones would take CPU time from the server.
    while (!stopped) rates.push((await connections.flood(requests)).perSecond);
    connections.close();
    return percentile(rates, 0.5);
  })();
  return {
    underWay,
    stop: () => {
      stopped = true;
      return running;
    },
  };
}

async function bareRoundTrips(): Promise<number[]> {
  const server = createServer((request, response) => request.resume().on('end', () => response.end('ok')));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const times: number[] = [];
  for (let index = 0; index < COMMANDS; index += 1) {
    const started = performance.now();
    await (await fetch(url, { method: 'POST', body: 'text=help' })).text();
    times.push(performance.now() - started);
  }
  server.closeAllConnections();
  server.close();
  return times;
}
