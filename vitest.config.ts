import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Real servers, real pacing: a check of a whole workspace takes seconds, and more on a machine with other work. No test is about how long it takes.
    testTimeout: 90_000,
    hookTimeout: 60_000,
    // Two cores; files run side by side, each with servers and a database of its own.
    maxWorkers: 2,
  },
});
