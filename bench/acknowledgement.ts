import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startWorld, type World } from '../sandbox/world.ts';
import { type Figure, ms, percentile } from './figure.ts';
import { openLines } from './load.ts';
import { signedRequests } from './payload.ts';
import { startEnvcheck } from './processes.ts';

const COMMANDS = 300;
const CONNECTIONS = 128;
const PER_FLOOD = 10_000;

/** From typing to Slack's acknowledgement, over Socket Mode, with a check of production running and receivers at full load. */
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
        note: `${COMMANDS} commands one after the other, while a check ran and ${Math.round(perSecond).toLocaleString('en')} deliveries a second were stored; without that load ${ms(percentile(quiet, 0.99))}. Commands and deliveries share the main thread.`,
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

/** Floods until it is stopped, and then tells how many deliveries were answered in a second. */
function startLoad(world: World, port: number): { underWay: Promise<void>; stop(): Promise<number> } {
  let stopped = false;
  let begin = () => {};
  const underWay = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const running = (async () => {
    const lines = await openLines(port, CONNECTIONS);
    const requests = signedRequests(world.prod.hmacKey, 0, PER_FLOOD);
    await lines.flood(requests.slice(0, CONNECTIONS));
    begin();
    const rates: number[] = [];
    // The same again: duplicates are rows too, and signing more would take the time of what is measured.
    while (!stopped) rates.push((await lines.flood(requests)).perSecond);
    lines.close();
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
