#!/usr/bin/env node
// This file is plain JavaScript, so that an older Node can run it and say which version is needed.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `envcheck needs Node 22.18 or newer, and this is ${process.versions.node}: use the npm scripts, which have their own Node (npm run envcheck -- …)`,
  );
  process.exit(64);
}
await import('../src/cli.ts');
