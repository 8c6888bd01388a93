import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { actById } from '../../../src/store/audit.ts';
import { signOffActs } from '../../../src/store/sign-offs.ts';
import { checkOf, there } from '../../environment.ts';
import { template, templateField } from '../../readiness/northwind.ts';
import { ALICE, BOB, DAY_MS, startSignOffStand } from './stand.ts';

it('a sign-off that nobody gave fails and blocks; one that was given says who, when, on which snapshot and until when', async () => {
  const stand = await startSignOffStand([{ id: 'runbook', validFor: '90d' }]);
  const before = await stand.check();
  expect(before.verdict).toBe('not_ready');
  expect(checkOf(before, 'sign-offs.runbook')).toMatchObject({
    item: 'sign-offs',
    status: 'fail',
    severity: 'blocking',
    title: 'Title of runbook',
    actual: 'not signed',
    remedy: expect.stringContaining('prod (production)'),
  });
  const result = await stand.sign('runbook', { note: 'rehearsed', link: 'https://wiki.example/r' });
  expect(result).toMatchObject({ kind: 'done', summary: expect.stringContaining('alice signed') });
  const after = await stand.check();
  const check = checkOf(after, 'sign-offs.runbook');
  expect(check).toMatchObject({ status: 'pass', reason: null });
  for (const words of [
    'alice (slack:U0ALICE)',
    new Date(stand.clock.at).toISOString(),
    before.snapshot?.slice(0, 12) ?? '?',
    new Date(stand.clock.at + 90 * DAY_MS).toISOString().slice(0, 10),
    '“rehearsed”',
    'https://wiki.example/r',
  ])
    expect(check.actual).toContain(words);
  expect(after.verdict).toBe('ready');
});

it('a report of before a signature is not given for one of after it', async () => {
  const stand = await startSignOffStand([{ id: 'runbook' }]);
  const cached = () =>
    stand.core.checker.check(stand.environment('prod'), { fresh: false, onProgress: () => {} });
  stand.clock.at += 1;
  const first = await cached();
  expect((await cached()).id).toBe(first.id);
  stand.clock.at += 1_000;
  await stand.sign('runbook');
  stand.clock.at += 1_000;
  expect(checkOf(await cached(), 'sign-offs.runbook').status).toBe('pass');
});

it('a change of what it covers voids it for good and names the path; another sign-off that covers something else holds', async () => {
  const stand = await startSignOffStand([
    { id: 'all' },
    { id: 'template', covers: ['templates/Order Form*'] },
    { id: 'roles', covers: ['roles', 'users'] },
  ]);
  await stand.check();
  for (const id of ['all', 'template', 'roles']) await stand.sign(id);
  const field = templateField(stand.prod, 'effective_date');
  const was = field.type;
  field.type = 'string';
  const path = `templates/${template(stand.prod).name}/fields/effective_date/type: date → string`;
  for (const id of ['all', 'template'])
    expect(await stand.judged(id)).toMatchObject({
      status: 'fail',
      actual: expect.stringContaining(`void: ${path} after alice (slack:U0ALICE) signed`),
    });
  expect((await stand.judged('roles')).status).toBe('pass');
  // The same configuration again does not bring the signature back: nobody knows what happened in between.
  field.type = was;
  expect((await stand.judged('template')).status).toBe('fail');
  await stand.sign('template');
  expect((await stand.judged('template')).status).toBe('pass');
  const acts = await signOffActs(stand.core.db, 'prod');
  expect(acts.filter(({ act }) => act === 'void').map(({ signOff }) => signOff)).toEqual(['all', 'template']);
  const audited = await stand.core.db.selectFrom('audit').select(['act', 'actor', 'subject']).execute();
  expect(audited.filter(({ act }) => act === 'sign-off.void')).toEqual([
    { act: 'sign-off.void', actor: 'envcheck', subject: 'all' },
    { act: 'sign-off.void', actor: 'envcheck', subject: 'template' },
  ]);
});

it('what cannot be read now makes it unknown, voids nothing, and it holds again once it is read', async () => {
  const stand = await startSignOffStand([{ id: 'all' }, { id: 'users', covers: ['users'] }]);
  await stand.check();
  await stand.sign('all');
  await stand.sign('users');
  stand.spotdraft.faults.add({ operation: 'template_metadata', fault: { kind: 'status', status: 403 } });
  const check = await stand.judged('all');
  expect(check).toMatchObject({
    status: 'unknown',
    reason: expect.stringContaining('could not be read in the check of now'),
  });
  expect((await stand.judged('users')).status).toBe('pass');
  stand.spotdraft.faults.clear();
  expect((await stand.judged('all')).status).toBe('pass');
  expect((await signOffActs(stand.core.db, 'prod')).filter(({ act }) => act === 'void')).toEqual([]);
});

it('what was shown and cannot be read any more is not signed for, unless the item does not cover it', async () => {
  const stand = await startSignOffStand([{ id: 'all' }, { id: 'users', covers: ['users'] }]);
  const { snapshot: seen } = await stand.check();
  stand.spotdraft.faults.add({ operation: 'template_metadata', fault: { kind: 'status', status: 403 } });
  const unread = await stand.check();
  expect(await stand.sign('all', { seen })).toMatchObject({
    kind: 'refused',
    summary: expect.stringMatching(/could not be read since this was shown: templates.*Nothing was signed/),
  });
  expect(await stand.sign('users', { seen })).toMatchObject({ kind: 'done' });
  expect(await stand.sign('all', { seen: unread.snapshot })).toMatchObject({ kind: 'done' });
});

it('where nothing at all can be read the signatures are unknown for that one reason', async () => {
  const stand = await startSignOffStand([{ id: 'runbook' }]);
  await stand.check();
  await stand.sign('runbook');
  stand.prod.clientSecret = 'another';
  const report = await stand.check();
  expect(report.snapshot).toBeNull();
  expect(checkOf(report, 'sign-offs.runbook')).toMatchObject({ status: 'unknown' });
  expect(await stand.sign('runbook', {}, BOB)).toMatchObject({
    kind: 'refused',
    summary: expect.stringContaining('nothing could be read'),
  });
});

it('a change that only a reading of everything shows voids it too', async () => {
  const stand = await startSignOffStand([{ id: 'all' }]);
  const [uat, prod] = [stand.environment('uat'), stand.environment('prod')];
  await stand.core.drift.compare(uat, prod, () => {});
  await stand.check();
  stand.clock.at += 1_000;
  await stand.sign('all');
  stand.prod.roles.push({
    ...structuredClone(stand.prod.roles[0]),
    id: 99_001,
    name: 'Night shift',
  } as never);
  stand.clock.at += 1_000;
  await stand.core.drift.compare(uat, prod, () => {});
  stand.clock.at += 1_000;
  expect(await stand.judged('all')).toMatchObject({
    status: 'fail',
    actual: expect.stringContaining('roles/Night shift: new'),
  });
});

it('it expires on its day, can be renewed within the last 14 days, and a stricter config ends it earlier', async () => {
  const stand = await startSignOffStand([{ id: 'runbook', validFor: '90d' }]);
  await stand.check();
  await stand.sign('runbook');
  stand.clock.at += 75 * DAY_MS;
  expect(await stand.judged('runbook')).toMatchObject({ status: 'pass', reason: null });
  expect(await stand.sign('runbook')).toMatchObject({
    kind: 'refused',
    summary: expect.stringContaining('already'),
  });
  stand.clock.at += 2 * DAY_MS;
  expect((await stand.judged('runbook')).reason).toContain('expires soon');
  stand.clock.at += 13 * DAY_MS;
  expect(await stand.judged('runbook')).toMatchObject({
    status: 'fail',
    actual: expect.stringContaining('expired on'),
  });
  expect(await stand.sign('runbook')).toMatchObject({ kind: 'done' });
  expect((await stand.judged('runbook')).status).toBe('pass');
});

it('two persons have to sign where the config says so, and nobody counts twice, under whatever name', async () => {
  const stand = await startSignOffStand([{ id: 'legal', approvals: 2 }]);
  await stand.check();
  expect((await stand.sign('legal')).summary).toContain('1 of 2 have signed; 1 more person has to');
  expect(await stand.judged('legal')).toMatchObject({
    status: 'fail',
    actual: expect.stringContaining('1 of 2 signed'),
  });
  for (const who of [ALICE, { actor: 'cli:ops', name: 'Alice', person: 'u0alice' }])
    expect(await stand.sign('legal', {}, who)).toMatchObject({
      kind: 'refused',
      summary: expect.stringContaining('One person counts once'),
    });
  await stand.sign('legal', {}, { actor: 'cli:ops', name: 'Anna Berg', person: 'Anna Berg' });
  expect(await stand.judged('legal')).toMatchObject({
    status: 'pass',
    actual: expect.stringContaining('Anna Berg (entered by cli:ops)'),
  });
  expect(await stand.sign('legal', {}, { actor: 'cli:ops', name: 'Carl', person: 'Carl' })).toMatchObject({
    kind: 'refused',
  });
});

it('a refusal ends what was signed and says why, until somebody signs again; each can be withdrawn', async () => {
  const stand = await startSignOffStand([{ id: 'runbook' }]);
  await stand.check();
  await stand.sign('runbook');
  expect(await stand.sign('runbook', { act: 'refuse' }, BOB)).toMatchObject({
    kind: 'refused',
    summary: 'A refusal needs a reason: the others have to resolve it.',
  });
  const result = await stand.sign('runbook', { act: 'refuse', note: 'no\nrota' }, BOB);
  expect(result.summary).toContain('That ended a signature');
  expect(await stand.judged('runbook')).toMatchObject({
    status: 'fail',
    actual: expect.stringMatching(/^refused by bob \(slack:U0BOB\) on \S+: no rota$/),
  });
  expect(await stand.sign('runbook', { act: 'refuse', note: 'again' }, BOB)).toMatchObject({
    kind: 'refused',
  });
  expect(await stand.sign('runbook', { act: 'withdraw' }, ALICE)).toMatchObject({
    kind: 'refused',
    summary: expect.stringContaining('no signature or refusal'),
  });
  await stand.sign('runbook', { act: 'withdraw' }, BOB);
  expect((await stand.judged('runbook')).actual).toBe('not signed');
  await stand.sign('runbook');
  expect((await stand.judged('runbook')).status).toBe('pass');
  await stand.sign('runbook', { act: 'withdraw' });
  expect((await stand.judged('runbook')).actual).toBe('not signed');
});

it('a signature for another configuration than was shown is refused with the path, unless the item does not cover it', async () => {
  const stand = await startSignOffStand([{ id: 'all' }, { id: 'roles', covers: ['roles'] }]);
  const seen = (await stand.check()).snapshot;
  templateField(stand.prod, 'effective_date').type = 'string';
  await stand.check();
  expect(await stand.sign('all', { seen })).toMatchObject({
    kind: 'refused',
    summary: expect.stringMatching(/changed since this was shown: templates\/.*\/type: date → string/),
  });
  expect(await stand.sign('roles', { seen })).toMatchObject({ kind: 'done' });
});

it('every act has its audit entry, and none of them happens without one', async () => {
  const stand = await startSignOffStand([{ id: 'runbook' }]);
  await stand.check();
  const { db } = stand.core;
  const signed = await stand.sign('runbook');
  expect(await actById(db, signed.auditId ?? '')).toMatchObject({
    act: 'sign-off.sign',
    actor: 'slack:U0ALICE',
    environment: 'prod',
    subject: 'runbook',
  });
  const before = await signOffActs(db, 'prod');
  await sql`create trigger no_audit before insert on audit begin select raise(abort, 'audit is full'); end`.execute(
    db,
  );
  for (const how of [{ act: 'withdraw' }, { act: 'refuse', note: 'x' }] as const)
    await expect(stand.sign('runbook', how)).rejects.toThrow('audit is full');
  await expect(stand.sign('runbook', {}, BOB)).rejects.toThrow('audit is full');
  expect(await signOffActs(db, 'prod')).toEqual(before);
});

it('a signature under which something changed is void also where that cannot be audited, and is written down later', async () => {
  const stand = await startSignOffStand([{ id: 'runbook' }]);
  await stand.check();
  await stand.sign('runbook');
  const { db } = stand.core;
  const said = async () => (await signOffActs(db, 'prod')).map(({ act }) => act);
  stand.prod.roles.push({ ...structuredClone(there(stand.prod.roles[0])), id: 99_001, name: 'Night shift' });
  await sql`create trigger no_audit before insert on audit begin select raise(abort, 'audit is full'); end`.execute(
    db,
  );
  const isVoid = { status: 'fail', actual: expect.stringContaining('roles/Night shift') };
  expect(await stand.judged('runbook')).toMatchObject(isVoid);
  expect(await said()).toEqual(['sign']);
  expect(stand.logged.join('')).toContain('void sign-offs not written down');
  await sql`drop trigger no_audit`.execute(db);
  expect(await stand.judged('runbook')).toMatchObject(isVoid);
  expect(await said()).toEqual(['sign', 'void']);
});

it('words that do not fit are refused with the place', async () => {
  const stand = await startSignOffStand([{ id: 'runbook' }]);
  await stand.check();
  expect(await stand.sign('runbok')).toMatchObject({
    kind: 'refused',
    summary: expect.stringContaining('did you mean runbook?'),
  });
  for (const link of ['wiki', 'javascript:alert(1)', 'https://a b', 'https://me:secret@wiki.example'])
    expect(await stand.sign('runbook', { link })).toMatchObject({
      kind: 'refused',
      summary: expect.stringMatching(/^The evidence is not a link\./),
    });
  expect(await stand.sign('runbook', { note: 'x'.repeat(1_001) })).toMatchObject({
    kind: 'refused',
    summary: 'The note has 1001 characters; at most 1000 fit.',
  });
  expect(await signOffActs(stand.core.db, 'prod')).toEqual([]);
});

it('signing while a store fails to answer says so and judges nothing as signed', async () => {
  const stand = await startSignOffStand([{ id: 'runbook' }]);
  await stand.check();
  await stand.sign('runbook');
  await sql`alter table sign_off_acts rename to elsewhere`.execute(stand.core.db);
  expect(await stand.judged('runbook')).toMatchObject({
    status: 'unknown',
    reason: expect.stringContaining('database'),
  });
});
