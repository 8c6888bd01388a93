#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// Keeps the stripped and compiled sources: the next command starts faster.
enableCompileCache();
const { loadEnvFile } = await import('./config/env-file.ts');
const { runCommandLine } = await import('./cli/command-line.ts');
const { processTerminal } = await import('./cli/terminal.ts');

loadEnvFile(process.cwd());
process.exitCode = await runCommandLine(process.argv.slice(2), {
  terminal: processTerminal(process.stdout, process.stderr),
  env: process.env,
  cwd: process.cwd(),
});
