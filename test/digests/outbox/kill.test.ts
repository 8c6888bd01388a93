import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openTestOutbox, type TestOutbox } from './test-outbox.ts';

const script = fileURLToPath(new URL('./killed-sender.ts', import.meta.url));

/** Sends in a process that kills itself at `step`. Resolves with the signal that ended it. */
async function sendUntil(
  { file, slack, clock }: TestOutbox,
  step: string,
  key: string,
): Promise<string | null> {
  const trace = join(file, '../trace');
  const task = { file, apiUrl: slack.apiUrl, token: slack.botToken, step, key, now: clock.now(), trace };
  const child = spawn(process.execPath, [script, JSON.stringify(task)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await once(child, 'exit');
  expect(existsSync(trace) ? readFileSync(trace, 'utf8').trim().split('\n').at(-1) : '').toBe(step);
  return child.signalCode;
}

describe('a sender killed with kill -9', () => {
  it.each([
    ['stored', 0],
    ['claimed', 0],
    ['attempt noted', 0],
    ['answered', 1],
    ['answer noted', 1],
  ])('at the step “%s” leaves a message that is posted exactly once', async (step, posted) => {
    const office = await openTestOutbox();
    const { put, pass, texts } = office;
    expect(await sendUntil(office, step, 'm')).toBe('SIGKILL');
    expect(texts()).toHaveLength(posted);
    const row = await office.db.selectFrom('outbox').selectAll().executeTakeFirstOrThrow();
    expect({
      claimed: row.owner !== null,
      doubt: row.in_doubt_since !== null,
      ts: row.sent_ts !== null,
    }).toEqual({
      claimed: ['claimed', 'attempt noted', 'answered'].includes(step),
      doubt: ['attempt noted', 'answered'].includes(step),
      ts: step === 'answer noted',
    });
    await put({ key: 'after' });
    await pass(300_000);
    expect(texts()).toEqual(['m', 'after']);
  });

  it('while it searches for a message whose answer was lost leaves a message that is posted exactly once', async () => {
    const office = await openTestOutbox();
    const { slack, pass, clock, texts } = office;
    expect(await sendUntil(office, 'attempt noted', 'never sent')).toBe('SIGKILL');
    clock.advance(150_000);
    expect(await sendUntil(office, 'looked up', 'never sent')).toBe('SIGKILL');
    await pass(300_000);
    expect(texts()).toEqual(['never sent']);
    expect(await sendUntil(office, 'answered', 'sent')).toBe('SIGKILL');
    clock.advance(150_000);
    expect(await sendUntil(office, 'looked up', 'sent')).toBe('SIGKILL');
    await pass(300_000);
    expect(texts()).toEqual(['never sent', 'sent']);
    expect(slack.calls.filter(({ method }) => method === 'conversations.history').length).toBeGreaterThan(2);
  });
});
