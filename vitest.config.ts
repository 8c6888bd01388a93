import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Real servers, real pacing: a check of a whole workspace takes seconds.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Two cores; files run side by side, each with servers and a database of its own.
    maxWorkers: 2,
  },
});
