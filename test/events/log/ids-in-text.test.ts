import { expect, it } from 'vitest';
import { idsInText } from '../../../src/events/log/ids-in-text.ts';
import fc from '../../fast-check.ts';

const opportunity = /^006[A-Za-z0-9]{12,15}$/;
const event = `evt_${'a1'.repeat(13)}`;
const uuid = '3f2b8c1e-0d4a-4a5b-9c6d-7e8f90a1b2c3';

it.each([
  ['in plain text', `look at ${event} please`, [event]],
  ['in code before a full stop', `It was \`${event}\`.`, [event]],
  ['as a contract id between punctuation', 'T-481516, (H-42) and "T-7".', ['T-481516', 'H-42', 'T-7']],
  [
    'as a link to a contract',
    'see <https://app.spotdraft.com/contracts/v2/4322|the contract>.',
    ['https://app.spotdraft.com/contracts/v2/4322'],
  ],
  ['as a contract number', 'Contract 481516 failed; contract_id=42', ['481516', '42']],
  [
    'in JSON',
    '{"contract_id": 481516, "request_id":"3f2b8c1e-0d4a-4a5b-9c6d-7e8f90a1b2c3"}',
    [uuid, '481516'],
  ],
  ['in a log line', `level=error req=${uuid} msg="no"`, [uuid]],
  ['in a URL', `https://crm.example/deals?id=006D2PPgddXwJw1V5B&x=1`, ['006D2PPgddXwJw1V5B']],
  [
    'as the time of an activity',
    'at 2026-09-17T08:53:52.201442Z it stopped',
    ['2026-09-17T08:53:52.201442Z'],
  ],
  ['twice', `${event} ${event}`, [event]],
])('an id %s is recognised', (_how, text, ids) => {
  expect(idsInText(text, [opportunity]).certain).toEqual(ids);
});

it('a word with a digit is a possible id, and a word without one is none', () => {
  const { certain, possible } = idsInText('the order-service-9 said hello to everybody at 12:30', []);
  expect(certain).toEqual([]);
  expect(possible).toContain('order-service-9');
  expect(possible).not.toContain('everybody');
});

it('any text is read without delay, and no id is returned twice', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), (text) => {
      const { certain, possible } = idsInText(text, [opportunity]);
      const all = [...certain, ...possible];
      expect(new Set(all).size).toBe(all.length);
    }),
  );
});
