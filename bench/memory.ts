import { startWorld } from '../sandbox/world.ts';
import { type Figure, megabytes } from './figure.ts';
import { openConnections } from './load.ts';
import { signedRequests } from './payload.ts';
import { startEnvcheck } from './processes.ts';

const EARLY = 20_000;
const LATE = 100_000;
const STEP = 5_000;

/** Resident memory after 20,000 and after 100,000 deliveries, a quarter of them invalid. */
export async function measureMemory(): Promise<Figure[]> {
  const world = await startWorld({});
  const bot = await startEnvcheck(world, world.configure({ sharedWebhookUrl: false }).file);
  try {
    const connections = await openConnections(bot.port, 64);
    let early = 0;
    for (let sent = 0; sent < LATE; sent += STEP) {
      const requests = signedRequests(world.prod.hmacKey, sent, STEP).map((request, index) =>
        index % 4 === 0 ? corrupted(request, index) : request,
      );
      await connections.flood(requests);
      if (sent + STEP === EARLY) early = bot.residentBytes();
    }
    connections.close();
    const late = bot.residentBytes();
    return [
      {
        name: 'memory (RSS) after 100,000 deliveries',
        measured: megabytes(late),
        reference: `${megabytes(early)}: after 20,000`,
        ratio: (late / early).toFixed(2),
        goal: 'no growth',
        note: 'a quarter of them have a wrong signature, an unknown environment or another content type. V8 keeps used pages; a leak would show in the ratio.',
      },
    ];
  } finally {
    await bot.stop();
    await world.stop();
  }
}

function corrupted(request: Buffer, index: number): Buffer {
  const wrong: [string, string][] = [
    ['HASH: ', 'HASH: 0'],
    ['/webhooks/prod', '/webhooks/none'],
    ['application/json', 'text/plain'],
  ];
  const [right, wrongText] = wrong[index % wrong.length] as [string, string];
  return Buffer.from(request.toString('latin1').replace(right, wrongText), 'latin1');
}
