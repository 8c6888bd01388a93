import { enableCompileCache } from 'node:module';

// Keeps the stripped and compiled sources: the next start is faster and does without the type stripper in memory.
enableCompileCache();
const { loadEnvFile } = await import('./config/env-file.ts');
const { runCommandLine } = await import('./cli/command-line.ts');
const { processTerminal } = await import('./cli/terminal.ts');

// Socket Mode's client can lose its connection for good in a promise that nobody waits for. A process that has stopped
// listening must not look alive: it ends, and its supervisor starts a new one.
process.on('unhandledRejection', (error) => {
  process.stderr.write(
    `envcheck: ended by an unhandled rejection: ${error instanceof Error ? error.stack : error}\n`,
  );
  process.exit(1);
});

loadEnvFile(process.cwd());
process.exitCode = await runCommandLine(['start', ...process.argv.slice(2)], {
  terminal: processTerminal(process.stdout, process.stderr),
  env: process.env,
  cwd: process.cwd(),
});
