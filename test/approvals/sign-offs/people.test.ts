import { expect, it } from 'vitest';
import type { Person } from '../../../src/config/config.ts';
import { countPeople, type Identity } from '../../../src/readiness/sign-off-state.ts';
import { load, problemsOf } from '../../config/written-config.ts';
import { startSignOffStand } from './start-stand.ts';

const ana: Person = { name: 'ana', slack: 'U0ANA', os: 'ana' };
const bob: Person = { name: 'bob', slack: 'U0BOB', os: 'robert' };
const slack = (id: string, personName: string): Identity => ({
  actor: `slack:${id}`,
  person: null,
  personName,
});
const cli = (user: string, person: string | null = null): Identity => ({
  actor: `cli:${user}`,
  person,
  personName: person ?? user,
});

it.each<[string, Identity[], Person[], number]>([
  ['one listed person in Slack and on the command line', [slack('U0ANA', 'Ana Berg'), cli('ana')], [ana], 1],
  ['two listed people on two surfaces', [slack('U0ANA', 'Ana Berg'), cli('robert')], [ana, bob], 2],
  ['two listed people of one name', [slack('U0ANA', 'Sam'), slack('U0BOB', 'Sam')], [ana, bob], 2],
  ['two unknown accounts of one name', [slack('U1', 'Ana Berg'), slack('U2', ' ana berg')], [], 1],
  ['a name in Slack and the same after --as', [slack('U1', 'Ana Berg'), cli('ops', 'Ana Berg')], [], 1],
  [
    'a listed person and an unknown account of that name',
    [slack('U0ANA', 'Ana'), cli('ops', 'Ana')],
    [ana],
    1,
  ],
  ['an account of each surface that nobody lists', [slack('U1', 'Ana Berg'), cli('ana')], [], 1],
  [
    'an unknown user of the command line beside a person who has another',
    [slack('U0ANA', 'Ana'), cli('ops')],
    [ana],
    2,
  ],
  [
    'somebody who is listed without a user, beside one',
    [slack('U0ANA', 'Ana'), cli('ops')],
    [{ ...ana, os: null }],
    1,
  ],
  ['two accounts of Slack', [slack('U1', 'Ana'), slack('U2', 'Carl')], [], 2],
  ['two users of one machine', [cli('ana'), cli('carl')], [], 2],
  ['one user who types for two people', [cli('ops', 'Ana'), cli('ops', 'Carl')], [], 1],
  ['a listed person named by name, and in Slack', [cli('ops', 'ANA'), slack('U0ANA', 'Ana Berg')], [ana], 1],
  [
    'a listed person named by the id in Slack, and on the own account',
    [cli('ops', 'u0ana'), cli('ana')],
    [ana],
    1,
  ],
  // One of the two in Slack may have typed it, and the two are two.
  ['two people in Slack and an unknown user', [slack('U1', 'Ana'), cli('x'), slack('U2', 'Carl')], [], 2],
  ['nobody', [], [ana], 0],
  ['a name and the same with a Cyrillic letter', [cli('x', 'Zoe'), cli('y', 'Z\u043ee')], [], 1],
  ['a name with a Cyrillic capital', [cli('x', 'Alice'), cli('y', '\u0410lice')], [], 1],
  [
    'a name with a Greek letter and other blanks',
    [cli('x', 'Ona Roe'), cli('y', '\u039fna\u00a0 Roe')],
    [],
    1,
  ],
  ['a name with a letter of no width', [cli('x', 'Zoe'), cli('y', 'Zo\u200be')], [], 1],
  ['a name in full width', [cli('x', 'Zoe'), cli('y', '\uff3aoe')], [], 1],
  ['two names that look alike in Slack', [slack('U1', 'Ana Berg'), slack('U2', '\u0410na Berg')], [], 1],
  ['a listed person by a name that looks alike', [cli('ops', '\u0430na'), slack('U0ANA', 'Berg')], [ana], 1],
  ['an id as Slack mentions it', [cli('ops', '<@U0ANA|ana>'), slack('U0ANA', 'Berg')], [], 1],
  ['an id with its surface', [cli('ops', 'slack:u0ana'), slack('U0ANA', 'Berg')], [], 1],
  ['an id after @', [cli('ops', '@U0ANA'), cli('ana')], [ana], 1],
  ['an id in a text of an answer', [cli('ops', 'U0ANA (entered by cli:x)'), slack('U0ANA', 'B')], [], 1],
  ['an account of the command line by name', [cli('ops', 'cli:ana'), cli('ana')], [], 1],
  ['an id in full width', [cli('ops', '\uff350ANA'), slack('U0ANA', 'Berg')], [], 1],
  ['a name that could be an id', [cli('ops', 'Ursula'), cli('u')], [{ ...ana, name: 'Ursula', os: 'u' }], 1],
  ['two users without a name', [cli('54321'), cli('54322')], [], 1],
  [
    'two users without a name that are listed',
    [cli('54321'), cli('54322')],
    [
      { ...ana, os: '54321' },
      { ...bob, os: '54322' },
    ],
    2,
  ],
  ['two people with unlike letters', [cli('x', 'Zo\u00eb'), cli('y', 'Zoe')], [], 2],
])('%s: %#', (_, signed, people, expected) => {
  expect(countPeople(signed, people)).toBe(expected);
  expect(countPeople(signed.toReversed(), people)).toBe(expected);
});

it('a second account of the signer does not complete a sign-off that needs two people', async () => {
  const stand = await startSignOffStand([{ id: 'legal', approvals: 2 }], {
    edit: (file) => Object.assign(file, { access: { people: { ana: { slack: 'U0ANA', os: 'ana' } } } }),
  });
  await stand.check();
  await stand.sign('legal', {}, slack('U0ANA', 'Ana Berg'));
  expect(await stand.sign('legal', {}, cli('ana'))).toMatchObject({
    kind: 'refused',
    summary: expect.stringContaining('One person counts once'),
  });
  const again = await stand.sign('legal', {}, slack('U0OTHER', 'Ana Berg'));
  expect(again.summary).toContain(
    '1 of 2 have signed; 1 more person has to. Envcheck cannot tell some of these',
  );
  expect(await stand.judged('legal')).toMatchObject({
    status: 'fail',
    actual: expect.stringMatching(/^1 of 2 signed\n[\s\S]*may be one person/),
    remedy: expect.stringContaining('access.people'),
  });
  await stand.sign('legal', {}, slack('U0BOB', 'Bob'));
  expect((await stand.judged('legal')).status).toBe('pass');
});

it('an account that two people claim is refused with its place', () => {
  const file = (people: string) => `
environments: { uat: { region: us, credentials: { clientId: { env: ID }, clientSecret: { env: SECRET } } } }
access: { people: ${people} }
`;
  const wrong = (people: string) => problemsOf(file(people)).map(({ path, wrong }) => `${path} ${wrong}`);
  expect(wrong('{ ana: { slack: U0ANA }, bob: { slack: U0ANA, os: bob } }')).toEqual([
    'access.people.bob.slack is used twice',
  ]);
  expect(wrong('{ ana: { os: ops }, bob: { os: OPS } }')).toEqual(['access.people.bob.os is used twice']);
  expect(wrong('{ ana: { os: ops }, bob: { os: \u043eps } }')).toEqual([
    'access.people.bob.os is used twice',
  ]);
  expect(wrong('{ ana: { os: a }, \u0430na: { os: b } }')).toEqual([
    'access.people["\u0430na"] has a name that looks like another one',
  ]);
  expect(wrong('{ ana: { slack: U0\u0410NA } }')).toEqual([
    'access.people.ana.slack has a character that is not ASCII at position 3: U+0410 CYRILLIC CAPITAL LETTER A',
  ]);
  expect(wrong('[ana]')).toEqual([expect.stringMatching(/^access\.people /)]);
  expect(wrong('{ ana: { slack: ana } }')).toEqual([expect.stringMatching(/^access\.people\.ana\.slack /)]);
  expect(load(file('{ ana: { slack: U0ANA, os: ana } }')).access).not.toHaveProperty('people');
});
