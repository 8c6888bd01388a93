import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSandbox } from '../../../sandbox/browser/sandbox.ts';
import { type PageServer, startPageServer } from '../../../sandbox/browser/server.ts';
import { signOffProduction } from '../../../sandbox/browser/sign-off.ts';
import type { Sandbox } from '../../../sandbox/browser/state.ts';
import { repairEverything, switches } from '../../../sandbox/browser/switches.ts';
import { long } from '../../long.ts';
import { ALICE, GENERAL, SANDBOX_OPTIONS } from './window.ts';

// The switches share a sandbox, and each test repairs production, so that a check fails among passing ones.
let sandbox: Sandbox;
let server: PageServer;
beforeAll(async () => {
  sandbox = await startSandbox(SANDBOX_OPTIONS);
  server = await startPageServer(sandbox, 0);
});
afterAll(async () => {
  await server.stop();
  await sandbox.stop();
});

/** False after a test that failed: the next test then repairs production first. */
let ready = false;

/** Performs an action of the page, as its script does. */
async function perform(name: string, input: object): Promise<void> {
  const response = await fetch(`${server.url}/do/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url },
    body: JSON.stringify(input),
  });
  expect(await response.json()).toEqual({});
}

const page = async (): Promise<string> => (await fetch(server.url)).text();

/** The page's control of a switch: its state, and the input of the action that a click performs. */
async function control(title: string): Promise<{ on: boolean; input: object }> {
  const button = /<button[^>]*role="switch"[^>]*>(?:(?!<\/button>).)*/gs;
  const found =
    (await page()).match(button)?.find((markup) => markup.endsWith(`<span>${title}</span>`)) ?? '';
  const input = /data-with="([^"]*)"/.exec(found)?.[1]?.replaceAll('&quot;', '"') ?? '';
  return { on: found.includes('aria-checked="true"'), input: JSON.parse(input) };
}

/** Asks for a report that only Alice sees, and returns its text on the page. */
async function check(): Promise<string> {
  const { slack } = sandbox.world;
  // A recent report would be shown again.
  sandbox.clock.advance(61_000);
  const before = slack.ephemerals(GENERAL, ALICE).length;
  await perform('write', { user: ALICE, channel: GENERAL, thread: null, text: '/envcheck prod --private' });
  const report = await slack.waitFor(() => {
    const newest = slack.ephemerals(GENERAL, ALICE).slice(before).at(-1);
    return JSON.stringify(newest?.blocks ?? '').includes('Re-check') && newest;
  }, 60_000);
  const item = (await page()).split('<li class="message').find((each) => each.includes(report.ts)) ?? '';
  expect(item).toContain('Only visible to you');
  return item.replaceAll(/<[^>]*>/g, ' ');
}

/** Switches that change the configuration, to which a sign-off is bound. */
const voiding = new Set([
  'missing-template',
  'renamed-contract-type',
  'renamed-field',
  'changed-option',
  'unpublished-workflow',
  'user-outside-role',
  'inactive-user',
  'signatory-order',
  'conditional-signatory',
  'approval-role',
  'newly-required',
]);

test.for(
  switches.map(({ id, title, check: failing }, index) => ({ title, failing, voids: voiding.has(id), index })),
)('“$title” fails $failing and can be repaired', async ({ title, failing, voids, index }) => {
  // The long run asks after each repair. The short one does after some of them, and the last test after them all.
  const asks = long || failing === null || index % 6 === 0;
  // Earlier tests that did not ask may have left a void sign-off.
  if (!ready || (asks && !long)) await repairEverything(sandbox);
  ready = false;
  const off = await control(title);
  expect(off.on).toBe(false);
  await perform('switch', off.input);
  const on = await control(title);
  expect(on.on).toBe(true);
  const broken = await check();
  if (failing === null) expect(broken).toMatch(/✅ prod \(production\): ready/);
  else {
    expect(broken).toMatch(/(❌|❔) prod \(production\): (not ready|could not tell)/);
    expect(broken).toContain(failing);
  }

  await perform('switch', on.input);
  expect((await control(title)).on).toBe(false);
  ready = !asks;
  if (!asks) return;
  let repaired = await check();
  // The repair does not restore a sign-off that the changed configuration has voided.
  if (voids) {
    expect(repaired).toMatch(/❌ prod \(production\): not ready\s+1 failed[\s\S]*sign-offs\.runbook/);
    expect(repaired).toContain('void: ');
    await signOffProduction(sandbox, sandbox.clock.now());
    repaired = await check();
  }
  expect(repaired).toMatch(/✅ prod \(production\): ready/);
  ready = true;
});

test('production is ready again after every mistake was repaired and the last item signed off', async () => {
  await signOffProduction(sandbox, sandbox.clock.now());
  expect(await check()).toMatch(/✅ prod \(production\): ready/);
});
