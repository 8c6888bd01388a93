#!/usr/bin/env node
// Plain JavaScript, so that an older Node gets this far and can say what it lacks.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `envcheck needs Node 22.18 or newer, and this is ${process.versions.node}: use the npm scripts, which bring their own (npm run envcheck -- …)`,
  );
  process.exit(64);
}
await import('../src/cli.ts');
