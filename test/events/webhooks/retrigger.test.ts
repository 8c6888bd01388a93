import { expect, it } from 'vitest';
import { createRegistrations } from '../../../src/events/webhooks/registrations.ts';
import type { RetriggerRequest } from '../../../src/events/webhooks/retrigger.ts';
import { type Stand, startStand, there } from '../../environment.ts';
import { movableClock } from '../../time/movable-clock.ts';

const MINUTE_MS = 60_000;

async function startRetrigger() {
  const clock = movableClock();
  const stand = await startStand({ overrides: { clock } });
  const { config, core } = stand;
  const registrations = createRegistrations({ config, ...core, clientOf: core.clients.of });
  const contractId = there(stand.prod.contracts[0]).internalId;
  const ask = (shown: RetriggerRequest['shown'] = null, id = contractId) =>
    registrations.retrigger(stand.environment('prod'), { contractId: id, shown }, 'slack:U0ALICE');
  return { ...stand, clock, ask, contractId };
}

const sent = ({ spotdraft }: Stand): number =>
  spotdraft.requests.filter(({ path }) => path.endsWith('/re_trigger_latest/')).length;

it('a button acts once, however long ago', async () => {
  const retriggers = await startRetrigger();
  const shown = { showing: 'showing_one', newest: null };
  expect(await retriggers.ask(shown)).toMatchObject({ kind: 'done', sent: true });
  retriggers.clock.move(10 * MINUTE_MS);
  expect(await retriggers.ask(shown)).toMatchObject({
    kind: 'refused',
    sent: false,
    summary: 'This button has been used already, so nothing was sent.',
  });
  expect(sent(retriggers)).toBe(1);
  expect(await retriggers.ask({ ...shown, showing: 'showing_two' })).toMatchObject({ kind: 'done' });
  expect(sent(retriggers)).toBe(2);
});

it('two people at the same time send once, and the second sees the name of the first', async () => {
  const retriggers = await startRetrigger();
  const results = await Promise.all([retriggers.ask(), retriggers.ask()]);
  expect(results.map(({ kind }) => kind).sort()).toEqual(['done', 'refused']);
  const { summary } = there(results.find(({ kind }) => kind === 'refused'));
  expect(summary).toContain('Slack member U0ALICE re-triggered contract');
  expect(sent(retriggers)).toBe(1);
  retriggers.clock.move(MINUTE_MS);
  expect((await retriggers.ask()).kind).toBe('done');
});

it('a refused re-trigger can be tried again at once', async () => {
  const retriggers = await startRetrigger();
  expect(await retriggers.ask(null, 1)).toMatchObject({ kind: 'refused', status: 404, sent: false });
  expect(await retriggers.ask(null, 1)).toMatchObject({ kind: 'refused', status: 404, sent: false });
  expect(sent(retriggers)).toBe(2);
});

it.each([
  ['a lost answer', { kind: 'reset_mid_body' as const }, 'lost'],
  ['a server error', { kind: 'status' as const, status: 503 }, 'lost'],
  ['a page instead of an answer', { kind: 'html' as const, status: 200 }, 'lost'],
  ['no permission', { kind: 'status' as const, status: 403 }, 'refused'],
  ['too many requests', { kind: 'status' as const, status: 429 }, 'refused'],
])('%s is reported as such, and nothing is sent a second time', async (_, fault, kind) => {
  const retriggers = await startRetrigger();
  retriggers.spotdraft.faults.add({ fault });
  const result = await retriggers.ask();
  expect(result.kind).toBe(kind);
  expect(result.remedy).toMatch(/\w+ \w+/);
  expect(sent(retriggers)).toBe(1);
});
