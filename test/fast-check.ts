import fc from 'fast-check';
import { long } from './long.ts';

/**
 * fast-check with the seed of this run. `npm test` uses one fixed seed, so a stranger's run does not depend on luck;
 * `npm run test:long` and CI use a random one, which vitest.config.ts prints.
 */
fc.configureGlobal({ seed: Number(process.env.ENVCHECK_TEST_SEED), numRuns: long ? 300 : runs(100) });

/** Number of runs of a property: a third of `usual` with the fixed seed, which has passed before, and ten times as many in `npm run test:long`. */
export function runs(usual: number): number {
  return Math.ceil(usual * Number(process.env.ENVCHECK_TEST_RUNS));
}

/** Fractions between 0 and 1: `short` in `npm test`, `count` drawn with this run's seed in `npm run test:long`. */
export const fractions = (short: number[], count: number): number[] =>
  long ? fc.sample(fc.noBias(fc.nat(999)), count).map((thousandths) => thousandths / 1_000) : short;

export default fc;
