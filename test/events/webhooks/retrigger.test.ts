import { expect, it } from 'vitest';
import { createRegistrations } from '../../../src/events/webhooks/registrations.ts';
import type { RetriggerRequest } from '../../../src/events/webhooks/retrigger.ts';
import { type Stand, startStand, there } from '../../environment.ts';
import { movableClock } from '../../time/movable-clock.ts';

const MINUTE_MS = 60_000;

async function openDesk() {
  const clock = movableClock();
  const stand = await startStand({ overrides: { clock } });
  const { config, core } = stand;
  const registrations = createRegistrations({ config, ...core, clientOf: core.clients.of });
  const contractId = Number(there(stand.prod.contracts[0]).id.slice(2));
  const ask = (shown: RetriggerRequest['shown'] = null, id = contractId) =>
    registrations.retrigger(stand.environment('prod'), { contractId: id, shown }, 'slack:U0ALICE');
  return { ...stand, clock, ask, contractId };
}

const sent = ({ spotdraft }: Stand): number =>
  spotdraft.requests.filter(({ path }) => path.endsWith('/re_trigger_latest/')).length;

it('a button acts once, however long ago it did', async () => {
  const desk = await openDesk();
  const shown = { showing: 'showing_one', newest: null };
  expect(await desk.ask(shown)).toMatchObject({ kind: 'done', sent: true });
  desk.clock.move(10 * MINUTE_MS);
  expect(await desk.ask(shown)).toMatchObject({
    kind: 'refused',
    sent: false,
    summary: 'This button has been used already, so nothing was sent.',
  });
  expect(sent(desk)).toBe(1);
  expect(await desk.ask({ ...shown, showing: 'showing_two' })).toMatchObject({ kind: 'done' });
  expect(sent(desk)).toBe(2);
});

it('two persons at the same time send once, and the second is told of the first', async () => {
  const desk = await openDesk();
  const results = await Promise.all([desk.ask(), desk.ask()]);
  expect(results.map(({ kind }) => kind).sort()).toEqual(['done', 'refused']);
  const { summary } = there(results.find(({ kind }) => kind === 'refused'));
  expect(summary).toContain('Slack member U0ALICE re-triggered contract');
  expect(sent(desk)).toBe(1);
  desk.clock.move(MINUTE_MS);
  expect((await desk.ask()).kind).toBe('done');
});

it('what SpotDraft refused keeps nobody from trying again', async () => {
  const desk = await openDesk();
  expect(await desk.ask(null, 1)).toMatchObject({ kind: 'refused', status: 404, sent: false });
  expect(await desk.ask(null, 1)).toMatchObject({ kind: 'refused', status: 404, sent: false });
  expect(sent(desk)).toBe(2);
});

it.each([
  ['a lost answer', { kind: 'reset_mid_body' as const }, 'lost'],
  ['a server error', { kind: 'status' as const, status: 503 }, 'lost'],
  ['a page instead of an answer', { kind: 'html' as const, status: 200 }, 'lost'],
  ['no permission', { kind: 'status' as const, status: 403 }, 'refused'],
  ['too many requests', { kind: 'status' as const, status: 429 }, 'refused'],
])('%s is told for what it is, and nothing is sent a second time', async (_, fault, kind) => {
  const desk = await openDesk();
  desk.spotdraft.faults.add({ fault });
  const result = await desk.ask();
  expect(result.kind).toBe(kind);
  expect(result.remedy).toMatch(/\w+ \w+/);
  expect(sent(desk)).toBe(1);
});
