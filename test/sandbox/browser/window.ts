import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import type { TestContext } from 'vitest';
import { findChromium } from '../../../sandbox/browser/chromium.ts';
import { startSandbox } from '../../../sandbox/browser/sandbox.ts';
import { startPageServer } from '../../../sandbox/browser/server.ts';
import type { Sandbox } from '../../../sandbox/browser/state.ts';

export const ALICE = 'U0ALICE';
export const BOB = 'U0BOB';
export const GENERAL = 'C0GENERAL';

export interface SandboxWindow {
  sandbox: Sandbox;
  url: string;
  page: Page;
  /** Messages of the channel that is shown. */
  messages: Locator;
  /** Shows another channel, person or part. */
  show(query: Record<string, string>): Promise<void>;
  /** Types into the message field and sends. */
  write(text: string): Promise<void>;
  /** The newest message with these words, once it is there. */
  message(words: string | RegExp): Promise<Locator>;
}

export interface WindowOptions {
  width?: number;
  colorScheme?: 'light' | 'dark';
}

/** What is looked at here is the page: nobody has to wait for SpotDraft's pace. */
const REQUESTS_PER_SECOND = 200;

let browser: Promise<Browser> | null = null;

/** A sandbox of its own and a window on it. Where there is no browser the test is skipped, and says so. */
export async function openWindow(context: TestContext, options: WindowOptions = {}): Promise<SandboxWindow> {
  const executablePath = findChromium(process.env);
  if (!executablePath)
    return context.skip('There is no Chromium here: apt-get install chromium, or name one in CHROMIUM.');
  const sandbox = await startSandbox({
    retry: { baseDelayMs: 20 },
    requestsPerSecond: REQUESTS_PER_SECOND,
  });
  context.onTestFinished(() => sandbox.stop());
  const server = await startPageServer(sandbox, 0);
  context.onTestFinished(() => server.stop());
  browser ??= chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const page = await (await browser).newPage({
    viewport: { width: options.width ?? 1440, height: 900 },
    colorScheme: options.colorScheme ?? 'light',
  });
  context.onTestFinished(() => page.close());
  const troubles: string[] = [];
  page.on('pageerror', ({ message }) => void troubles.push(message));
  context.onTestFinished(() => {
    if (troubles.length > 0) throw new Error(`The page's script failed: ${troubles.join('; ')}`);
  });
  await page.goto(server.url);
  const messages = page.locator('.conversation .messages');
  return {
    sandbox,
    url: server.url,
    page,
    messages,
    show: async (query) => void (await page.goto(`${server.url}/?${new URLSearchParams(query)}`)),
    async write(text) {
      const field = page.getByRole('combobox', { name: /^Message / });
      await field.fill(text);
      await field.press('Enter');
    },
    async message(words) {
      const found = messages.locator(':scope > li').filter({ hasText: words }).last();
      await found.waitFor({ timeout: 60_000 });
      return found;
    },
  };
}

/** For the end of a test file. */
export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
  browser = null;
}

/** A report is one once it can be checked again. */
export async function nextReport({ messages, page }: SandboxWindow, before: number): Promise<Locator> {
  const reports = messages
    .locator(':scope > li')
    .filter({ has: page.getByRole('button', { name: 'Re-check' }) });
  await reports.nth(before).waitFor({ timeout: 60_000 });
  return reports.nth(before);
}
