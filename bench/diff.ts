import { isDeepStrictEqual } from 'node:util';
import { compareSnapshots } from '../src/workspace/diff/compare-snapshots.ts';
import type { SnapshotContent } from '../src/workspace/snapshot.ts';
import { type Figure, ms, percentile } from './figure.ts';
import { largeConfiguration } from './large-configuration.ts';

const ROUNDS = 30;
const CHANGES = 300;

/** Compares two large workspaces, in turns with a deep equality check of the same data. */
export async function measureDiff(): Promise<Figure[]> {
  const [model, same, different] = [0, 0, CHANGES].map(largeConfiguration) as [
    SnapshotContent,
    SnapshotContent,
    SnapshotContent,
  ];
  const compare = (right: SnapshotContent): number => {
    const started = performance.now();
    compareSnapshots({ label: 'uat', content: model }, { label: 'prod', content: right });
    return performance.now() - started;
  };
  const first = compare(different);
  const [unlike, alike, equal]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    unlike.push(compare(different));
    alike.push(compare(same));
    const started = performance.now();
    isDeepStrictEqual(model, same);
    equal.push(performance.now() - started);
  }
  const { differences } = compareSnapshots(
    { label: 'uat', content: model },
    { label: 'prod', content: different },
  );
  const median = percentile(unlike, 0.5);
  const reference = percentile(equal, 0.5);
  return [
    {
      name: 'diff of 200 contract types, 500 templates, 10,000 fields, median',
      measured: ms(median),
      reference: `${ms(reference)}: node:util isDeepStrictEqual of the same data`,
      ratio: (median / reference).toFixed(1),
      goal: '< 100 ms',
      note: `${differences.length} differences; ${ms(percentile(alike, 0.5))} when nothing differs; ${ms(first)} on the first run, before compilation. The diff also folds case and matches names in any order, which an equality check does not.`,
    },
  ];
}
