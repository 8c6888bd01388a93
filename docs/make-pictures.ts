import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Locator, type Page } from 'playwright-core';
import { nextMorning } from '../sandbox/browser/adjustable-clock.ts';
import { findChromium } from '../sandbox/browser/chromium.ts';
import { finishContract } from '../sandbox/browser/contracts.ts';
import { GENERAL, REPORT_ZONE, SIGNER } from '../sandbox/browser/northwind.ts';
import { startSandbox } from '../sandbox/browser/sandbox.ts';
import { startPageServer } from '../sandbox/browser/server.ts';
import type { Sandbox } from '../sandbox/browser/state.ts';
import { repairEverything } from '../sandbox/browser/switches.ts';
import { additionalMistakes } from '../sandbox/spotdraft/additional-mistakes.ts';
import { seededMistakes } from '../sandbox/spotdraft/mistakes.ts';
import { actionIds } from '../src/slack/action-ids.ts';

/** Folder of the pictures in the docs. They are taken from the sandbox, so they show real answers of the bot. */
const folder = join(import.meta.dirname, 'pictures');

const HOUR_MS = 3_600_000;

const executablePath = findChromium(process.env);
if (!executablePath) {
  console.error('screenshots: no Chromium found; apt-get install chromium, or set CHROMIUM to its path');
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
  await take(page, 'report', () => reportMessage(page, sandbox));
  await take(page, 'find', () => find(page, sandbox));
  await take(page, 'diff', () => diff(page, sandbox));
  await take(page, 'digest', () => digest(page, sandbox));
  await take(page, 'home', () => home(page, server.url), 900);
  await page.goto(server.url);
  await take(page, 'history', () => history(page, sandbox));
} finally {
  await browser.close();
  await server.stop();
  await sandbox.stop();
}
// Unfinished work of the bot is not needed.
process.exit(0);

/** Calls `show`, then takes a picture of the element that it returns, or of the whole window for null. */
async function take(
  page: Page,
  name: string,
  show: () => Promise<Locator | null>,
  height?: number,
): Promise<void> {
  const shown = await show();
  // A control under the pointer would be highlighted.
  await page.mouse.move(0, 0);
  const file = join(folder, `${name}.png`);
  // High enough for the longest message: scrolled-out parts are not in the picture.
  await page.setViewportSize({ width: 1440, height: height ?? (shown ? 1800 : 900) });
  await (shown ? shown.screenshot({ path: file }) : page.screenshot({ path: file }));
  console.log(file);
}

async function report(page: Page): Promise<null> {
  await page.locator('#tour-check').click();
  await page.locator('.messages').getByRole('button', { name: 'Re-check' }).waitFor();
  return null;
}

/** The report on a production workspace with one mistake in it. */
async function reportMessage(page: Page, world: Sandbox): Promise<Locator> {
  await repairEverything(world);
  seededMistakes.changedOption.introduce(world.world.prod);
  world.clock.advance(61_000);
  return ask(page, '/envcheck prod', 'Re-check');
}

async function find(page: Page, world: Sandbox): Promise<Locator> {
  const contract = await finishContract(world, 'uat');
  return ask(page, `/envcheck find ${contract.id}`, 'happened in SpotDraft');
}

async function diff(page: Page, world: Sandbox): Promise<Locator> {
  await repairEverything(world);
  for (const mistake of [additionalMistakes.renamedField, seededMistakes.unpublishedWorkflow])
    mistake.introduce(world.world.prod);
  return ask(page, '/envcheck diff uat prod', 'Compare again');
}

/** The digest of the next morning, about the mistakes that `diff` introduced. */
async function digest(page: Page, { clock }: Sandbox): Promise<Locator> {
  clock.advance(nextMorning(clock.now(), REPORT_ZONE) - clock.now());
  const post = page.locator('.messages > :last-child').filter({ hasText: 'morning' });
  await post.waitFor();
  return post;
}

/** Four days with different mistakes, so that the trend picture has a shape. */
async function history(page: Page, sandbox: Sandbox): Promise<Locator> {
  for (const mistake of [
    null,
    seededMistakes.userOutsideRole,
    additionalMistakes.renamedContractType,
    null,
  ]) {
    await repairEverything(sandbox);
    mistake?.introduce(sandbox.world.prod);
    await check(sandbox);
    sandbox.clock.advance(24 * HOUR_MS);
  }
  await repairEverything(sandbox);
  await write(page, '/envcheck history prod');
  const picture = page.locator('.messages > li').filter({ has: page.locator('.picture img') });
  await picture.last().waitFor();
  return picture.last();
}

/** Makes a new report: one younger than 60 s would be reused. */
async function check({ clock, world: { slack } }: Sandbox): Promise<void> {
  clock.advance(61_000);
  const reports = () =>
    slack.messages(GENERAL).filter(({ blocks }) => JSON.stringify(blocks).includes(actionIds.recheck)).length;
  const before = reports();
  await slack.command({ text: 'prod', channel: GENERAL });
  await slack.waitFor(() => reports() > before, 60_000);
}

/** The Home tab as Bob sees it. */
async function home(page: Page, url: string): Promise<Locator> {
  // Waiting messages leave at Slack's pace, one a second.
  await page.waitForTimeout(8_000);
  await page.goto(`${url}/?as=${SIGNER}&at=home`);
  const shown = page.locator('.home');
  await shown.getByText('Environments', { exact: true }).waitFor();
  return shown;
}

/** Types a command and returns the newest message once it contains `text`. */
async function ask(page: Page, command: string, text: string): Promise<Locator> {
  await write(page, command);
  const answer = page.locator('.messages > :last-child').filter({ hasText: text });
  await answer.waitFor();
  return answer;
}

async function write(page: Page, text: string): Promise<void> {
  const field = page.locator('#composer');
  await field.fill(text);
  await field.press('Enter');
}
