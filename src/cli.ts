#!/usr/bin/env node
import { runCommandLine } from './cli/command-line.ts';
import { processTerminal } from './cli/terminal.ts';

process.exitCode = await runCommandLine(process.argv.slice(2), {
  terminal: processTerminal(process.stdout, process.stderr),
  env: process.env,
  cwd: process.cwd(),
});
