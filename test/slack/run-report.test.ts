import { pino } from 'pino';
import { expect, it } from 'vitest';
import type { Environment } from '../../src/config/config.ts';
import type { Checker } from '../../src/inspect/run-checks.ts';
import { runReport } from '../../src/slack/run-report.ts';
import { createOpenAnswers, type SlackTools } from '../../src/slack/slack-tools.ts';
import type { Message } from '../../src/text/message.ts';

it('a check that fails unexpectedly says so in its own message, with a token that is in the log', async () => {
  const lines: string[] = [];
  const checker: Pick<Checker, 'check' | 'newest'> = {
    newest: async () => null,
    check: async () => {
      throw new Error('unforeseen');
    },
  };
  const tools = {
    checker,
    clock: { now: () => 0 },
    logger: pino({}, { write: (line) => void lines.push(line) }),
    openAnswers: createOpenAnswers(),
  } as unknown as SlackTools;
  const shown: Message[] = [];
  const answer = {
    channel: 'C1',
    progress: () => {},
    finish: async (message: Message) => void shown.push(message),
  };
  const environment = { name: 'prod', production: true } as Environment;

  await runReport(tools, environment, answer, { fresh: true, isPrivate: false });

  const [message] = shown;
  expect(message?.text).toContain('The check of prod (production) failed unexpectedly. Try again');
  const token = /err_[0-9a-f]{10}/.exec(message?.text ?? '')?.[0];
  expect(lines.join('')).toContain(`"token":"${token}"`);
  expect(lines.join('')).toContain('unforeseen');
});
