import { enableCompileCache } from 'node:module';

// Keeps the stripped and compiled sources, so that the next start is faster and needs no type stripper in memory.
enableCompileCache();
const { runCommandLine } = await import('./cli/command-line.ts');
const { processContext } = await import('./cli/context.ts');

// Socket Mode's client can lose its connection for good in a promise that nobody awaits. A process that no longer listens
// must not look alive: it exits, and its supervisor starts a new one.
process.on('unhandledRejection', (error) => {
  process.stderr.write(
    `envcheck: stopped by an unhandled rejection: ${error instanceof Error ? error.stack : error}\n`,
  );
  process.exit(1);
});

process.exitCode = await runCommandLine(['start', ...process.argv.slice(2)], processContext());
