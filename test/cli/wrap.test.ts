import { expect, it } from 'vitest';
import { hangingIndent } from '../../src/cli/wrap.ts';

it.each([
  ['\u001b[2J\u001b]0;owned\u0007', '[2J ]0;owned'],
  ['\u009b2J and more', '2J and more'],
  ['one\r\ntwo\u2028three', 'one two three'],
  ['\u202eyas\u0008', 'yas'],
])('prints the foreign text %j without what a terminal obeys', (text, shown) => {
  expect(hangingIndent('Next: ', text, 80).replace(/ +/g, ' ').trim()).toBe(`Next: ${shown}`);
});
