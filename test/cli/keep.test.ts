import { expect, it } from 'vitest';
import { openCliWorld } from './program.ts';

it('an incident mark is stored with its reason, audited and listed, and refused for an unknown id', async () => {
  const { run } = await openCliWorld();
  const { events } = JSON.parse((await run(['events', 'prod', '--json'])).out);
  const { id } = events[0];
  const kept = await run(['keep', id, '90d', '--reason', 'incident 7', '--json']);
  expect(kept).toMatchObject({ code: 0, err: '' });
  const mark = JSON.parse(kept.out);
  expect(mark).toMatchObject({ query: id, reason: 'incident 7' });
  expect(Date.parse(mark.until) - Date.parse(mark.markedAt)).toBe(90 * 86_400_000);
  expect(JSON.parse((await run(['keep', '--json'])).out)).toEqual({ marks: [mark] });
  expect((await run(['keep'])).out).toContain('incident 7');
  expect(await run(['keep', 'nowhere-1', '1d', '--reason', 'x'])).toMatchObject({ code: 1, out: '' });
  expect(await run(['keep', id, '900d', '--reason', 'x'])).toMatchObject({ code: 1, out: '' });
  expect((await run(['keep', id, '90d'])).code).toBe(64);
  expect((await run(['keep', id, '--reason', 'x'])).code).toBe(64);
  expect((await run(['doctor'])).out).toMatch(/audit +1 entry, each/);
});
