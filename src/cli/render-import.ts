import type { IngestResult } from '../events/intake/ingest-lines.ts';
import type { Terminal } from './terminal.ts';
import { hangingIndent } from './wrap.ts';

/** Refused lines that are printed. More would push the counts off the screen. */
const SHOWN = 20;

export function renderImport(
  label: string,
  result: Readonly<IngestResult>,
  complete: boolean,
  { style, width }: Terminal,
): string {
  const { accepted, duplicates, refusedCount, refused } = result;
  const shown = refused.slice(0, SHOWN);
  const numbers = Math.max(...shown.map(({ line }) => String(line).length));
  const more = refusedCount - shown.length;
  return [
    style(
      'bold',
      `${label}: ${count(accepted)} accepted, ${count(duplicates)} duplicates, ${count(refusedCount)} refused`,
    ),
    ...(shown.length > 0 ? [''] : []),
    ...shown.map(({ line, reason }) =>
      hangingIndent(`  line ${String(line).padStart(numbers)}  `, reason, Math.max(width, 100)),
    ),
    ...(more > 0
      ? [
          `  and ${count(more)} more (--json lists ${refused.length < refusedCount ? `the first ${count(refused.length)}` : 'them'})`,
        ]
      : []),
    '',
    hangingIndent('Next: ', nextStep(result, complete), width),
    '',
  ].join('\n');
}

function nextStep({ accepted, duplicates, refusedCount }: Readonly<IngestResult>, complete: boolean): string {
  if (!complete) return 'import the same file again; stored lines are not stored twice';
  if (refusedCount > 0)
    return 'correct these lines and import the file again; stored lines are not stored twice. docs/reporting.md lists the fields';
  if (accepted + duplicates === 0) return 'the file has no lines; docs/reporting.md shows the format';
  return 'envcheck find <id> shows each line by your own id, its request id or its contract';
}

const count = (number: number): string => number.toLocaleString('en');
