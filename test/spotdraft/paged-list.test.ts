import { expect, test } from 'vitest';
import { known, unknown } from '../../src/spotdraft/fact.ts';
import { type ListPage, readPagedList } from '../../src/spotdraft/paged-list.ts';
import fc from '../fast-check.ts';

interface Row {
  id: string;
}

type Page = ListPage<Row>;

/** A list on a server. `answer` sees the number of the request, from 1, and may change the rows or the answer. */
function server(
  ids: string[],
  answer: (request: number, page: number, rows: string[], limit: number) => Partial<Page> = () => ({}),
) {
  const rows = [...ids];
  const asked: [page: number, limit: number][] = [];
  const read = async (page: number, limit: number) => {
    asked.push([page, limit]);
    const changed = answer(asked.length, page, rows, limit);
    const used = changed.limit ?? limit;
    const results = rows.slice((page - 1) * used, page * used).map((id) => ({ id }));
    return known({ limit: used, total_results: rows.length, results, ...changed }, []);
  };
  return { rows, asked, read };
}

const list = (read: ReturnType<typeof server>['read'], limit = 3) =>
  readPagedList({ name: 'the list of contracts', limit, read, idOf: ({ id }: Row) => id });

const idsOf = async (read: ReturnType<typeof server>['read'], limit = 3) => {
  const fact = await list(read, limit);
  return fact.known ? fact.value.map(({ id }) => id).sort() : fact.reason;
};

const letters = [...'abcdefg'];

test('a list on one page is read once, and a longer one twice', async () => {
  const short = server(['a', 'b']);
  expect(await idsOf(short.read)).toEqual(['a', 'b']);
  expect(short.asked).toEqual([[1, 3]]);
  const long = server(letters);
  expect(await idsOf(long.read)).toEqual(letters);
  expect(long.asked.map(([page]) => page)).toEqual([1, 2, 3, 1, 2, 3]);
});

test('an empty list is known to be empty', async () => {
  expect(await idsOf(server([]).read)).toEqual([]);
});

test.each<[string, (rows: string[]) => void]>([
  ['a row is inserted at the front', (rows) => void rows.unshift('new')],
  ['a row of a page that was read is deleted', (rows) => void rows.splice(0, 1)],
  [
    'one is deleted and one inserted, so the count stays the same',
    (rows) => {
      rows.splice(1, 1);
      rows.push('new');
    },
  ],
  ['the rows are sorted in another way', (rows) => void rows.reverse()],
])('a list that shifts while it is read is read again: %s', async (_, change) => {
  const moving = server(letters, (request, _page, rows) => {
    if (request === 2) change(rows);
    return {};
  });
  expect(await idsOf(moving.read)).toEqual(moving.rows.toSorted());
});

test('a list that never stops shifting is unknown after a bounded number of requests', async () => {
  const moving = server(letters, (request, _page, rows) => {
    rows.splice(0, 1);
    rows.push(`new${request}`);
    return {};
  });
  expect(await idsOf(moving.read)).toMatch(
    /^the list of contracts could not be read completely in 4 attempts: it /,
  );
  expect(moving.asked.length).toBeLessThan(20);
});

test.each<[string, Parameters<typeof server>[1], RegExp]>([
  [
    'ignores the page',
    (_request, _page, rows) => ({ results: rows.slice(0, 3).map((id) => ({ id })) }),
    /it counts 7, and page 2 repeats rows: 3 different ones came$/,
  ],
  [
    'repeats one row on each page',
    (_request, page, rows) =>
      page === 1 ? {} : { results: [rows[0] ?? '', `p${page}`].map((id) => ({ id })) },
    /page 2 repeats rows: 4 different ones came$/,
  ],
  ['ends early', (_request, page) => (page === 1 ? {} : { results: [] }), /counts 7 and ends after 3 /],
  ['changes its count', (request) => ({ total_results: 100 + request }), /changed from \d+ to \d+ between/],
  ['counts fewer than it sends', () => ({ total_results: 2 }), /it counts 2, and 3 different ones came$/],
])('a server that %s gives an unknown list, never a short one', async (_, answer, reason) => {
  const odd = server(letters, answer);
  expect(await idsOf(odd.read)).toMatch(reason);
  expect(odd.asked.length).toBeLessThan(20);
});

test.each<[string, Parameters<typeof server>[1]]>([
  ['counts a billion rows', () => ({ total_results: 1e9 })],
  ['counts more rows than numbers can hold', () => ({ total_results: Number.MAX_VALUE })],
  ['lowers its limit to one row', () => ({ total_results: 1e9, limit: 1 })],
])(
  'pages without end are read once and given up: a server that %s and always sends new rows',
  async (_, answer) => {
    const endless = server([], (request, ...rest) => ({
      ...answer?.(request, ...rest),
      results: ['a', 'b', 'c'].map((id) => ({ id: `${id}${request}` })),
    }));
    expect(await idsOf(endless.read)).toMatch(
      /^the list of contracts could not be read completely: .+ no end after 1100 pages$/,
    );
    expect(endless.asked).toHaveLength(1_100);
  },
);

test('a lowered limit applies to the pages after it, also when it is lowered late', async () => {
  const clamped = server(letters, () => ({ limit: 2 }));
  expect(await idsOf(clamped.read, 100)).toEqual(letters);
  expect(clamped.asked.slice(0, 5)).toEqual([
    [1, 100],
    [2, 2],
    [3, 2],
    [4, 2],
    [1, 2],
  ]);
  const late = server(letters, (request, _page, _rows, limit) => ({
    limit: Math.min(limit, request > 1 ? 2 : 3),
  }));
  expect(await idsOf(late.read)).toEqual(letters);
});

test('a server with a smaller page than it states is read to its end', async () => {
  const short = server(letters, (_request, page, rows) => ({
    limit: 100,
    results: rows.slice((page - 1) * 2, page * 2).map((id) => ({ id })),
  }));
  expect(await idsOf(short.read, 100)).toEqual(letters);
});

test('the search for one row ends where it is found, and an absent row needs the whole list', async () => {
  const found = server(letters);
  const until = (wanted: string) => (row: Row) => row.id === wanted;
  const search = (read: typeof found.read, wanted: string) =>
    readPagedList({
      name: 'the list of members',
      limit: 3,
      read,
      idOf: ({ id }: Row) => id,
      until: until(wanted),
    });
  expect(await search(found.read, 'e')).toMatchObject({ known: true });
  expect(found.asked.map(([page]) => page)).toEqual([1, 2]);
  const ignoring = server(letters, (_request, _page, rows) => ({
    results: rows.slice(0, 3).map((id) => ({ id })),
  }));
  expect(await search(ignoring.read, 'e')).toMatchObject({ known: false, code: 'incomplete' });
});

test('a failed page makes the list unknown for the reason of that page', async () => {
  const { read } = server(letters);
  const failing: typeof read = async (page, limit) =>
    page === 2 ? (unknown('timeout', 'page 2: no answer', []) as never) : read(page, limit);
  expect(await idsOf(failing)).toBe('page 2: no answer');
});

test('a list that was read is the list at one moment, whatever happens between two pages', async () => {
  const change = fc.constantFrom('none', 'none', 'none', 'insert', 'delete', 'swap');
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { maxLength: 12 }),
      fc.integer({ min: 0, max: 9 }),
      async (changes, size) => {
        const states: string[] = [];
        const moving = server(
          Array.from({ length: size }, (_, index) => `r${index}`),
          (request, _page, rows) => {
            const what = changes[request - 1];
            if (what === 'insert' || what === 'swap') rows.push(`n${request}`);
            if (what === 'delete' || what === 'swap') rows.splice(0, 1);
            states.push(rows.toSorted().join());
            return {};
          },
        );
        const ids = await idsOf(moving.read);
        if (typeof ids !== 'string') expect(states).toContain(ids.join());
      },
    ),
  );
});
