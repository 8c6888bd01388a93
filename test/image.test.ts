import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { northwindConfig, northwindSecrets } from '../sandbox/northwind-config.ts';
import { seedWorkspaces } from '../sandbox/spotdraft/seed.ts';

const repo = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(repo, file), 'utf8');

/** Sources of the Dockerfile's COPY lines, in order; copies from another stage excepted. */
const copied = [...read('Dockerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, sources = '']) =>
  sources.split(' '),
);

/** The image's /app: the copied files, and the packages that `npm ci --omit=dev` installs. */
let image = '';
beforeAll(() => {
  image = mkdtempSync(join(tmpdir(), 'envcheck-image-'));
  for (const source of copied) cpSync(join(repo, source), join(image, source), { recursive: true });
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { dev?: true }> };
  for (const [path, { dev }] of Object.entries(packages)) {
    const isTopLevel = path.lastIndexOf('node_modules/') === 0;
    // The lock file also lists packages for other platforms.
    if (!isTopLevel || dev || !existsSync(join(repo, path))) continue;
    mkdirSync(dirname(join(image, path)), { recursive: true });
    symlinkSync(join(repo, path), join(image, path));
  }
});
afterAll(() => rmSync(image, { recursive: true, force: true }));

function run(args: string[], env: Record<string, string> = {}) {
  return new Promise<{ code: number; out: string; err: string }>((done) => {
    const child = execFile(process.execPath, args, { cwd: image, env }, (_error, out, err) =>
      done({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

interface Import {
  file: string;
  specifier: string;
  typeOnly: boolean;
}

/** Every import, export … from and dynamic import of the image's source files. */
function imports(): Import[] {
  const files = ['src', 'migrations'].flatMap((folder) =>
    readdirSync(join(image, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  );
  return files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const source = readFileSync(join(image, file), 'utf8');
      const statements = source.matchAll(
        /(?:^(?:import|export) (type )?[^'";]*?from |^import |\bimport\()'([^']+)'/gm,
      );
      return [...statements].map(([, type, specifier = '']) => ({
        file,
        specifier,
        typeOnly: type !== undefined,
      }));
    });
}

describe('the supply chain', () => {
  it('is pinned by digest in the image and by commit in the recipes', () => {
    const images = read('Dockerfile').match(/^FROM (?!dependencies)\S+/gm) ?? [];
    expect(images).toHaveLength(2);
    expect(new Set(images).size).toBe(1);
    expect(images[0]).toMatch(/^FROM node:24-slim@sha256:[\da-f]{64}$/);
    const recipes = readdirSync(join(repo, 'docs'))
      .filter((name) => name.endsWith('.md'))
      .flatMap((name) => read(`docs/${name}`).match(/\buses: .*$/gm) ?? []);
    expect(recipes).toHaveLength(2);
    for (const recipe of recipes)
      expect(recipe).toMatch(/^uses: [\w-]+\/[\w-]+@[\da-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('runs no install script but those that package.json allows', () => {
    expect(read('.npmrc')).toMatch(/^strict-allow-scripts=true$/m);
    const { packages } = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { hasInstallScript?: true }>;
    };
    const scripted = Object.entries(packages).flatMap(([path, { hasInstallScript }]) =>
      hasInstallScript ? [path] : [],
    );
    expect(scripted).toEqual(['node_modules/node']);
    expect(JSON.parse(read('package.json'))).toMatchObject({ allowScripts: { node: true } });
  });
});

describe('the Docker image', () => {
  it('contains the bot and no sandbox', () => {
    expect(copied).toEqual([
      'package.json',
      'package-lock.json',
      'package.json',
      'LICENSE',
      'migrations',
      'src',
    ]);
    const allowed = read('.dockerignore').match(/^!.+$/gm);
    expect(allowed?.map((line) => line.slice(1)).sort()).toEqual([...new Set(copied)].sort());
  });

  it('contains every file that its files import, except what the commands demo and sandbox load', () => {
    const missing = imports().filter(
      ({ file, specifier }) =>
        specifier.startsWith('.') && !existsSync(resolve(image, dirname(file), specifier)),
    );
    expect(
      missing.map(({ file, specifier }) => [file, relative('', join(dirname(file), specifier))]),
    ).toEqual([
      ['src/cli/demo.ts', 'sandbox/demo.ts'],
      ['src/cli/sandbox.ts', 'sandbox/browser/run.ts'],
    ]);
  });

  it('contains every package that its files import', () => {
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
    const packages = imports()
      .filter(({ specifier, typeOnly }) => !typeOnly && !/^(\.|node:)/.test(specifier))
      .map(({ specifier }) => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? '');
    expect(packages.length).toBeGreaterThan(20);
    expect(packages.filter((name) => !(name in dependencies))).toEqual([]);
  });

  it('loads the whole bot and checks a configuration', async () => {
    const loaded = await run(['--input-type=module', '-e', "await import('./src/app.ts')"]);
    expect(loaded).toEqual({ code: 0, out: '', err: '' });

    const { uat, prod } = seedWorkspaces(0);
    const file = join(image, 'envcheck.yaml');
    const host = '127.0.0.1:1';
    const baseUrl = `http://${host}/api/v2.1/public`;
    writeFileSync(
      file,
      JSON.stringify(
        northwindConfig({ baseUrl, host, uat, prod, sharedWebhookUrl: false, receiverUrl: null }),
      ),
    );
    const checked = await run(['src/cli.ts', 'config', 'check'], northwindSecrets([uat, prod]));
    expect(checked).toMatchObject({ code: 0, err: '' });
    expect(checked.out).toContain('is valid. Environments: uat, prod (production).');
  });

  it.each(['demo', 'sandbox'])('answers `%s` with one sentence that says what to do', async (command) => {
    expect(await run(['src/cli.ts', command])).toEqual({
      code: 64,
      out: '',
      err: `envcheck: the sandbox is not part of this installation, and \`${command}\` needs it: clone the repository and run npm ci && npm run ${command} there\n`,
    });
  });
});
