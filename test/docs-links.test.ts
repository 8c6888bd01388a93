import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const pages = [root, join(root, 'docs'), join(root, 'docs/decisions'), join(root, 'bench')].flatMap(
  (folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
);

/** The anchor that GitHub gives a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .trim()
    .replaceAll(' ', '-');

const anchorsIn = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

it('every link and picture leads to a file, and to a heading where it names one', () => {
  const dead = pages.flatMap((page) => {
    const links = readFileSync(page, 'utf8').matchAll(/\]\(([^)\s]+)\)|src="([^"]+)"/g);
    return [...links]
      .map(([, link, source]) => link ?? source ?? '')
      .filter((target) => !/^https?:/.test(target) && !leadsSomewhere(page, target))
      .map((target) => `${relative(root, page)}: ${target}`);
  });
  expect(dead).toEqual([]);
});

function leadsSomewhere(page: string, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : join(dirname(page), path);
  return existsSync(file) && (anchor === undefined || anchorsIn(file).includes(anchor));
}

/** Names in code are relative to the project, `src`, a room of it, `docs` or the page. */
it('every file and folder that a page names is there', () => {
  const rooms = readdirSync(join(root, 'src')).map((name) => join(root, 'src', name));
  const missing = pages.flatMap((page) => {
    const prose = readFileSync(page, 'utf8').replace(/^```[\s\S]*?^```/gm, '');
    const places = [root, join(root, 'src'), ...rooms, join(root, 'docs'), dirname(page)];
    return [...prose.matchAll(/`((?:[\w.-]+\/)*(?:[\w.-]+\/|[\w-]+(?:\.[\w-]+)*\.(?:ts|md|cjs)))`/g)]
      .map(([, path = '']) => path)
      .filter((path) => !places.some((place) => existsSync(join(place, path))))
      .map((path) => `${relative(root, page)}: ${path}`);
  });
  expect(missing).toEqual([]);
});

it('the index of docs/ has a line for every page and folder in it', () => {
  const index = readFileSync(join(root, 'docs/README.md'), 'utf8');
  const entries = readdirSync(join(root, 'docs'), { withFileTypes: true })
    .filter((entry) => (entry.isDirectory() ? entry.name !== 'pictures' : entry.name.endsWith('.md')))
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .filter((name) => name !== 'README.md');
  expect(entries.filter((name) => !index.includes(`](${name})`))).toEqual([]);
});
