import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Seed of the property tests of `npm test`: the same on every machine and every day. */
const FIXED_SEED = '20261130';

/** Files that take longest. The default order, by size, starts some of them last on a machine that has not run them before. */
const SLOW =
  /\/test\/(?:soak\/|sandbox\/browser\/|inspect\/|cli\/(?:commands|import)\.|spotdraft\/pace\.|events\/log\/durability\.|slack\/interruptions\.|digests\/(?:app|processes)\.)/;

class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isSlow = ({ moduleId }: TestSpecification) => SLOW.test(moduleId);
    return (await super.sort(files)).sort((left, right) => Number(isSlow(right)) - Number(isSlow(left)));
  }
}

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
      sequence: { sequencer: SlowFirst },
      globalSetup: 'test/temporary-folder.ts',
      env: {
        ENVCHECK_TEST_SEED: seed,
        ENVCHECK_TEST_LONG: mode === 'long' ? '1' : '0',
        ENVCHECK_TEST_RUNS: mode === 'long' ? '10' : seed === FIXED_SEED ? '0.333' : '1',
      },
      // Tests start real servers and pace real requests; a loaded machine takes long. Only the tests of pace measure time, and they measure the sender's.
      testTimeout: mode === 'long' ? 600_000 : 90_000,
      hookTimeout: 60_000,
      // Twice the two cores of the machine that CI uses: tests wait for servers and browsers.
      maxWorkers: 4,
    },
  };
});
