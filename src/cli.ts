#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// Keeps the stripped and compiled sources, so that the next command starts faster.
enableCompileCache();
const { runCommandLine } = await import('./cli/command-line.ts');
const { processContext } = await import('./cli/context.ts');

process.exitCode = await runCommandLine(process.argv.slice(2), processContext());
