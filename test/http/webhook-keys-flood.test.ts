import { expect, it, onTestFinished, vi } from 'vitest';
import { createWebhookKeys, type SignatureCheck } from '../../src/http/webhook-keys.ts';
import type { Fact } from '../../src/spotdraft/fact.ts';
import { activity, signed } from '../events/log/start-receiver.ts';
import { runningClock } from '../time/movable-clock.ts';

const MIB = 1024 * 1024;
const KEY = Buffer.from('key of prod').toString('base64');
const ROTATED = Buffer.from('rotated key of prod').toString('base64');
const WRONG = 'a'.repeat(128);

const right = (value: string): Fact<string> => ({
  known: true,
  value,
  sources: [],
});

/** Keys whose endpoint hangs from the first answer on. The wait for it is that of a clock that the test moves. */
async function hanging({ isKnown = true } = {}) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const answers: ((key: string) => void)[] = [];
  let hangs = !isKnown;
  const readKey = () =>
    hangs
      ? new Promise<Fact<string>>((resolve) => answers.push((key) => resolve(right(key))))
      : Promise.resolve(right(KEY));
  const keys = createWebhookKeys(['prod', 'uat'], readKey, runningClock(), async () => {});
  const body = Buffer.from(activity(1));
  if (isKnown) expect(await keys.verify('prod', body, signed(KEY, body))).toEqual({ is: 'right' });
  hangs = true;
  const settled: [what: string, is: SignatureCheck['is']][] = [];
  return {
    answers,
    settled,
    verify(what: string, given: Buffer, signature: string) {
      void keys.verify('prod', given, signature).then(({ is }) => settled.push([what, is]));
    },
    /** Lets the work go on that waits for no timer. */
    turns: async () => {
      for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    },
  };
}

it('500 wrong signatures at once are all answered after 1 s although the endpoint of the key hangs, and right ones before', async () => {
  const { answers, settled, verify, turns } = await hanging();
  const good = Buffer.from(activity(2));
  for (let sent = 0; sent < 500; sent += 1) verify('bad', Buffer.from(activity(sent)), WRONG);
  verify('good', good, signed(KEY, good));
  await turns();
  expect(settled).toEqual([['good', 'right']]);
  expect(answers).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1_000);
  await turns();
  expect(settled.slice(1)).toEqual(Array(500).fill(['bad', 'wrong']));
  // Nothing is left that waits.
  expect(vi.getTimerCount()).toBe(0);
  for (let sent = 0; sent < 100; sent += 1) verify('again', Buffer.from(activity(sent)), WRONG);
  verify('good', good, signed(KEY, good));
  await vi.advanceTimersByTimeAsync(1_000);
  await turns();
  expect(settled).toHaveLength(602);
  expect(answers).toHaveLength(1);
});

it.each([
  ['a known key', true, 'wrong'],
  ['no key', false, 'no_key'],
])('large bodies wait in 16 MiB with %s, and the others are answered at once', async (_what, isKnown, is) => {
  const { settled, verify, turns } = await hanging({ isKnown });
  const large = Buffer.alloc(MIB);
  for (let sent = 0; sent < 40; sent += 1) verify('bad', large, WRONG);
  await turns();
  expect(settled).toEqual(Array(24).fill(['bad', is]));
  await vi.advanceTimersByTimeAsync(10_000);
  await turns();
  expect(settled).toHaveLength(40);
  // Their places are free again.
  for (let sent = 0; sent < 16; sent += 1) verify('again', large, WRONG);
  await turns();
  expect(settled).toHaveLength(40);
});

it('a delivery that waits for the first key gets it, and is answered after 10 s when the endpoint hangs', async () => {
  const { answers, settled, verify, turns } = await hanging({ isKnown: false });
  const good = Buffer.from(activity(2));
  verify('early', good, signed(KEY, good));
  await vi.advanceTimersByTimeAsync(9_999);
  await turns();
  expect(settled).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  await turns();
  expect(settled).toEqual([['early', 'no_key']]);
  verify('late', good, signed(KEY, good));
  for (const answer of answers) answer(KEY);
  await turns();
  expect(settled.slice(1)).toEqual([['late', 'right']]);
});

it('a delivery that a new key signed waits with the flood, and is right when the key comes within 1 s', async () => {
  const { answers, settled, verify, turns } = await hanging();
  const good = Buffer.from(activity(2));
  for (let sent = 0; sent < 100; sent += 1) verify('bad', Buffer.from(activity(sent)), WRONG);
  verify('rotated', good, signed(ROTATED, good));
  await turns();
  expect(settled).toEqual([]);
  answers[0]?.(ROTATED);
  await turns();
  expect(settled).toContainEqual(['rotated', 'right']);
});
