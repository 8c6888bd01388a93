import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { actById } from '../../../src/store/audit.ts';
import { signOffActs } from '../../../src/store/sign-offs.ts';
import { checkOf, there } from '../../environment.ts';
import { template, templateField } from '../../readiness/northwind.ts';
import { ALICE, BOB, DAY_MS, startSignOffStand } from './start-stand.ts';

it('a missing sign-off fails and blocks; a given one names the signer, the time, the snapshot and the end', async () => {
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

it('a report from before a signature is not reused after it', async () => {
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

it('a covered change voids a sign-off for good and names the path; a sign-off that covers something else stays valid', async () => {
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
  // A restored configuration does not restore the signature, because nobody knows what happened in between.
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

it('an unreadable place makes a sign-off unknown without voiding it, and it is valid again once the place is read', async () => {
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

it('a sign-off waits for the credentials while nothing of the configuration can be read', async () => {
  const stand = await startSignOffStand([{ id: 'all' }, { id: 'unsigned' }]);
  await stand.check();
  await stand.sign('all');
  for (const status of [401, 429, 500]) {
    stand.spotdraft.faults.add({ workspace: 'prod', fault: { kind: 'status', status } });
    const report = await stand.check();
    expect(checkOf(report, 'sign-offs.all')).toMatchObject({
      status: 'skipped',
      waitsFor: 'credentials.accepted',
    });
    expect(checkOf(report, 'sign-offs.unsigned').status).toBe('fail');
    expect(report.items.find(({ id }) => id === 'sign-offs')?.status).toBe('fail');
    stand.spotdraft.faults.clear();
  }
  expect((await stand.judged('all')).status).toBe('pass');
});

it('a signature is refused when a covered place that was shown can no longer be read', async () => {
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

it('nothing can be signed while nothing can be read', async () => {
  const stand = await startSignOffStand([{ id: 'runbook' }]);
  await stand.check();
  await stand.sign('runbook');
  stand.prod.clientSecret = 'another';
  const report = await stand.check();
  expect(report.snapshot).toBeNull();
  expect(checkOf(report, 'sign-offs.runbook')).toMatchObject({
    status: 'skipped',
    waitsFor: 'credentials.accepted',
  });
  expect(await stand.sign('runbook', {}, BOB)).toMatchObject({
    kind: 'refused',
    summary: expect.stringContaining('nothing could be read'),
  });
});

it('a change that only a complete reading shows voids a sign-off too', async () => {
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

it('a repair before the signature does not void it when the next complete reading shows the repair', async () => {
  const stand = await startSignOffStand([{ id: 'all' }]);
  const [uat, prod] = [stand.environment('uat'), stand.environment('prod')];
  const [member] = stand.prod.users.filter(({ email }) => email === 'integrations@northwind.example');
  if (!member) throw new Error('the seed has no user of the integration');
  const roles = member.roleIds;
  member.roleIds = [];
  await stand.core.drift.compare(uat, prod, () => {});
  member.roleIds = roles;
  stand.clock.at += 1_000;
  await stand.check();
  stand.clock.at += 1_000;
  await stand.sign('all');
  stand.clock.at += 1_000;
  await stand.core.drift.compare(uat, prod, () => {});
  stand.clock.at += 1_000;
  expect((await stand.judged('all')).status).toBe('pass');
  member.roleIds = [];
  await stand.core.drift.compare(uat, prod, () => {});
  stand.clock.at += 1_000;
  expect((await stand.judged('all')).status).toBe('fail');
});

it('a signature expires on its day, can be renewed within the last 14 days, and ends earlier under a stricter config', async () => {
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

it('two people have to sign when the config says so, and nobody counts twice under any name', async () => {
  const stand = await startSignOffStand([{ id: 'legal', approvals: 2 }]);
  await stand.check();
  expect((await stand.sign('legal')).summary).toContain('1 of 2 have signed; 1 more person has to');
  expect(await stand.judged('legal')).toMatchObject({
    status: 'fail',
    actual: expect.stringContaining('1 of 2 signed'),
  });
  for (const who of [ALICE, { actor: 'cli:ops', personName: 'Alice', person: 'u0alice' }])
    expect(await stand.sign('legal', {}, who)).toMatchObject({
      kind: 'refused',
      summary: expect.stringContaining('One person counts once'),
    });
  await stand.sign('legal', {}, { actor: 'cli:ops', personName: 'Anna Berg', person: 'Anna Berg' });
  expect(await stand.judged('legal')).toMatchObject({
    status: 'pass',
    actual: expect.stringContaining('Anna Berg (entered by cli:ops)'),
  });
  expect(
    await stand.sign('legal', {}, { actor: 'cli:ops', personName: 'Carl', person: 'Carl' }),
  ).toMatchObject({
    kind: 'refused',
  });
});

it('a refusal ends the signatures and states its reason until somebody signs again; both can be withdrawn', async () => {
  const stand = await startSignOffStand([{ id: 'runbook' }]);
  await stand.check();
  await stand.sign('runbook');
  expect(await stand.sign('runbook', { act: 'refuse' }, BOB)).toMatchObject({
    kind: 'refused',
    summary: 'A refusal needs a reason: the others have to resolve it.',
  });
  const result = await stand.sign('runbook', { act: 'refuse', note: 'no\nrota' }, BOB);
  expect(result.summary).toContain(': no\nrota. That ended a signature.');
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

it('a signature is refused with the path when a covered part has changed since the form was shown', async () => {
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

it('every act is written together with its audit entry or not at all', async () => {
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

it('a changed signature is void even when the audit fails, and the void is recorded later', async () => {
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

it('an unknown sign-off, a bad link and a long note are refused with the reason', async () => {
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

it('a sign-off is unknown when the database cannot be read', async () => {
  const stand = await startSignOffStand([{ id: 'runbook' }]);
  await stand.check();
  await stand.sign('runbook');
  await sql`alter table sign_off_acts rename to elsewhere`.execute(stand.core.db);
  expect(await stand.judged('runbook')).toMatchObject({
    status: 'unknown',
    reason: expect.stringContaining('database'),
  });
});
