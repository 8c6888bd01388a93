import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import { type Fact, known, unknown } from '../../src/spotdraft/fact.ts';
import type { Field } from '../../src/spotdraft/schemas.ts';
import { newestSnapshot } from '../../src/store/snapshots.ts';
import type { Approval, Signatory, WorkspaceFacts } from '../../src/workspace/facts.ts';
import { type SnapshotContent, takeSnapshot } from '../../src/workspace/snapshot.ts';
import { startStand, there } from '../environment.ts';
import fc, { runs } from '../fast-check.ts';
import { contractType, newestVersion, templateField, user } from '../readiness/northwind.ts';

/** Shrinking facts of this size takes longer than reading a failure. */
const unshrunk = { endOnFailure: true };

const list = <T>(item: fc.Arbitrary<T>) => fc.array(item, { maxLength: 4 });
const text = fc.string({ maxLength: 8 });
const field: fc.Arbitrary<Field> = fc.record({
  variable: text,
  type: fc.constantFrom('string', 'enum', 'date'),
  label: fc.option(text),
  required: fc.boolean(),
  parentRequired: fc.option(fc.boolean()),
  defaultValue: fc.option(text),
  options: list(
    fc.record({
      value: fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null)),
      label: fc.option(text),
    }),
  ),
});
const step = {
  name: fc.option(text),
  order: fc.option(fc.nat(3)),
  conditional: fc.option(fc.boolean()),
};
const signatory: fc.Arbitrary<Signatory> = fc.record({
  ...step,
  party: fc.option(text),
  conditionalRouting: fc.option(fc.boolean()),
});
const approval: fc.Arbitrary<Approval> = fc.record({
  ...step,
  role: fc.option(fc.record({ id: text, name: fc.option(text) })),
});
const named =
  <K extends string>(key: K) =>
  (names: string[]) =>
    names.map((name, index) => ({ id: index + 1, [key]: name }) as { id: number } & Record<K, string>);
const fact = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Fact<T>> => value.map((each) => known(each, []));

/** Facts as from a reading: the ids of contract types and templates refer to each other. */
const anyFacts: fc.Arbitrary<WorkspaceFacts> = fc
  .record({
    key: fact(text),
    types: fc.uniqueArray(text, { minLength: 1, maxLength: 4 }).map(named('name')),
    templates: list(fc.tuple(text, fc.nat(3))),
    fields: list(field),
    workflows: fact(
      list(
        fc.record({
          title: fc.option(text),
          status: fc.option(text),
          unpublishedChanges: fc.option(fc.boolean()),
          doubt: fc.option(text),
          signatories: list(signatory),
          approvals: list(approval),
          unplaced: fc.record({ signatories: list(signatory), approvals: list(approval) }),
        }),
      ),
    ),
    entities: list(
      fc.record({ name: text, referenceId: fc.option(text), isPrimary: fc.option(fc.boolean()) }),
    ),
    kind: fc.option(text),
    roles: fact(list(text)),
    active: fc.boolean(),
    userRoles: fc.option(list(text)),
    flags: fact(fc.dictionary(text, fc.boolean(), { maxKeys: 3 })),
  })
  .map(({ key, types, templates, fields, workflows, entities, kind, roles, active, userRoles, flags }) => {
    const rows = templates.map(([name, index], number) => ({
      id: 100 + number,
      name,
      contractTypeId: there(types[index % types.length]).id,
    }));
    return {
      access: known(true as const, []),
      webhookKey: key,
      otherWebhookKeys: [],
      host: {
        answered: null,
        redirected: null,
        certificateRefused: null,
        unreachable: null,
        certificate: null,
      },
      workspaceIds: null,
      actingUser: null,
      contractTypes: known(types, []),
      contractTypeDetails: types.map((each) => ({
        contractType: each,
        entities: known(
          entities.map(({ name, isPrimary }) => ({ name, isPrimary })),
          [],
        ),
        intakeFields: known(fields, []),
        metadataFields: null,
      })),
      templates: known(rows, []),
      archivedTemplates: null,
      entities: known(entities, []),
      templateFields: rows.map((template) => ({
        template,
        fields: known(fields, []),
        counterPartyKind: known(kind, []),
      })),
      templateTags: rows.map((template) => ({ template, tags: roles })),
      workflows,
      roles,
      users: [
        { email: 'a@b.example', user: known({ email: 'a@b.example', active, roles: userRoles }, []) },
        { email: 'c@d.example', user: known(null, []) },
      ],
      featureFlags: flags,
      roleMembers: null,
      contracts: null,
    };
  });

const hashOf = (facts: WorkspaceFacts): string => takeSnapshot(facts).hash;

/** Random numbers from 0 to 1 from a seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** Shuffles every list at every depth. */
function shuffled<T>(value: T, random: () => number): T {
  if (Array.isArray(value)) {
    const items = value.map((each) => ({ each: shuffled(each, random), at: random() }));
    return items.sort((a, b) => a.at - b.at).map(({ each }) => each) as T;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shuffled(each, random)])) as T;
}

test('order does not matter', () => {
  fc.assert(
    fc.property(anyFacts, fc.nat(), (facts, seed) => {
      expect(hashOf(shuffled(facts, randomFrom(seed)))).toBe(hashOf(facts));
    }),
    unshrunk,
  );
});

test('ids, hosts, times and other environments do not change the hash', () => {
  fc.assert(
    fc.property(anyFacts, fc.integer({ min: 1_000, max: 2_000 }), (facts, offset) => {
      const other = structuredClone(facts);
      for (const each of other.contractTypes?.known ? other.contractTypes.value : [])
        each.id = Number(each.id) + offset;
      for (const { contractType: each } of other.contractTypeDetails)
        each.id =
          Number(
            there(facts.contractTypeDetails.find(({ contractType: was }) => was.name === each.name))
              .contractType.id,
          ) + offset;
      for (const each of other.templates?.known ? other.templates.value : []) {
        each.id = Number(each.id) + offset;
        each.contractTypeId = Number(each.contractTypeId) + offset;
      }
      for (const [index, { template }] of other.templateFields.entries())
        template.id = Number(there(facts.templateFields[index]).template.id) + offset;
      other.host.certificate = { validTo: offset };
      other.workspaceIds = known([String(offset)], []);
      for (const { approvals } of other.workflows?.known ? other.workflows.value : [])
        for (const { role } of approvals) if (role) role.id += offset;
      const source = {
        callId: 'call_1',
        method: 'GET',
        path: '/',
        status: 200,
        attempts: 1,
        ms: 1,
        at: offset,
      } as const;
      other.roles?.sources.push(source);
      other.otherWebhookKeys.push({ environment: 'uat', fingerprint: known('x', []), lastSeen: null });
      expect(hashOf(other)).toBe(hashOf(facts));
    }),
    unshrunk,
  );
});

type Path = (string | number)[];

/** Paths of all values that are not objects. */
function leaves(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, each]) => leaves(each, [...path, key]));
}

function at(value: unknown, path: Path): unknown {
  return path.reduce((inner: unknown, key) => (inner as Record<string, unknown>)[key], value);
}

/** Paths that are not content: ids, observations of the reading, and doubts, which have a test of their own. */
const noContent =
  /^(?:access|host|otherWebhookKeys|workspaceIds|actingUser|contracts)\b|\.(?:id|contractTypeId|sources|known|doubt|unplaced)\b|^users\.\d+\.user\.value\.email$/;

test('every single value of the configuration changes the hash', () => {
  const tried = new Set<string>();
  fc.assert(
    fc.property(anyFacts, fc.nat(), (facts, pick) => {
      const paths = leaves(facts).filter((path) => path.length > 1 && !noContent.test(path.join('.')));
      const path = there(paths[pick % paths.length]);
      const changed = structuredClone(facts);
      const parent = at(changed, path.slice(0, -1)) as Record<string, unknown>;
      const key = String(path.at(-1));
      const value = parent[key];
      if (typeof value === 'boolean') parent[key] = !value;
      else if (key === 'roles') parent[key] = ['changed'];
      else if (key === 'role') parent[key] = { id: '9', name: 'changed' };
      else parent[key] = `${String(value)} changed`;
      // One object may be both a type and the type of its details, so a rename changes both.
      expect([path.join('.'), hashOf(changed)]).not.toEqual([path.join('.'), hashOf(facts)]);
      tried.add(path.filter((part) => !/^\d+$/.test(String(part))).join('.'));
    }),
    { ...unshrunk, numRuns: runs(900) },
  );
  for (const expected of [
    'webhookKey.value',
    'contractTypes.value.name',
    'contractTypeDetails.contractType.name',
    'contractTypeDetails.entities.value.name',
    'contractTypeDetails.entities.value.isPrimary',
    'entities.value.referenceId',
    'entities.value.isPrimary',
    'templateFields.counterPartyKind.value',
    'templateFields.fields.value.parentRequired',
    'templateFields.fields.value.defaultValue',
    'contractTypeDetails.intakeFields.value.type',
    'contractTypeDetails.intakeFields.value.options.value',
    'templates.value.name',
    'templateFields.fields.value.required',
    'templateFields.fields.value.label',
    'workflows.value.status',
    'workflows.value.unpublishedChanges',
    'workflows.value.signatories.name',
    'workflows.value.approvals.order',
    'workflows.value.approvals.role.name',
    'workflows.value.signatories.conditional',
    'workflows.value.signatories.conditionalRouting',
    'roles.value',
    'users.user.value.active',
    'users.user.value.roles',
  ])
    expect([...tried]).toContain(expected);
});

test('a template that moves to another contract type changes the hash', () => {
  const base = there(
    fc.sample(
      anyFacts.filter(({ contractTypes, templates }) =>
        Boolean(
          contractTypes?.known &&
            contractTypes.value.length > 1 &&
            templates?.known &&
            templates.value.length > 0,
        ),
      ),
      1,
    )[0],
  );
  const moved = structuredClone(base);
  if (moved.templates?.known && moved.contractTypes?.known) {
    const [template] = moved.templates.value;
    const other = moved.contractTypes.value.find(({ id }) => id !== template?.contractTypeId);
    there(template).contractTypeId = there(other).id;
  }
  expect(hashOf(moved)).not.toBe(hashOf(base));
});

const parts = ['contractTypes', 'templates', 'workflows', 'roles', 'featureFlags'] as const;

test.each(parts)('unread, empty and not requested %s have three different hashes', (part) => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      const empty = known(part === 'featureFlags' ? {} : [], []);
      const variants = [empty, unknown('timeout', 'no answer', []), unknown('forbidden', 'no', []), null];
      const hashes = variants.map((variant) => hashOf({ ...facts, [part]: variant }));
      expect(new Set(hashes).size).toBe(variants.length);
    }),
    unshrunk,
  );
});

test('only the code of a failed read changes the hash, not its message', () => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      const failed = (reason: string) => hashOf({ ...facts, roles: unknown('timeout', reason, []) });
      expect(failed('no answer within 15 s')).toBe(failed('no answer within 16 s'));
    }),
    unshrunk,
  );
});

test('a missing member, one without roles and one with hidden roles have three different hashes', () => {
  const [base] = fc.sample(anyFacts, 1);
  const withRoles = (value: { email: string; active: boolean; roles: string[] | null } | null) =>
    hashOf({ ...there(base), users: [{ email: 'a@b.example', user: known(value, []) }] });
  const member = { email: 'a@b.example', active: true };
  const hashes = [null, { ...member, roles: [] }, { ...member, roles: null }].map(withRoles);
  expect(new Set(hashes).size).toBe(3);
});

const rowsOf = (file: string) => {
  const db = new BetterSqlite3(file, { readonly: true });
  const count = (table: string) => db.prepare(`select count(*) as n from ${table}`).pluck().get();
  const counts = { contents: count('snapshots'), readings: count('snapshot_readings') };
  db.close();
  return counts;
};

test('an unchanged workspace is stored once for any number of readings', async () => {
  // Complete readings are stored beside those of the checks when there is a model.
  const stand = await startStand({
    log: { ready: false },
    edit: (file) => {
      delete file.drift;
    },
  });
  const hashes = new Set<string | null>();
  for (let reading = 0; reading < 4; reading += 1) hashes.add((await stand.check()).snapshot);
  expect(hashes.size).toBe(1);
  expect(rowsOf(stand.config.database)).toEqual({ contents: 1, readings: 4 });

  // Another order and other ids are not a change.
  stand.prod.roles.reverse();
  stand.prod.templates.reverse();
  for (const role of stand.prod.roles) role.description = 'reworded';
  await stand.check();
  expect(rowsOf(stand.config.database)).toEqual({ contents: 1, readings: 5 });

  newestVersion(stand.prod).approvals = [];
  const changed = await stand.check();
  expect(rowsOf(stand.config.database)).toEqual({ contents: 2, readings: 6 });
  const newest = await newestSnapshot<SnapshotContent>(stand.core.db, 'prod');
  expect([newest?.hash, newest?.takenAt]).toEqual([changed.snapshot, changed.checkedAt]);
});

test('equal parts of UAT and production have equal content despite different ids', async () => {
  const stand = await startStand();
  await stand.check('uat');
  await stand.check('prod');
  const [uat, prod] = await Promise.all(
    ['uat', 'prod'].map((name) => newestSnapshot<SnapshotContent>(stand.core.db, name)),
  );
  const withoutKey = (content: object | undefined) => ({ ...content, webhookKey: null });
  expect(withoutKey(prod?.content)).toEqual(withoutKey(uat?.content));
  expect(prod?.hash).not.toBe(uat?.hash);
  expect(JSON.stringify(prod?.content)).not.toContain(String(contractType(stand.prod).id));
});

test('each single change in the workspace changes the snapshot', async () => {
  const stand = await startStand();
  const seen = new Set([(await stand.check()).snapshot]);
  const { prod } = stand;
  const changes: (() => unknown)[] = [
    () => Object.assign(templateField(prod, 'effective_date'), { required: false }),
    () => Object.assign(templateField(prod, 'effective_date'), { label: 'Begin' }),
    () => Object.assign(contractType(prod, 'Mutual NDA'), { name: 'NDA' }),
    () => prod.roles.pop(),
    () => Object.assign(user(prod, 'integrations@northwind.example'), { active: false }),
    () => Object.assign(prod, { hmacKey: 'cm90YXRlZA==' }),
    () => Object.assign(prod.featureFlags, { PUBLIC_ANALYTICS_QUERY_API: false }),
  ];
  for (const change of changes) {
    change();
    seen.add((await stand.check()).snapshot);
  }
  expect(seen.size).toBe(changes.length + 1);
});

test('an unreadable workspace stores no snapshot', async () => {
  const stand = await startStand({ log: { ready: false } });
  stand.spotdraft.faults.add({ workspace: 'prod', fault: { kind: 'status', status: 401 } });
  expect((await stand.check()).snapshot).toBeNull();
  expect(rowsOf(stand.config.database)).toEqual({ contents: 0, readings: 0 });
});
