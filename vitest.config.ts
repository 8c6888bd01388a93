import { defineConfig } from 'vitest/config';

/** Seed of the property tests of `npm test`: the same on every machine and every day. */
const FIXED_SEED = '20261130';

/** Modes: `test` (npm test), `random` (property tests with a new seed), `long` (npm run test:long). */
export default defineConfig(({ mode }) => {
  const seed =
    process.env.ENVCHECK_TEST_SEED ?? (/^(random|long)$/.test(mode) ? `${Date.now() % 2 ** 31}` : FIXED_SEED);
  if (seed !== FIXED_SEED) console.error(`property tests: ENVCHECK_TEST_SEED=${seed}`);
  return {
    test: {
      include: ['test/**/*.test.ts'],
      // Loading the bot takes longer than most test files. They share its modules and nothing else: each opens its own servers and database.
      isolate: false,
      globalSetup: 'test/temporary-folder.ts',
      env: { ENVCHECK_TEST_SEED: seed, ENVCHECK_TEST_LONG: mode === 'long' ? '1' : '0' },
      // Tests start real servers and pace real requests; a loaded machine takes long. Only the tests of pace measure time, and they measure the sender's.
      testTimeout: mode === 'long' ? 600_000 : 90_000,
      hookTimeout: 60_000,
      // Twice the two cores of the machine that CI uses: tests wait for servers and browsers.
      maxWorkers: 4,
    },
  };
});
