import { expect, test } from 'vitest';
import { refusedGroupsText } from '../../../src/events/log/refusal-text.ts';
import { signerCode, signerRemedy, signerText } from '../../../src/events/log/signer-text.ts';
import { deliveriesLine } from '../../../src/slack/blocks/digest-text.ts';

const prod = { name: 'prod', production: true };

test('a code names the environment, the key, the header and the form, and the remedy where to act', () => {
  const foreign = signerCode({
    environment: 'uat',
    key: 'current',
    faults: ['older_header', 'other_form'],
  });
  expect(foreign).toBe('uat current older_header other_form');
  expect(signerText(foreign)).toBe(
    "signed with uat's key, in the older header X-SD-CONTENT-HASH, not as 128 lower-case hexadecimal characters",
  );
  expect(signerRemedy(foreign, 'prod')).toMatch(
    /^In the workspace of uat, find the webhook whose URL is that of prod/,
  );
  expect(signerRemedy('prod replaced', 'prod')).toContain('a key that was replaced');
  expect(signerRemedy('prod undecoded', 'prod')).toContain('key base64-decoded');
  expect(signerRemedy('unknown_key', 'prod')).toBeNull();
});

test('a digest counts refused deliveries by the key that signed them, and leaves unknown ones out', () => {
  const signers = [
    { signedWith: 'uat current', count: 1_200 },
    { signedWith: 'unknown_key', count: 3 },
    { signedWith: null, count: 2 },
    { signedWith: 'prod undecoded', count: 1 },
  ];
  expect(refusedGroupsText(signers)).toBe(
    "1,200 signed with uat's key; 1 signed with prod's key, not base64-decoded",
  );
  const counts = { verified: 7, duplicates: 0, refused: 1_206, failedOutcomes: 0, silences: [], keepMs: 1 };
  expect(JSON.stringify(deliveriesLine(prod, { ...counts, signers }))).toContain(
    "1,206 refused (1,200 signed with uat's key; 1 signed with prod's key, not base64-decoded)",
  );
  expect(JSON.stringify(deliveriesLine(prod, { ...counts, signers: [] }))).toContain('1,206 refused, ');
});
