import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, type TestContext } from 'vitest';
import { findChromium } from '../../../sandbox/browser/chromium.ts';
import { type SandboxOptions, startSandbox } from '../../../sandbox/browser/sandbox.ts';
import { startPageServer } from '../../../sandbox/browser/server.ts';
import type { Sandbox } from '../../../sandbox/browser/state.ts';

export const ALICE = 'U0ALICE';
export const BOB = 'U0BOB';
export const GENERAL = 'C0GENERAL';

export interface SandboxWindow {
  sandbox: Sandbox;
  url: string;
  page: Page;
  /** Messages of the shown channel. */
  messages: Locator;
  /** Shows another channel, person or part. */
  show(query: Record<string, string>): Promise<void>;
  /** Types into the message field and sends the text. */
  write(text: string): Promise<void>;
  /** Waits for the newest message with this text. */
  message(text: string | RegExp): Promise<Locator>;
}

/** Retries and SpotDraft's rate limit cost no time: these tests are about the page. */
export const SANDBOX_OPTIONS: SandboxOptions = { retry: { baseDelayMs: 20 }, requestsPerSecond: 200 };

let browser: Promise<Browser> | null = null;

/** Opens a window on a sandbox of its own. Skips the test when there is no browser. */
export async function openWindow(context: TestContext): Promise<SandboxWindow> {
  const executablePath = chromiumPath(context);
  const served = await serveSandbox((stop) => context.onTestFinished(stop));
  return openPage(context, executablePath, served);
}

/**
 * Returns a function like openWindow whose windows show the same sandbox, for tests that do not depend on each other's
 * messages. The first test starts the sandbox; it stops after the last test of the file.
 */
export function shareSandbox(): typeof openWindow {
  const stops: (() => unknown)[] = [];
  afterAll(async () => {
    for (const stop of stops.reverse()) await stop();
  });
  let shared: Promise<ServedSandbox> | null = null;
  return async (context) => {
    const executablePath = chromiumPath(context);
    shared ??= serveSandbox((stop) => stops.push(stop));
    return openPage(context, executablePath, await shared);
  };
}

interface ServedSandbox {
  sandbox: Sandbox;
  url: string;
}

async function serveSandbox(onStop: (stop: () => Promise<void>) => void): Promise<ServedSandbox> {
  const sandbox = await startSandbox(SANDBOX_OPTIONS);
  onStop(() => sandbox.stop());
  const server = await startPageServer(sandbox, 0);
  onStop(() => server.stop());
  return { sandbox, url: server.url };
}

const chromiumPath = (context: TestContext): string =>
  findChromium(process.env) ??
  context.skip('Chromium is missing. Run apt-get install chromium, or set CHROMIUM to its path.');

async function openPage(
  context: TestContext,
  executablePath: string,
  { sandbox, url }: ServedSandbox,
): Promise<SandboxWindow> {
  browser ??= chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const page = await (await browser).newPage({ viewport: { width: 1440, height: 900 } });
  context.onTestFinished(() => page.close());
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => void errors.push(message));
  context.onTestFinished(() => {
    if (errors.length > 0) throw new Error(`The page's script failed: ${errors.join('; ')}`);
  });
  await page.goto(url);
  const messages = page.locator('.conversation .messages');
  return {
    sandbox,
    url,
    page,
    messages,
    show: async (query) => void (await page.goto(`${url}/?${new URLSearchParams(query)}`)),
    async write(text) {
      const field = page.getByRole('combobox', { name: /^Message / });
      await field.fill(text);
      await field.press('Enter');
    },
    async message(text) {
      const found = messages.locator(':scope > li').filter({ hasText: text }).last();
      await found.waitFor({ timeout: 60_000 });
      return found;
    },
  };
}

/** Closes the browser. Call it at the end of a test file. */
export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
  browser = null;
}

/** Waits for a report after the first `before` reports. A message is a report once it has the Re-check button. */
export async function nextReport({ messages, page }: SandboxWindow, before: number): Promise<Locator> {
  const reports = messages
    .locator(':scope > li')
    .filter({ has: page.getByRole('button', { name: 'Re-check' }) });
  await reports.nth(before).waitFor({ timeout: 60_000 });
  return reports.nth(before);
}
