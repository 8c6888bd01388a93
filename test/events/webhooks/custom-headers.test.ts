import { expect, it } from 'vitest';
import { Secret } from '../../../src/config/secret.ts';
import { customHeadersProblem } from '../../../src/events/webhooks/custom-headers.ts';

const problem = (name: string, value = 'a value'): string | null =>
  customHeadersProblem([{ name, value: new Secret(value) }]);

it.each(['X-Access-Key', 'x-a', 'X-Client-Signature-2', 'X-SDK', 'X-Amazing'])(
  'the header name %s is valid',
  (name) => {
    expect(problem(name)).toBeNull();
  },
);

it.each<[name: string, rule: RegExp]>([
  ['Authorization', /must start with X-/],
  ['Content-Type', /no standard HTTP headers/],
  ['Host', /no standard HTTP headers/],
  ['X-', /letters, digits and dashes/],
  ['X-A B', /letters, digits and dashes/],
  ['X-A\r\nHost', /letters, digits and dashes/],
  ['X-Google-Id', /reserves names that start with X-Google-/],
  ['x-goog-id', /X-Goog-/],
  ['X-GFE-Id', /X-GFE-/],
  ['X-AMZ-Date', /X-Amz-/],
  ['X-MS-Id', /X-MS-/],
  ['X-DD-Id', /X-DD-/],
  ['X-Datadog-Id', /X-Datadog-/],
  ['X-B3-TraceId', /X-B3-/],
  ['X-SD-WEBHOOK-CONTENT-HASH', /X-SD-/],
  ['x-spotdraft-id', /X-SPOTDRAFT-/],
])('the header name %j is refused with the rule it breaks', (name, rule) => {
  expect(problem(name)).toMatch(rule);
});

it.each(['', '  ', 'secret\n', 'secret\r\nX-Other: 1', 'secret\u0000'])(
  'the value %j is refused and not shown',
  (value) => {
    expect(problem('X-Key', value)).toMatch(/value/);
    expect(problem('X-Key', value)).not.toContain('secret');
  },
);

it('two spellings of one header name are refused', () => {
  const value = new Secret('a value');
  expect(
    customHeadersProblem([
      { name: 'X-Key', value },
      { name: 'x-key', value },
    ]),
  ).toMatch(/given twice/);
});
