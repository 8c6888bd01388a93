/**
 * Measures the figures of this version, each with a reference from the same run: `npm run bench`, or some by name:
 * `npm run bench -- intake find`. It prints a table; a complete run also writes it to bench/results.md. Nothing here is
 * asserted: each figure is reported, good or bad.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import Table from 'cli-table3';
import { measureAcknowledgement } from './acknowledgement.ts';
import { measureCheck } from './check.ts';
import { measureDiff } from './diff.ts';
import type { Figure } from './figure.ts';
import { measureFind } from './find.ts';
import { measureGrowth } from './growth.ts';
import { measureIntake } from './intake.ts';
import { measureMemory } from './memory.ts';
import { measurePruning } from './pruning.ts';
import { measureSoak } from './soak.ts';
import { measureStart } from './start.ts';
import { measureYear } from './year.ts';

const measures = {
  check: measureCheck,
  intake: measureIntake,
  acknowledgement: measureAcknowledgement,
  pruning: measurePruning,
  find: measureFind,
  start: measureStart,
  diff: measureDiff,
  year: measureYear,
  growth: measureGrowth,
  memory: measureMemory,
  soak: measureSoak,
};
type Name = keyof typeof measures;
const known = Object.keys(measures) as Name[];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !known.includes(name as Name));
if (unknown.length > 0) {
  process.stderr.write(`unknown benchmark ${unknown.join(', ')}; known are ${known.join(', ')}\n`);
  process.exit(64);
}
const names = wanted.length === 0 ? known : known.filter((name) => wanted.includes(name));
const figures: Figure[] = [];
for (const name of names) {
  process.stderr.write(`${name}…\n`);
  figures.push(...(await measures[name]()));
}

const head = ['figure', 'measured', 'reference', 'ratio', 'goal'];
const rows = figures.map(({ name, measured, reference, ratio, goal }) => [
  name,
  measured,
  reference,
  ratio,
  goal,
]);
const table = new Table({ head, style: { head: [], border: [] } });
table.push(...rows);
console.log(table.toString());
for (const { name, note } of figures) if (note) console.log(`${name}: ${note}`);

const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}, ${process.platform}`;
const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
if (names.length === known.length)
  writeFileSync(
    new URL('results.md', import.meta.url),
    [
      '# Measured figures',
      '',
      `\`npm run bench\`, ${new Date().toISOString().slice(0, 10)}, ${machine}. Figures depend on the machine; compare the ratios.`,
      '',
      line(head),
      line(head.map(() => '---')),
      ...rows.map(line),
      '',
      ...figures.filter(({ note }) => note).map(({ name, note }) => `- **${name}**: ${note}`),
      '',
    ].join('\n'),
  );
