/**
 * The figures of this version, each beside a reference from the same run: `npm run bench`. Prints a table and writes
 * bench/results.md. Nothing here is asserted: a figure is reported, good or bad.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import Table from 'cli-table3';
import { measureAcknowledgement } from './acknowledgement.ts';
import { measureCheck } from './check.ts';
import type { Figure } from './figure.ts';
import { measureGrowth } from './growth.ts';
import { measureStart } from './start.ts';

const figures: Figure[] = [];
for (const measure of [measureCheck, measureAcknowledgement, measureStart, measureGrowth]) {
  process.stderr.write(`${measure.name}…\n`);
  figures.push(...(await measure()));
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

const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}, ${process.platform}`;
const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
writeFileSync(
  new URL('results.md', import.meta.url),
  [
    '# Measured figures',
    '',
    `\`npm run bench\`, ${new Date().toISOString().slice(0, 10)}, ${machine}. Single figures move with the machine; the ratios are what to compare.`,
    '',
    line(head),
    line(head.map(() => '---')),
    ...rows.map(line),
    '',
    ...figures.filter(({ note }) => note).map(({ name, note }) => `- **${name}**: ${note}`),
    '',
  ].join('\n'),
);
