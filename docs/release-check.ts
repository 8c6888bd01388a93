import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes what a release needs beside its code: `release/sbom.cdx.json` (CycloneDX) and `release/licences.csv`, both by npm's own list. */
const folder = join(import.meta.dirname, '../release');

/** Licences that allow use and distribution with notices. MPL-2.0 covers changes of its own files only. */
const ALLOWED = new Set(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Apache-2.0', 'MPL-2.0']);

/** Packages without an SPDX licence, with what their own files say. */
const READ_BY_HAND: Record<string, string> = {
  'dejavu-fonts-ttf': 'Bitstream Vera and public domain',
  jsonify: 'public domain',
};

interface Component {
  name: string;
  version: string;
  licenses?: { license?: { id?: string; name?: string }; expression?: string }[];
}

const npm = process.env.npm_execpath;
if (!npm) {
  console.error('release:check: run it as npm run release:check');
  process.exit(1);
}
const sbom = execFileSync(process.execPath, [npm, 'sbom', '--omit=dev', '--sbom-format=cyclonedx'], {
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
});
const { components } = JSON.parse(sbom) as { components: Component[] };
const rows = components
  .map(({ name, version, licenses = [] }) => ({
    name,
    version,
    licence:
      licenses
        .map(({ license, expression }) => expression ?? license?.id ?? license?.name ?? '')
        .join(' AND ') ||
      READ_BY_HAND[name] ||
      '',
  }))
  .sort((left, right) => left.name.localeCompare(right.name));

mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'sbom.cdx.json'), sbom);
writeFileSync(
  join(folder, 'licences.csv'),
  [
    'package,version,licence',
    ...rows.map(({ name, version, licence }) => `${name},${version},${licence}`),
    '',
  ].join('\n'),
);

const refused = rows.filter(({ name, licence }) => !ALLOWED.has(licence) && READ_BY_HAND[name] !== licence);
for (const { name, version, licence } of refused)
  console.error(
    `release:check: ${name} ${version} has the licence “${licence || 'none given'}”. Read it, then add it to docs/release-check.ts or replace the package`,
  );
console.log(
  `${rows.length} packages in release/sbom.cdx.json and release/licences.csv, ${refused.length} to read`,
);
process.exitCode = refused.length > 0 ? 1 : 0;
