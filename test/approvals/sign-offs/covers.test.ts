import { pino } from 'pino';
import { expect, it } from 'vitest';
import { readSignOffs } from '../../../src/approvals/sign-offs/read-sign-offs.ts';
import type { SignOff } from '../../../src/config/config.ts';
import { judgeSignOffs } from '../../../src/readiness/sign-offs.ts';
import { known } from '../../../src/spotdraft/fact.ts';
import { insertSignOffAct } from '../../../src/store/sign-offs.ts';
import { saveSnapshot } from '../../../src/store/snapshots.ts';
import { inTransaction } from '../../../src/store/transaction.ts';
import { compareSnapshots } from '../../../src/workspace/diff/compare-snapshots.ts';
import { coversDifference, coversPlace, matchesPath } from '../../../src/workspace/diff/covers.ts';
import type { Difference } from '../../../src/workspace/diff/difference.ts';
import { segment } from '../../../src/workspace/diff/path.ts';
import { foldName } from '../../../src/workspace/names.ts';
import { snapshotOf } from '../../../src/workspace/snapshot.ts';
import { temporaryFolder } from '../../environment.ts';
import { openNewDatabase } from '../../event-log.ts';
import fc, { runs } from '../../fast-check.ts';
import { anyContent } from '../../workspace/diff/contents.ts';

const difference = (path: string, more: Partial<Difference> = {}): Difference => ({
  path,
  kind: 'missing',
  weight: 'breaking',
  left: null,
  right: null,
  ...more,
});

it.each<[string, string, boolean]>([
  ['templates/Order Form/fields/date/type', 'templates/Order Form/fields/date/type', true],
  ['templates/Order Form/fields/date/type', 'templates/Order Form', true],
  ['templates/Order Form/fields/date/type', 'templates/order *', true],
  ['templates/Order Form/fields/date/type', '*/*/*/d*e', true],
  ['templates/Order Form/fields/date/type', '*/date/*', false],
  ['templates/Order Form/fields/date/type', 'templates', true],
  ['templates/Order Form/fields/date/type', 'templates/', true],
  ['templates/Order Form/fields/date/type', 'templates/Order', false],
  ['templates/Order Form/fields/date/type', 'templates/*/fields/name', false],
  ['templates/Order Form/fields/date/type', 'workflows*', false],
  // The whole item is gone, including the covered part.
  ['templates/Order Form', 'templates/Order Form/fields/date', true],
  ['templates/Order Form', 'templates/*/fields', true],
  ['templates/Order Form', 'templates/NDA/fields', false],
  // A star in a name is not a pattern.
  ['templates/*/fields/date', 'templates/Order Form', false],
  ['templates/*/fields/date', 'templates/*', true],
])('a change at %s is covered by %s: %s', (path, pattern, expected) => {
  expect(coversDifference([pattern], difference(path))).toBe(expected);
});

it('a copied path matches itself and what lies below it, and no sibling, whatever the names are', () => {
  const names = [
    'Trial *',
    'Trial 1',
    '*',
    'A\\B',
    'A/B',
    '~2',
    'a*b*c',
    'axbxc',
    '!x',
    'Ünï',
    '\\*',
    '[a-z]',
    '(?',
    '^$',
  ];
  for (const name of names)
    for (const other of names) {
      const [pattern, path] = [name, other].map((each) => `templates/${segment(each)}`);
      const same = foldName(name) === foldName(other);
      for (const ending of ['', '/'])
        for (const below of ['', '/fields/date']) {
          expect(matchesPath(`${pattern}${ending}`, `${path}${below}`), `${name} and ${other}`).toBe(same);
          expect(coversDifference([`${pattern}${ending}`], difference(`${path}${below}`))).toBe(same);
        }
    }
  expect(matchesPath('templates/a\\*', 'templates/A\\B')).toBe(true);
  expect(matchesPath('*date', 'templates/NDA/fields/date')).toBe(true);
});

it('an item that takes a covered name changes what is covered', () => {
  const renamed = difference('templates/Old/name', { kind: 'changed', left: 'Old', right: 'Order Form' });
  expect(coversDifference(['templates/Order*'], renamed)).toBe(true);
  expect(coversDifference(['templates/Old'], renamed)).toBe(true);
  expect(coversDifference(['templates/NDA'], renamed)).toBe(false);
});

it('a place that could not be compared has stars for the names of items', () => {
  expect(coversPlace(['templates/Order Form'], 'templates/*/fields')).toBe(true);
  expect(coversPlace(['templates/Order Form/contractType'], 'templates/*/fields')).toBe(false);
});

/** Independent implementation of the program's rule: segment by segment. */
function isCovered(pattern: string, { path }: Difference): boolean {
  const [wanted, names] = [pattern, path].map((text) => text.split('/').map(foldName));
  const shared = Math.min(wanted?.length ?? 0, names?.length ?? 0);
  return (wanted ?? [])
    .slice(0, shared)
    .every((word, index) => word === '*' || word === (names ?? [])[index]);
}

it('a change voids exactly the sign-offs that cover it', async () => {
  const file = `${temporaryFolder()}/envcheck.db`;
  const db = await openNewDatabase(file, 0);
  const logger = pino({ level: 'silent' });
  let run = 0;
  let [voided, held] = [0, 0];
  await fc.assert(
    fc.asyncProperty(
      anyContent,
      anyContent,
      fc.nat(1_000),
      fc.boolean(),
      async (before, other, pick, mixed) => {
        // Everything but one or three parts is equal: enough changes, and much that is unchanged.
        const after = mixed
          ? {
              ...before,
              roles: other.roles,
              templates: other.templates,
              templateFields: other.templateFields,
            }
          : { ...before, workflows: other.workflows };
        const sides = [before, after].map((content) => snapshotOf(content));
        const [left, right] = sides as [(typeof sides)[0], (typeof sides)[0]];
        const { differences } = compareSnapshots(
          { label: 'a', content: left.content },
          { label: 'b', content: right.content },
        );
        // Renames are tested above. A star in a name would be a pattern in `covers`.
        fc.pre(
          differences.every(
            ({ path }) => !path.includes('*') && !/\/(?:name|variable|title|value|party)$/.test(path),
          ),
        );
        const paths = differences.map(({ path }) => path);
        const some = paths[pick % (paths.length || 1)] ?? 'roles/nobody';
        const words = some.split('/');
        const patterns = [
          some,
          `${some}/type`,
          words.slice(0, 2).join('/'),
          `${words[0]}/*`,
          'users',
          'featureFlags/*',
          'workflows/*/approvals',
          'templates/*/fields/*/type',
        ];
        run += 1;
        const environment = `env-${run}`;
        const signOffs: SignOff[] = [null, ...patterns].map((pattern, index) => ({
          id: `s${index}`,
          title: 'T',
          validForMs: null,
          approvals: 1,
          people: [],
          covers: pattern === null ? null : [pattern],
          environments: null,
        }));
        await saveSnapshot(db, environment, 1, left);
        for (const { id, title } of signOffs)
          await inTransaction(db, (transaction) =>
            insertSignOffAct(transaction, {
              environment,
              signOff: id,
              act: 'sign',
              at: 1,
              actor: 'slack:U1',
              person: null,
              personName: 'a',
              note: null,
              link: null,
              title,
              snapshot: left.hash,
              completeSnapshot: null,
              expiresAt: null,
              about: null,
              changes: null,
            }),
          );
        const where = { name: environment, production: false };
        const config = { signOffs } as never;
        const facts = await readSignOffs({ config, db, logger }, where as never, right, 2);
        const results = judgeSignOffs(signOffs, known(facts, []), where, 2);
        const expected = [null, ...patterns].map((pattern) =>
          differences.some((each) => pattern === null || isCovered(pattern, each)) ? 'fail' : 'pass',
        );
        expect(results.map(({ status }) => status)).toEqual(expected);
        voided += expected.filter((each) => each === 'fail').length;
        held += expected.filter((each) => each === 'pass').length;
        // The recorded void stays at the next check, also after the change is gone.
        const again = await readSignOffs({ config, db, logger }, where as never, left, 3);
        expect(judgeSignOffs(signOffs, known(again, []), where, 3).map(({ status }) => status)).toEqual(
          expected,
        );
      },
    ),
    { numRuns: runs(60) },
  );
  expect(Math.min(voided, held)).toBeGreaterThan(50);
});
