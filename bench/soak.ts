import { soak } from '../test/soak/soak.ts';
import { type Figure, megabytes, ms, percentile } from './figure.ts';

const MINUTES = 3;

/** Event loop and memory under the load of the soak test, with the same outages, kills and clock steps, for three minutes. */
export async function measureSoak(): Promise<Figure[]> {
  const { lagMs, memory, acknowledged } = await soak({
    seed: 20261130,
    durationMs: MINUTES * 60_000,
    perSecond: 200,
    commandsPerMinute: 20,
    kills: 3,
    clockSteps: 8,
    report: (line) => process.stderr.write(`${line}\n`),
  });
  return [
    {
      name: 'event loop delay during the soak, p99, median of 5 s',
      measured: ms(percentile(lagMs, 0.5)),
      reference: `${ms(percentile(lagMs, 0.99))}: p99 of the worst 5 s in a hundred`,
      ratio: (percentile(lagMs, 0.5) / percentile(lagMs, 0.99)).toFixed(2),
      goal: '< 50 ms',
      note: `${acknowledged} deliveries, 200 a second, 20 commands a minute, while SpotDraft and Slack fail at random. Node's histogram counts its own 10 ms of rest.`,
    },
    {
      name: 'memory (RSS) during the soak, last two thirds',
      measured: `${(memory.growth * 100).toFixed(1)} %`,
      reference: `${megabytes(memory.medianBytes)}: the median of ${memory.samples} samples`,
      ratio: memory.growth.toFixed(2),
      goal: 'flat',
      note: `growth along the median slope. ${MINUTES} minutes still contain the warm-up; \`npm run test:long\` runs 30.`,
    },
  ];
}
