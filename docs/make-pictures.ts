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
import { additionalMistakes, seededMistakes } from '../sandbox/spotdraft/mistakes.ts';
import { actionIds } from '../src/slack/action-ids.ts';

/** The README's pictures, taken from the sandbox: what is in them is what the bot really answers. */
const folder = join(import.meta.dirname, 'pictures');

const HOUR_MS = 3_600_000;

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
// What the bot has not finished is not needed.
process.exit(0);

/** Makes something appear; takes the whole window, or what `show` returns. */
async function take(
  page: Page,
  name: string,
  show: () => Promise<Locator | null>,
  height?: number,
): Promise<void> {
  const shown = await show();
  // The pointer lights up what it is over.
  await page.mouse.move(0, 0);
  const file = join(folder, `${name}.png`);
  // High enough for the longest message: what is scrolled out of sight is not in the picture.
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

/** The report of the next morning, with what `diff` has left. */
async function digest(page: Page, { clock }: Sandbox): Promise<Locator> {
  clock.advance(nextMorning(clock.now(), REPORT_ZONE) - clock.now());
  const post = page.locator('.messages > :last-child').filter({ hasText: 'morning' });
  await post.waitFor();
  return post;
}

/** Days with their ups and downs, as the trend picture shows them. */
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

/** A report that is not the one of the last minute. */
async function check({ clock, world: { slack } }: Sandbox): Promise<void> {
  clock.advance(61_000);
  const reports = () =>
    slack.messages(GENERAL).filter(({ blocks }) => JSON.stringify(blocks).includes(actionIds.recheck)).length;
  const before = reports();
  await slack.command({ text: 'prod', channel: GENERAL });
  await slack.waitFor(() => reports() > before, 60_000);
}

/** What Bob finds when he opens the app. */
async function home(page: Page, url: string): Promise<Locator> {
  // What waits to be posted leaves at Slack's pace, one message a second.
  await page.waitForTimeout(8_000);
  await page.goto(`${url}/?as=${SIGNER}&at=home`);
  const shown = page.locator('.home');
  await shown.getByText('Environments', { exact: true }).waitFor();
  return shown;
}

/** Types a command and gives the newest message with these words, once it is there. */
async function ask(page: Page, command: string, words: string): Promise<Locator> {
  await write(page, command);
  const answer = page.locator('.messages > :last-child').filter({ hasText: words });
  await answer.waitFor();
  return answer;
}

async function write(page: Page, text: string): Promise<void> {
  const field = page.locator('#composer');
  await field.fill(text);
  await field.press('Enter');
}
