import type { Digest, DigestEnvironment } from '../../digests/digest/digest-content.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { type Line, pairLabel, readinessOf } from './digest-text.ts';
import { bold, clip, code, plain } from './text.ts';

/** Everything that could not be read, so that it is never shown as unchanged. */
export function notReadLines(digest: Digest): Line[] {
  // A path that a pair lists is not listed again for its environments.
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
                  `${unchecked.length} earlier ${unchecked.length === 1 ? 'difference' : 'differences'} could not be compared again and ${unchecked.length === 1 ? 'stays' : 'stay'} open`,
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
      plain(`its configuration could not be read: ${clip(first?.check.reason ?? 'no reason given', 300)}`),
      ...(first?.check.remedy ? [plain(` Next: ${clip(first.check.remedy, 220)}`)] : []),
    ]);
  } else if (known && known.unclear.length > 0) {
    const [first] = known.unclear;
    const failed = known.unclear.filter(({ failedBefore }) => failedBefore).length;
    lines.push([
      label,
      plain(
        `${known.unclear.length} ${known.unclear.length === 1 ? 'check' : 'checks'} ${known.unclear.length === 1 ? 'is' : 'are'} unknown${failed > 0 ? ` (${failed} failed before and ${failed === 1 ? 'is' : 'are'} not resolved)` : ''}: ${clip(first?.check.reason?.replaceAll('\n', '; ') ?? '', 300)}`,
      ),
      ...(first?.check.remedy ? [plain(` Next: ${clip(first.check.remedy, 220)}`)] : []),
    ]);
  }
  if (changes && 'unknown' in changes)
    lines.push([label, plain(`changes unknown: ${clip(changes.unknown, 300)}`)]);
  if (changes && 'known' in changes)
    for (const { path, reason } of changes.known.notRead)
      if (!ofPairs.includes(`${environment.name} ${path}`))
        lines.push([
          label,
          plain('changes unknown for '),
          code(clip(path, 160)),
          plain(`: ${clip(reason, 300)}`),
        ]);
  if (deliveries && 'unknown' in deliveries)
    lines.push([label, plain(`deliveries unknown: ${clip(deliveries.unknown, 300)}`)]);
  return lines;
}
