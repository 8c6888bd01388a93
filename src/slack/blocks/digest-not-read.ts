import type { Digest, DigestEnvironment } from '../../digests/digest/digest-content.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { type Line, pairLabel, readinessOf } from './digest-text.ts';
import { bold, clip, code, plain } from './text.ts';

/** What nobody could look at is never shown as if nothing had changed there. */
export function notReadLines(digest: Digest): Line[] {
  // What a pair tells of already is not told of its environments once more.
  const ofPairs = digest.pairs.flatMap(({ left, right, drift }) =>
    'known' in drift
      ? drift.known.notCompared.flatMap(({ path }) => [`${left.name} ${path}`, `${right.name} ${path}`])
      : [],
  );
  return [
    ...digest.environments.flatMap((environment) => notReadOf(environment, ofPairs)),
    ...digest.pairs.flatMap((pair): Line[] => {
      const label = pairLabel(pair);
      if ('unknown' in pair.drift)
        return [[bold(`${label}: `), plain(`not compared: ${clip(pair.drift.unknown, 300)}`)]];
      const { unchecked, notCompared } = pair.drift.known;
      const open: Line[] =
        unchecked.length > 0
          ? [
              [
                bold(`${label}: `),
                plain(
                  `${unchecked.length} ${unchecked.length === 1 ? 'difference' : 'differences'} of before could not be compared again: neither resolved nor the same`,
                ),
              ],
            ]
          : [];
      return [
        ...open,
        ...notCompared.map(
          ({ path, reason }): Line => [
            bold(`${label}: `),
            ...(path === '*' ? [] : [code(clip(path, 160)), plain(' ')]),
            plain(clip(reason, 300)),
          ],
        ),
      ];
    }),
  ];
}

function notReadOf(environment: DigestEnvironment, ofPairs: string[]): Line[] {
  const { readiness, changes, deliveries } = environment;
  const label = bold(`${environmentLabel(environment)}: `);
  const known = readinessOf(environment);
  const lines: Line[] = [];
  if (readiness && 'unknown' in readiness)
    lines.push([label, plain(`not checked: ${clip(readiness.unknown, 300)}`)]);
  if (known && known.report.snapshot === null) {
    const [first] = known.unclear;
    lines.push([
      label,
      plain(
        `nothing of its configuration could be read: ${clip(first?.check.reason ?? 'no reason is known', 300)}`,
      ),
      ...(first?.check.remedy ? [plain(` Next: ${clip(first.check.remedy, 220)}`)] : []),
    ]);
  } else if (known && known.unclear.length > 0) {
    const [first] = known.unclear;
    const failed = known.unclear.filter(({ failedBefore }) => failedBefore).length;
    lines.push([
      label,
      plain(
        `${known.unclear.length} ${known.unclear.length === 1 ? 'check' : 'checks'} could not be judged${failed > 0 ? ` (${failed} failed before, and ${failed === 1 ? 'is' : 'are'} not resolved)` : ''}: ${clip(first?.check.reason?.replaceAll('\n', '; ') ?? '', 300)}`,
      ),
      ...(first?.check.remedy ? [plain(` Next: ${clip(first.check.remedy, 220)}`)] : []),
    ]);
  }
  if (changes && 'unknown' in changes)
    lines.push([label, plain(`whether it changed is not known: ${clip(changes.unknown, 300)}`)]);
  if (changes && 'known' in changes)
    for (const { path, reason } of changes.known.notRead)
      if (!ofPairs.includes(`${environment.name} ${path}`))
        lines.push([
          label,
          plain('whether it changed is not known of '),
          code(clip(path, 160)),
          plain(`: ${clip(reason, 300)}`),
        ]);
  if (deliveries && 'unknown' in deliveries)
    lines.push([label, plain(`deliveries are not known: ${clip(deliveries.unknown, 300)}`)]);
  return lines;
}
