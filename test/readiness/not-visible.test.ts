import { expect, test } from 'vitest';
import { unseenDetail } from '../../src/readiness/not-visible.ts';
import { type Unknown, unknown } from '../../src/spotdraft/fact.ts';

const finding = (code: Unknown['code'], without: string | null) =>
  unseenDetail('fields', unknown(code, `answered ${code}`, []), 'template “MSA” in prod', without);

test.each([
  ['forbidden', null],
  ['forbidden', 'it has no intake form'],
  ['not_found', null],
] as const)('a detail that is %s, though its item is listed, is said not to be visible', (code, without) => {
  expect(finding(code, without)).toMatchObject({
    status: 'unknown',
    reason: `answered ${code}. The template “MSA” in prod is listed, so this detail is not visible to these credentials`,
    remedy: expect.stringMatching(/^Open the template “MSA” in prod in SpotDraft/),
  });
});

test('a detail that is not found may be missing too where the document says so', () => {
  const orNone = /credentials, or it has no intake form$/;
  expect(finding('not_found', 'it has no intake form')).toHaveProperty(
    'reason',
    expect.stringMatching(orNone),
  );
  expect(finding('server_error', 'it has no intake form')).toHaveProperty('reason', 'answered server_error');
});
