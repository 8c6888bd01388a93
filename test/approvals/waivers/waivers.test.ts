import { expect, test } from 'vitest';
import type { WaiverSubject } from '../../../src/store/waivers.ts';
import { checkOf, type Stand, type StandOptions, startStand } from '../../environment.ts';
import { template, templateField } from '../../readiness/northwind.ts';
import { type MovableClock, movableClock } from '../../time/movable-clock.ts';

const DAY_MS = 86_400_000;
const CHECK = 'config.templates';
const ofCheck: WaiverSubject = { kind: 'check', environment: 'prod', check: CHECK };
const ofRole: WaiverSubject = {
  kind: 'difference',
  left: 'uat',
  environment: 'prod',
  path: 'roles/NA Sales',
};

interface Place extends Stand {
  clock: MovableClock;
  accept(
    subject: WaiverSubject,
    how?: { reason?: string; days?: number; seen?: string },
  ): ReturnType<Stand['core']['waivers']['accept']>;
  compare(): Promise<{ path: string; accepted: string | undefined }[]>;
  acts(): Promise<unknown[]>;
}

async function open(options: StandOptions = {}): Promise<Place> {
  const clock = movableClock();
  const stand = await startStand({ ...options, overrides: { clock } });
  const { core } = stand;
  return {
    ...stand,
    clock,
    accept: (subject, { reason = 'it stays in UAT', days = 30, seen } = {}) =>
      core.waivers.accept(
        { subject, reason, until: clock.now() + days * DAY_MS, seen: seen ?? null },
        'slack:U0BOB',
      ),
    compare: async () =>
      (
        await core.drift.compare(stand.environment('uat'), stand.environment('prod'), () => {})
      ).differences.map(({ path, accepted }) => ({ path, accepted: accepted?.reason })),
    acts: () => core.db.selectFrom('audit').select(['act', 'actor', 'subject']).orderBy('key').execute(),
  };
}

const without =
  (name: string) =>
  ({ prod }: { prod: Stand['prod'] }) => {
    template(prod, name).name = 'Something else';
  };

test('an accepted failing check counts as waived until its last day is over', async () => {
  const place = await open({
    prepare: without('Order Form - Standard'),
    // The missing template would be a difference from the model too, and accepted apart.
    edit: (file) => {
      delete file.drift;
    },
  });
  expect((await place.check()).verdict).toBe('not_ready');
  const accepted = await place.accept(ofCheck);
  expect(accepted).toMatchObject({ kind: 'done', waiver: { state: 'active', by: 'slack:U0BOB' } });

  const report = await place.check();
  expect(checkOf(report, CHECK)).toMatchObject({ status: 'waived', remedy: null });
  expect(checkOf(report, CHECK).reason).toContain('accepted by Slack member U0BOB until');
  // Checks that wait for the template are skipped, not accepted.
  expect(report.verdict).toBe('ready');

  place.clock.move(30 * DAY_MS - 1);
  expect(checkOf(await place.check(), CHECK).status).toBe('waived');
  place.clock.move(1);
  expect(checkOf(await place.check(), CHECK).status).toBe('fail');
  const ofChecks = async () =>
    (await place.core.waivers.list()).filter(({ subject }) => subject.kind === 'check');
  expect(await ofChecks()).toMatchObject([{ state: 'expired' }]);
  expect(await place.accept(ofCheck)).toMatchObject({ kind: 'done' });
  expect(await ofChecks()).toMatchObject([{ state: 'active' }, { state: 'expired' }]);
});

test('a report from before an acceptance or its revocation is not reused within the minute', async () => {
  const place = await open({ prepare: without('Order Form - Standard') });
  await place.check();
  place.clock.move(1_000);
  await place.accept(ofCheck);
  place.clock.move(1_000);
  const again = () =>
    place.core.checker.check(place.environment('prod'), { fresh: false, onProgress: () => {} });
  expect(checkOf(await again(), CHECK).status).toBe('waived');
  const [waiver] = await place.core.waivers.list();
  place.clock.move(1_000);
  await place.core.waivers.revoke(waiver?.id ?? '', 'it is needed now', 'slack:U0ALICE');
  place.clock.move(1_000);
  expect(checkOf(await again(), CHECK).status).toBe('fail');
});

test('a waiver ends when its check fails in another way, and stays ended when the old failure returns', async () => {
  const place = await open({ prepare: without('Order Form - Standard') });
  await place.check();
  await place.accept(ofCheck);
  const nda = template(place.prod, 'Mutual NDA - Standard');
  nda.name = 'Another';
  expect(checkOf(await place.check(), CHECK).status).toBe('fail');
  nda.name = 'Mutual NDA - Standard';
  expect(checkOf(await place.check(), CHECK).status).toBe('fail');
  expect(await place.core.waivers.list()).toMatchObject([{ state: 'changed' }]);
});

test('an unknown check keeps its waiver', async () => {
  const place = await open({ prepare: without('Order Form - Standard') });
  await place.check();
  await place.accept(ofCheck);
  place.spotdraft.faults.add({
    workspace: place.prod.key,
    path: /templates/,
    fault: { kind: 'status', status: 403 },
  });
  expect(checkOf(await place.check(), CHECK).status).toBe('unknown');
  place.spotdraft.faults.clear();
  expect(checkOf(await place.check(), CHECK).status).toBe('waived');
});

test('an accepted difference stays accepted until its value changes', async () => {
  const place = await open();
  const path = 'templates/Order Form - Standard/fields/effective_date/type';
  const field = templateField(place.prod, 'effective_date');
  const { type } = field;
  Object.assign(field, { type: 'string' });
  expect(await place.compare()).toEqual([{ path, accepted: undefined }]);
  const subject: WaiverSubject = { kind: 'difference', left: 'uat', environment: 'prod', path };
  const found = await place.core.waivers.acceptable(subject);
  expect(found).toMatchObject({ shown: 'date → string' });
  await place.accept(subject);
  expect(await place.compare()).toEqual([{ path, accepted: 'it stays in UAT' }]);
  Object.assign(field, { type: 'int' });
  expect(await place.compare()).toEqual([{ path, accepted: undefined }]);
  Object.assign(field, { type: 'string' });
  expect(await place.compare()).toEqual([{ path, accepted: undefined }]);

  // The form was opened before the value changed.
  Object.assign(field, { type: 'int' });
  await place.compare();
  const seen = 'fingerprint' in found ? found.fingerprint : '';
  expect(await place.accept(subject, { seen })).toMatchObject({
    kind: 'refused',
    summary: expect.stringContaining('It is now: date → int'),
  });
  Object.assign(field, { type });
});

test('a resolved difference that returns has to be accepted again', async () => {
  const place = await open();
  const { roles } = place.prod;
  place.prod.roles = roles.filter(({ name }) => name !== 'NA Sales');
  await place.compare();
  await place.accept(ofRole);
  place.prod.roles = roles;
  await place.compare();
  expect(await place.core.waivers.list()).toMatchObject([{ state: 'resolved' }]);
  place.prod.roles = roles.filter(({ name }) => name !== 'NA Sales');
  expect(await place.compare()).toContainEqual({ path: 'roles/NA Sales', accepted: undefined });
});

test('a revoked waiver no longer counts and cannot be revoked twice', async () => {
  const place = await open();
  place.prod.roles = place.prod.roles.filter(({ name }) => name !== 'NA Sales');
  await place.compare();
  const accepted = await place.accept(ofRole);
  const id = accepted.kind === 'done' ? accepted.waiver.id : '';
  expect(await place.core.waivers.revoke(id, ' ', 'slack:U0ALICE')).toMatchObject({ kind: 'refused' });
  expect(await place.core.waivers.revoke(id, 'needed', 'slack:U0ALICE')).toMatchObject({
    kind: 'done',
    waiver: { endedBy: 'slack:U0ALICE', endedReason: 'needed' },
  });
  expect(await place.core.waivers.revoke(id, 'needed', 'slack:U0ALICE')).toMatchObject({
    kind: 'refused',
    summary: expect.stringContaining('it was revoked'),
  });
  expect(await place.compare()).toContainEqual({ path: 'roles/NA Sales', accepted: undefined });
  expect(await place.acts()).toEqual([
    { act: 'waiver.accept', actor: 'slack:U0BOB', subject: 'difference uat → prod: roles/NA Sales' },
    { act: 'waiver.revoke', actor: 'slack:U0ALICE', subject: 'difference uat → prod: roles/NA Sales' },
  ]);
});

test('nothing is accepted without a reason, a day within a year and an actual failure', async () => {
  const place = await open({ prepare: without('Order Form - Standard') });
  expect(await place.accept(ofCheck)).toMatchObject({
    summary: expect.stringContaining('not been checked yet'),
  });
  await place.check();
  for (const [subject, how, why] of [
    [ofCheck, { reason: ' ' }, 'A reason is needed'],
    [ofCheck, { reason: 'x'.repeat(501) }, '501 characters; at most 500 fit'],
    [ofCheck, { days: 0 }, 'is over'],
    [ofCheck, { days: 367 }, 'more than a year away'],
    [{ ...ofCheck, check: 'config.template' }, {}, 'did you mean config.templates?'],
    [{ ...ofCheck, check: 'host.path' }, {}, 'does not fail: its status is pass'],
    [ofRole, {}, 'shows no difference “roles/NA Sales”'],
  ] as const)
    expect(await place.accept(subject as WaiverSubject, how)).toMatchObject({
      kind: 'refused',
      summary: expect.stringContaining(why),
    });
  expect(await place.acts()).toEqual([]);
  await place.accept(ofCheck);
  expect(await place.accept(ofCheck)).toMatchObject({
    summary: expect.stringContaining('accepted it already'),
  });
  expect(await place.acts()).toHaveLength(1);
});

test('nothing is accepted or revoked when its audit entry cannot be written', async () => {
  const place = await open({ prepare: without('Order Form - Standard') });
  await place.check();
  const accepted = await place.accept(ofCheck);
  const id = accepted.kind === 'done' ? accepted.waiver.id : '';
  await place.core.db.schema.alterTable('audit').renameTo('audit_away').execute();
  await expect(place.core.waivers.revoke(id, 'x', 'slack:U0BOB')).rejects.toThrow('audit');
  expect(await place.core.waivers.list()).toMatchObject([{ state: 'active' }]);
  await place.core.db.deleteFrom('waivers').execute();
  await expect(place.accept(ofCheck)).rejects.toThrow('audit');
  expect(await place.core.waivers.list()).toEqual([]);
});
