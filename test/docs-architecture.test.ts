import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');

/** The text below each heading `### folder`, by folder. */
const rooms = new Map(
  [...page.matchAll(/^### `([\w/]+)\/`\n\n((?:.+\n)+)/gm)].map(([, folder = '', text = '']) => [
    folder,
    text,
  ]),
);

const foldersIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

describe('docs/architecture.md', () => {
  it('has one paragraph for every folder at the top of src, and for none that is missing', () => {
    const documented = [...rooms.keys()].filter((folder) => folder.startsWith('src/'));
    expect(documented.toSorted()).toEqual(
      foldersIn('src')
        .map((name) => `src/${name}`)
        .toSorted(),
    );
  });

  it('has no heading twice', () => {
    const headings = [...page.matchAll(/^#+ .+$/gm)].map(([heading]) => heading);
    expect(headings).toEqual([...new Set(headings)]);
  });

  it('has one paragraph for every other folder of the project that holds TypeScript', () => {
    const documented = [...rooms.keys()].filter((folder) => !folder.startsWith('src/'));
    const folders = foldersIn('.').filter(
      (name) => !/^\.|^(src|node_modules)$/.test(name) && sourcesIn(name).length > 0,
    );
    expect(documented.toSorted()).toEqual(folders.toSorted());
  });

  it('names every file directly under src as an entry file', () => {
    const entries = page.split('## Entry files\n')[1]?.split('\n## ')[0] ?? '';
    const named = [...entries.matchAll(/^- `src\/([\w.]+)`/gm)].map(([, file]) => file);
    const files = readdirSync(join(root, 'src')).filter((name) => name.endsWith('.ts'));
    expect(named.toSorted()).toEqual(files.toSorted());
  });

  it('lists the rooms so that none imports a room above it, types and files without imports aside', () => {
    const order = [...rooms.keys()].filter((folder) => folder.startsWith('src/'));
    const upward = order.flatMap((room, at) =>
      sourcesIn(room).flatMap((file) =>
        importsOf(file)
          .filter((target) => order.slice(0, at).some((above) => target.startsWith(`${above}/`)))
          .filter((target) => importsOf(target).length > 0)
          .map((target) => `${file} imports ${target}`),
      ),
    );
    expect(upward).toEqual([]);
  });
});

const sourcesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));

/** The project's files that a file imports, types aside; both as paths from the root. */
const importsOf = (file: string): string[] =>
  [
    ...readFileSync(join(root, file), 'utf8').matchAll(
      /^(?:import|export) (?!type\b)[^;]*? from '(\.[^']+)';|\bimport\('(\.[^']+)'\)/gm,
    ),
  ].map(([, named, loaded]) => join(file, '..', named ?? loaded ?? ''));
