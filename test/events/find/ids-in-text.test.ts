import { expect, it } from 'vitest';
import { bareId, idsInText, wordsIn } from '../../../src/events/find/pasted-ids.ts';
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
  ['in bold and code', '*T-1*, _`T-2`_ ~T-3~ **T-4**', ['T-1', 'T-2', 'T-3', 'T-4']],
  ['in guillemets, with an ellipsis', '«T-7»… „H-8“!', ['T-7', 'H-8']],
  ['behind a number sign or a colon', '#T-720363 ID:T-720364', ['T-720363', 'T-720364']],
  ['in small letters', 't-720363 and h-42', ['T-720363', 'H-42']],
  [
    'with another hyphen',
    'T\u2011720363, T\u2013720364, T\u2212720365',
    ['T-720363', 'T-720364', 'T-720365'],
  ],
  ['in full width', '\uff34\uff0d\uff17\uff12', ['T-72']],
  ['with invisible characters', 'T-72\u200b0363\ufeff', ['T-720363']],
  ['after no-break spaces', 'Contract\u00a0\u202f720363', ['720363']],
  ['in escaped JSON', '{\\"contract_id\\": \\"T-720363\\"}', ['T-720363']],
  ['in HTML', '&lt;b&gt;T-720363&lt;/b&gt;&nbsp;', ['T-720363']],
  ['after “Contract No.”', 'Contract No. 720363 and contract number: 12', ['720363', '12']],
  ['glued to “contract”', 'contract-72 failed, contract_720363.pdf too', ['72', '720363']],
  ['in a list of contracts', 'contracts 1, 2 and 3 wait', ['1', '2', '3']],
  ['after “contractId”', '"contractId":720363', ['720363']],
  [
    'in a link of the app with more behind it',
    '<https://app.eu.spotdraft.com/contracts/v2/4322/details?tab=1#x|here>',
    ['https://app.eu.spotdraft.com/contracts/v2/4322'],
  ],
  [
    'in a link without a scheme',
    'app.spotdraft.com/contracts/v2/4322.',
    ['app.spotdraft.com/contracts/v2/4322'],
  ],
  [
    'in an encoded link',
    'https://safe.example/?url=https%3A%2F%2Fapp.spotdraft.com%2Fcontracts%2Fv2%2F4322&v=1',
    ['https://app.spotdraft.com/contracts/v2/4322'],
  ],
  [
    'in a path of the API',
    'GET https://api.spotdraft.com/api/v2.1/public/contracts/t-4322/status',
    ['T-4322'],
  ],
  ['beside signs', '✅T-1, T-2® → T-3²', ['T-1', 'T-2', 'T-3']],
  ['in groups of digits', 'contract 720 363 and T-90\u202f001', ['T-90001', '720363']],
  ['in a list with blanks', 'contracts 123 456 wait', ['123', '456']],
  ['in other digits', 'contract \u0661\u0662', ['12']],
  ['in a mailto link', 'mailto:a@b.example?subject=T-7%20waits', ['T-7']],
  ['with a letter behind the number', 'T-1234X', ['T-1234X']],
])('an id %s is recognised', (_how, text, ids) => {
  expect(idsInText(text, [opportunity]).certain).toEqual(ids);
});

it('a word with a digit is a possible id, and a word without one is none', () => {
  const { certain, possible } = idsInText('the order-service-9 said hello to everybody at 12:30', []);
  expect(certain).toEqual([]);
  expect(possible).toContain('order-service-9');
  expect(possible).not.toContain('everybody');
});

it.each([
  ['blanks', ' '],
  ['full stops', '.'],
  ['the word contract', 'contract '],
  ['percent signs', '%4'],
  ['paths of contracts', '/contracts/'],
  ['dashes', '-'],
])('the work to read %s grows with their number and no faster', (_what, unit) => {
  const workFor = (count: number) => {
    let [read, tested] = [0, 0];
    const text = `contract${unit.repeat(count)}x`;
    const counted = (function* () {
      for (const character of text) {
        read += 1;
        yield character;
      }
    })();
    const longest = Math.max(...wordsIn(counted).map(({ length }) => length), 0);
    const convention = {
      test(word: string) {
        tested += word.length;
        return false;
      },
    };
    idsInText(text, [convention]);
    // Patterns see words, never the whole text.
    expect(longest).toBeLessThanOrEqual(2_000);
    return { read, tested };
  };
  const [once, twice] = [workFor(20_000), workFor(40_000)];
  expect(once.read).toBe(`contract${unit.repeat(20_000)}x`.length);
  expect(twice.read).toBeLessThanOrEqual(2 * once.read);
  expect(twice.tested).toBeLessThanOrEqual(2 * once.tested);
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

it.each([
  [' <T-1> ', 'T-1'],
  ['“deal-122”,', 'deal-122'],
  ['`#deal-122`', 'deal-122'],
  ['(order\u2011service\u20119)', 'order-service-9'],
  ['<https://app.spotdraft.com/contracts/v2/4322?tab=1>', 'https://app.spotdraft.com/contracts/v2/4322'],
  ['  “two   words”. ', 'two words'],
  ['***', '***'],
])('%j is read as the id %j', (text, id) => {
  expect(bareId(text)).toBe(id);
});
