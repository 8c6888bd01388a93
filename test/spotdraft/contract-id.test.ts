import { expect, test } from 'vitest';
import { guessText, readContractId } from '../../src/spotdraft/contract-id.ts';

test.each([
  ['481516', 481516],
  [' 7 ', 7],
])('%j is an internal id', (text, id) => {
  expect(readContractId(text)).toEqual({ kind: 'internal', id });
});

test.each([
  ['T-1234', 'composite', 'T-1234', 1234],
  [' h-42 ', 'composite', 'H-42', 42],
  ['t-1234x', 'composite', 'T-1234X', 1234],
  [
    'https://app.spotdraft.com/contracts/v2/4322',
    'link',
    'https://app.spotdraft.com/contracts/v2/4322',
    4322,
  ],
  [
    '<https://app.us.spotdraft.com/contracts/v2/4322/?tab=1|the contract>',
    'link',
    'https://app.us.spotdraft.com/contracts/v2/4322',
    4322,
  ],
])('the number in %j is a guess', (given, kind, text, guess) => {
  const read = readContractId(given);
  expect(read).toEqual({ kind, text, guess });
  if (read?.kind !== 'internal' && read)
    expect(guessText(read)).toBe(
      `SpotDraft does not document that the number in ${text} is the internal id of the contract, so ${guess} may be another contract.`,
    );
});

test.each([
  '0',
  'T-0',
  '-5',
  '1.5',
  '1e3',
  'T-',
  'T-12X4',
  'X-1',
  '',
  'contracts/v2/7',
  'https://a.example/contracts/v2/7-draft',
  '1'.repeat(16),
])('%j is no id of a contract', (text) => {
  expect(readContractId(text)).toBeNull();
});
