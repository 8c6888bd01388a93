/** Parts that tests share with the processes they start. It loads no simulator, so that a process starts fast. */
import { readFileSync } from 'node:fs';
import { WebClient } from '@slack/web-api';
import { silentLogger } from '../../../src/slack/bolt-logger.ts';

/** A clock that runs like the machine's, shifted by the ms in a file. Several processes share it. */
export const fileClock = (file: string) => ({
  now: (): number => Date.now() + Number(readFileSync(file, 'utf8')),
});

export const textMessage = (text: string) => ({
  text,
  blocks: [{ type: 'section' as const, text: { type: 'mrkdwn' as const, text } }],
});

/** The client as the bot makes it for its outbox. */
export const webClient = (apiUrl: string, token: string, timeoutMs: number): WebClient =>
  new WebClient(token, {
    slackApiUrl: apiUrl,
    timeout: timeoutMs,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: silentLogger,
  });
