import { expect, it } from 'vitest';
import { buildRecord } from '../../../src/approvals/record/build-record.ts';
import { signRecord, verifyRecord } from '../../../src/approvals/record/signed-record.ts';
import { fingerprintOf, newSigningKey, readSigningKey } from '../../../src/approvals/record/signing-key.ts';
import { Secret } from '../../../src/config/secret.ts';
import { there } from '../../environment.ts';
import { long } from '../../long.ts';
import { templateField } from '../../readiness/northwind.ts';
import { BOB, type SignOffStand, startSignOffStand } from '../sign-offs/start-stand.ts';

const keyOf = () => {
  const made = newSigningKey();
  return there(readSigningKey(new Secret(made.secret)));
};

async function recorded(stand: SignOffStand, id: string) {
  const report = there(await stand.core.checker.byId(id));
  return buildRecord(stand.core.db, report, '1.2.3');
}

async function standWithHistory(): Promise<{ stand: SignOffStand; id: string }> {
  const stand = await startSignOffStand([{ id: 'runbook' }, { id: 'legal', covers: ['templates'] }]);
  await stand.check();
  stand.clock.at += 1_000;
  await stand.sign('runbook', { note: 'a | b ` c\n``` <script> [x](y)', link: 'https://wiki.example/r' });
  await stand.sign('legal', {}, BOB);
  templateField(stand.prod, 'effective_date').type = 'string';
  stand.clock.at += 1_000;
  return { stand, id: (await stand.check()).id };
}

it('a report gives the same record bytes at any later time', async () => {
  const { stand, id } = await standWithHistory();
  const key = keyOf();
  const first = signRecord(await recorded(stand, id), 'json', key);
  stand.clock.at += 86_400_000;
  await stand.sign('runbook', { act: 'refuse', note: 'later' }, BOB);
  await stand.check();
  for (const format of ['json', 'markdown'] as const)
    expect(signRecord(await recorded(stand, id), format, key)).toBe(
      signRecord(await recorded(stand, id), format, key),
    );
  expect(signRecord(await recorded(stand, id), 'json', key)).toBe(first);
});

it('a record holds the verdict, checks with evidence, sign-offs with their fate, and the snapshot', async () => {
  const { stand, id } = await standWithHistory();
  const record = await recorded(stand, id);
  const report = there(await stand.core.checker.byId(id));
  expect(record).toMatchObject({
    format: 'envcheck-record/1',
    envcheck: '1.2.3',
    report: id,
    environment: 'prod',
    production: true,
    verdict: 'not_ready',
    snapshot: report.snapshot,
    waivers: [],
  });
  expect(record.signOffs).toMatchObject([
    { signOff: 'runbook', act: 'sign', by: 'alice (slack:U0ALICE)', evidence: 'https://wiki.example/r' },
    { signOff: 'legal', act: 'sign', by: 'bob (slack:U0BOB)' },
    { signOff: 'runbook', act: 'void', by: expect.stringContaining('envcheck') },
    { signOff: 'legal', act: 'void', changes: { total: 1 } },
  ]);
  expect(JSON.stringify(record.items)).toMatch(/call_\w{26}/);
  for (const secret of [stand.prod.clientSecret, stand.prod.hmacKey, stand.uat.clientSecret])
    expect(signRecord(record, 'markdown', keyOf())).not.toContain(secret);
});

it('text from people is escaped in a Markdown record', async () => {
  const { stand, id } = await standWithHistory();
  const text = signRecord(await recorded(stand, id), 'markdown', keyOf());
  const [forPeople = ''] = text.split('## Complete record');
  expect(forPeople).toContain('# Go-live record of prod (production)');
  expect(forPeople).toContain('a \\| b \\` c');
  expect(forPeople).not.toMatch(/[^\\]<script/);
  expect(forPeople).not.toMatch(/[^\\]\[x/);
});

it.each(['json', 'markdown'] as const)(
  'a %s record is intact as written and broken once a character is changed, removed or added',
  async (format) => {
    const { stand, id } = await standWithHistory();
    const key = keyOf();
    // Two items are enough: all seven would take a minute and show nothing more.
    const whole = await recorded(stand, id);
    const file = Buffer.from(signRecord({ ...whole, items: whole.items.slice(-2) }, format, key));
    expect(verifyRecord(file)).toMatchObject({
      kind: 'intact',
      format,
      fingerprint: fingerprintOf(key.publicKey),
      summary: { environment: 'prod', verdict: 'not_ready', report: id },
    });
    const survivors: number[] = [];
    // The short run tries every character of the signature, which is at the end, and every seventh of the rest.
    const signatureAt = file.length - 450;
    for (let at = 0; at < file.length; at += long || at >= signatureAt ? 1 : 7) {
      const changed = Buffer.from(file);
      // Alternates between another letter and the other case, because hex digits read alike in both cases.
      changed[at] = there(file[at]) ^ (at % 2 === 0 ? 0x20 : 0x01);
      if (verifyRecord(changed).kind === 'intact') survivors.push(at);
    }
    expect(survivors).toEqual([]);
    for (const altered of [
      Buffer.concat([file, Buffer.from('\n')]),
      Buffer.concat([Buffer.from(' '), file]),
      Buffer.concat([Buffer.from('\uFEFF'), file]),
      file.subarray(0, -1),
      Buffer.from(file.toString().replace('not_ready', 'ready')),
      Buffer.from(file.toString().replaceAll('\n', '\r\n')),
      Buffer.from('{}'),
      Buffer.from(''),
    ])
      expect(verifyRecord(altered).kind).toBe('broken');
  },
  60_000,
);

it('a signature is invalid for another format, record or key', async () => {
  const { stand, id } = await standWithHistory();
  const [key, other] = [keyOf(), keyOf()];
  const record = await recorded(stand, id);
  const parse = (text: string) => JSON.parse(text);
  const mine = parse(signRecord(record, 'json', key));
  const theirs = parse(signRecord(record, 'json', other));
  const rewritten = (value: object) => Buffer.from(`${JSON.stringify(value)}\n`);
  expect(verifyRecord(rewritten(mine)).kind).toBe('intact');
  expect(
    verifyRecord(rewritten({ ...mine, signature: { ...mine.signature, value: theirs.signature.value } }))
      .kind,
  ).toBe('broken');
  expect(
    verifyRecord(
      rewritten({ ...mine, signature: { ...mine.signature, fingerprint: theirs.signature.fingerprint } }),
    ).kind,
  ).toBe('broken');
  const markdown = signRecord(record, 'markdown', key);
  const signature = parse(there(/record-signature (.*) -->\n$/.exec(markdown)?.[1]));
  expect(verifyRecord(rewritten({ record, signature })).kind).toBe('broken');
  // Only the fingerprint reveals somebody who signs again with another key.
  expect(verifyRecord(rewritten(theirs))).toMatchObject({ fingerprint: fingerprintOf(other.publicKey) });
  const deep = `{"record":${'['.repeat(20_000)}${']'.repeat(20_000)},"signature":${JSON.stringify(signature)}}\n`;
  expect(verifyRecord(Buffer.from(deep))).toMatchObject({ kind: 'broken', why: 'it is not a signed record' });
});

it('a signing key that is not Ed25519 is refused', () => {
  for (const text of ['', 'bm8ga2V5IGF0IGFsbCwganVzdCB0ZXh0', newSigningKey().secret.slice(0, -8)])
    expect(readSigningKey(new Secret(text))).toBeNull();
});
