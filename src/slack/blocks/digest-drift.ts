import type { KnownBlock } from '@slack/types';
import type { Digest } from '../../digests/digest/digest-content.ts';
import { lastDay } from '../../text/acceptance-text.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { differenceText, OVER_TIME } from '../../workspace/diff/difference-text.ts';
import { IN_THREAD, listLimits, listPart } from './digest-lists.ts';
import {
  changesOf,
  countsOfDigest,
  dateTimeText,
  differenceLine,
  eachDifference,
  type Line,
  pairLabel,
} from './digest-text.ts';
import { bold, clip, code, paragraph, plain, richText } from './text.ts';

/** Lines for new and changed differences, and for those that are still open. */
export function driftLines(digest: Digest, withPair: boolean): { moved: Line[]; open: Line[] } {
  const lines = (how: 'new' | 'changed' | 'open', of: 'added' | 'changed' | 'open'): Line[] =>
    eachDifference(digest, (drift) => drift[of]).map(({ pair, difference }) =>
      differenceLine(pair, difference, how, withPair),
    );
  return {
    moved: [...lines('new', 'added'), ...lines('changed', 'changed')],
    open: lines('open', 'open'),
  };
}

export function driftParts(digest: Digest): KnownBlock[][] {
  const { moved, open } = driftLines(digest, digest.pairs.length > 1);
  const { added, changed } = countsOfDigest(digest);
  const [only] = digest.pairs;
  const where = digest.pairs.length === 1 && only ? ` (${pairLabel(only)})` : '';
  return [
    listPart(`Differences${where}: ${added} new, ${changed} changed`, moved, listLimits.moved, IN_THREAD),
    listPart(`Differences still open${where}: ${open.length}`, open, listLimits.open, IN_THREAD),
  ];
}

export function acceptedPart(digest: Digest): KnownBlock[] {
  const { accepted, waived } = countsOfDigest(digest);
  if (accepted + waived + digest.expiring.length === 0) return [];
  const counts = [
    ...(accepted > 0 ? [`${accepted} ${accepted === 1 ? 'difference' : 'differences'}`] : []),
    ...(waived > 0 ? [`${waived} ${waived === 1 ? 'check' : 'checks'}`] : []),
  ].join(' and ');
  const title = counts === '' ? 'Accepted: none at the moment' : `Accepted: ${counts}`;
  const lines = digest.expiring.map(
    ({ what, by, until }): Line => [
      plain(`Expires within 14 days, on ${lastDay(until)}: ${clip(what, 200)}, by ${clip(by, 80)}`),
    ],
  );
  if (lines.length === 0) return [richText(paragraph(bold(title), plain('. None expires within 14 days.')))];
  return listPart(title, lines, listLimits.expiring, IN_THREAD);
}

export const changesTitle = ({ kind }: Digest): string =>
  kind === 'baseline' ? 'Changed in the last 24 hours' : 'Changed since the last digest';

/** The changes within each environment, newest first. What was undone within the period has one line. */
export function changeLines({ environments, timezone }: Digest): Line[] {
  return environments.flatMap((environment) =>
    changesOf(environment).map(
      ({ at, backAt, difference }): Line => [
        bold(`${environmentLabel(environment)}: `),
        code(clip(difference.path, 160)),
        plain(
          ` ${clip(differenceText(difference, OVER_TIME), 200)}${backAt === null ? '' : `, and back on ${dateTimeText(backAt, timezone)}`} (${difference.weight}, ${dateTimeText(at, timezone)})`,
        ),
      ],
    ),
  );
}

export function changesPart(digest: Digest): KnownBlock[] {
  const lines = changeLines(digest);
  return listPart(`${changesTitle(digest)}: ${lines.length}`, lines, listLimits.changes, IN_THREAD);
}
