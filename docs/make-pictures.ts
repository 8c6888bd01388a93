import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Locator, type Page } from 'playwright-core';
import { findChromium } from '../src/sandbox/browser/chromium.ts';
import { finishContract } from '../src/sandbox/browser/contracts.ts';
import { nextMorning } from '../src/sandbox/browser/moved-clock.ts';
import { REPORT_ZONE } from '../src/sandbox/browser/northwind.ts';
import { startSandbox } from '../src/sandbox/browser/sandbox.ts';
import { startPageServer } from '../src/sandbox/browser/server.ts';
import type { Sandbox } from '../src/sandbox/browser/state.ts';
import { repairEverything } from '../src/sandbox/browser/switches.ts';
import { furtherMistakes, seededMistakes } from '../src/sandbox/spotdraft/mistakes.ts';

/** The README's pictures, taken from the sandbox: what is in them is what the bot really answers. */
const folder = join(import.meta.dirname, 'pictures');

const executablePath = findChromium(process.env);
if (!executablePath) {
  console.error('screenshots: there is no Chromium here; apt-get install chromium, or name one in CHROMIUM');
  process.exit(1);
}
mkdirSync(folder, { recursive: true });
const sandbox = await startSandbox();
const server = await startPageServer(sandbox, 0);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, deviceScaleFactor: 1.5 });
  await page.goto(server.url);
  await take(page, 'sandbox', () => report(page));
  await take(page, 'find', () => find(page, sandbox));
  await take(page, 'diff', () => diff(page, sandbox));
  await take(page, 'digest', () => digest(page, sandbox));
} finally {
  await browser.close();
  await server.stop();
  await sandbox.stop();
}
// What the bot has not finished is not needed.
process.exit(0);

/** Makes something appear; takes the whole window, or what `show` returns. */
async function take(page: Page, name: string, show: () => Promise<Locator | null>): Promise<void> {
  const shown = await show();
  // The pointer lights up what it is over.
  await page.mouse.move(0, 0);
  const file = join(folder, `${name}.png`);
  // High enough for the longest message: what is scrolled out of sight is not in the picture.
  await page.setViewportSize({ width: 1440, height: shown ? 1800 : 900 });
  await (shown ? shown.screenshot({ path: file }) : page.screenshot({ path: file }));
  console.log(file);
}

async function report(page: Page): Promise<null> {
  await page.locator('#tour-check').click();
  await page.locator('.messages').getByRole('button', { name: 'Re-check' }).waitFor();
  return null;
}

async function find(page: Page, world: Sandbox): Promise<Locator> {
  const contract = await finishContract(world, 'uat');
  return ask(page, `/envcheck find ${contract.id}`, 'CONTRACT_EXECUTED');
}

async function diff(page: Page, world: Sandbox): Promise<Locator> {
  await repairEverything(world);
  for (const mistake of [furtherMistakes.renamedField, seededMistakes.unpublishedWorkflow])
    mistake.make(world.world.prod);
  return ask(page, '/envcheck diff uat prod', 'Compare again');
}

/** The report of the next morning, with what `diff` has left. */
async function digest(page: Page, { clock }: Sandbox): Promise<Locator> {
  clock.moveOn(nextMorning(clock.now(), REPORT_ZONE) - clock.now());
  const post = page.locator('.messages > :last-child').filter({ hasText: 'morning' });
  await post.waitFor();
  return post;
}

/** Types a command and gives the newest message with these words, once it is there. */
async function ask(page: Page, command: string, words: string): Promise<Locator> {
  const field = page.locator('#composer');
  await field.fill(command);
  await field.press('Enter');
  const answer = page.locator('.messages > :last-child').filter({ hasText: words });
  await answer.waitFor();
  return answer;
}
