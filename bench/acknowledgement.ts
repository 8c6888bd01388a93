import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startWorld } from '../src/sandbox/world.ts';
import { type Figure, ms, percentile } from './figure.ts';

const COMMANDS = 300;

/** From typing to Slack's acknowledgement, over Socket Mode, with a check of production running meanwhile. */
export async function measureAcknowledgement(): Promise<Figure[]> {
  const world = await startWorld({});
  try {
    await world.startBot(world.configure({ sharedWebhookUrl: false }));
    await world.slack.command({ text: 'prod' });
    const times: number[] = [];
    for (let index = 0; index < COMMANDS; index += 1)
      times.push((await world.slack.command({ text: 'help' })).ms);
    const bare = await bareRoundTrips();
    const p99 = percentile(times, 0.99);
    return [
      {
        name: 'Slack acknowledgement, p99',
        measured: ms(p99),
        reference: `${ms(percentile(bare, 0.99))}: bare node:http round trip, p99`,
        ratio: (p99 / percentile(bare, 0.99)).toFixed(1),
        goal: '< 300 ms while receivers run at full load',
        note: `${COMMANDS} commands one after the other while a check ran; receivers come with the event log, so their load is not in this figure yet.`,
      },
    ];
  } finally {
    await world.stop();
  }
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
