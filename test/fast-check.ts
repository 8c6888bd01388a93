import fc from 'fast-check';
import { long } from './long.ts';

/**
 * fast-check with the seed of this run. `npm test` uses one fixed seed, so a stranger's run does not depend on luck;
 * `npm run test:long` and CI use a random one, which vitest.config.ts prints.
 */
fc.configureGlobal({
  seed: Number(process.env.ENVCHECK_TEST_SEED),
  ...(long ? { numRuns: 1_000, interruptAfterTimeLimit: 60_000 } : {}),
});

export default fc;
