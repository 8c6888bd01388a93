import type { KnownBlock, MrkdwnElement } from '@slack/types';
import type { Digest, DigestEnvironment } from '../../digests/digest/digest-content.ts';
import { pluralize } from '../../text/counts.ts';
import type { Message } from '../../text/message.ts';
import { fitBlocks } from './budget.ts';
import { notReadLines } from './digest-not-read.ts';
import { digestParts } from './digest-parts.ts';
import { countsOfDigest, dateTimeText, driftOf, readinessOf, verdictOf } from './digest-text.ts';
import { bold, clip, escapeMrkdwn, lineBreak, paragraph, plain, quoted, richText } from './text.ts';

const MAX_HEADER = 150;
const MAX_COUNTS = 4;

/** The message of the day: state, changes and next steps on one screen. The details are in its thread. */
export function digestMessage(digest: Digest): Message {
  const intro = introOf(digest);
  return {
    text: fallback(digest),
    blocks: fitBlocks(
      [
        { type: 'header', text: { type: 'plain_text', text: headline(digest), emoji: true } },
        ...(intro.length > 0 ? [richText(paragraph(...intro))] : []),
        ...countsBlock(digest),
      ],
      digestParts(digest),
      [context(digest)],
      (parts) =>
        richText(
          paragraph(
            bold(`${parts} more ${parts === 1 ? 'part does' : 'parts do'} not fit into a message. `),
            plain(
              'They are in the thread. All of an environment: npm run -s envcheck -- check <environment>',
            ),
          ),
        ),
    ),
  };
}

const hasVerdict = ({ readiness }: DigestEnvironment): boolean => readiness !== null;

/** The verdict of each environment; when they do not fit, the number of environments per verdict. */
function headline(digest: Digest): string {
  const shown = digest.environments.filter(hasVerdict);
  const verdicts = shown.map((environment) => {
    const { mark, text } = verdictOf(environment);
    return `${mark} ${text}`;
  });
  const all = `${digest.name}: ${verdicts.join(' · ')}`;
  if (shown.length === 0) return clip(digest.name, MAX_HEADER);
  if (all.length <= MAX_HEADER) return all;
  const verdictsNow = shown.map((environment) => readinessOf(environment)?.report.verdict ?? 'unknown');
  const count = (verdict: string): number => verdictsNow.filter((each) => each === verdict).length;
  const perVerdict = [
    [count('not_ready'), '❌', 'not ready'],
    [count('unknown'), '❔', 'could not tell'],
    [count('ready'), '✅', 'ready'],
  ] as const;
  const counts = perVerdict
    .filter(([number]) => number > 0)
    .map(([number, mark, word]) => `${mark} ${number} ${word}`);
  return `${clip(digest.name, MAX_HEADER - 60)}: ${counts.join(' · ')}`;
}

/** Says that a digest is late, the first, a heartbeat, or without changes. */
function introOf({ kind, moved, lateSince, period, timezone }: Digest) {
  const lines: string[] = [];
  if (lateSince !== null)
    lines.push(
      `⏰ Late: planned for ${dateTimeText(lateSince, timezone)}, made at ${dateTimeText(period.to, timezone)}. It covers the time in between.`,
    );
  if (kind === 'baseline')
    lines.push(
      'Baseline: the first digest of this report. Later digests show what is new, changed and resolved since.',
    );
  else if (kind === 'heartbeat')
    lines.push('Heartbeat: nothing changed for a week. The report ran each time and stayed silent.');
  else if (!moved) lines.push('Nothing that could be read changed since the last digest.');
  return lines.flatMap((line, index) => [...(index > 0 ? [lineBreak] : []), plain(line)]);
}

/** At most four figures with their labels. */
function countsBlock(digest: Digest): KnownBlock[] {
  const fields = figures(digest)
    .slice(0, MAX_COUNTS)
    .map(
      (figure): MrkdwnElement => ({
        type: 'mrkdwn',
        text: `*${figure.label}*\n${number(figure)}${leftOut(figure)}`,
      }),
    );
  return fields.length > 0 ? [{ type: 'section', fields }] : [];
}

interface Figure {
  label: string;
  count: number;
  /** The part that the count leaves out; empty when it is complete. */
  missing: string;
}

const number = ({ count }: Figure): string => count.toLocaleString('en-US');
const leftOut = ({ missing }: Figure): string => (missing === '' ? '' : ` (${missing})`);

/** A figure always says when a part of it could not be read. */
function figures(digest: Digest): Figure[] {
  const counts = countsOfDigest(digest);
  const { sections, pairs, kind, environments } = digest;
  const readiness = sections.includes('readiness') || sections.includes('checklist');
  const compared = sections.includes('drift') && pairs.length > 0;
  const notCompared = counts.unchecked > 0 ? `${counts.unchecked} not compared` : '';
  const pairsUnknown = pairs.filter((pair) => driftOf(pair) === null).length;
  const missing = pairsUnknown > 0 ? `${pluralize(pairsUnknown, 'pair')} not compared` : notCompared;
  const logs = environments.filter(({ deliveries }) => deliveries && 'unknown' in deliveries).length;
  const changesUnknown = environments.filter(({ changes }) => changes && 'unknown' in changes).length;
  const all: [boolean, string, number, string][] = [
    [readiness, 'Failing checks', counts.failing, counts.unclear > 0 ? `${counts.unclear} unknown` : ''],
    [compared, 'New or changed', counts.added + counts.changed, missing],
    [compared, kind === 'baseline' ? 'Open' : 'Still open', counts.open, missing],
    [readiness || compared, 'Resolved', counts.resolvedChecks + counts.resolvedDifferences, ''],
    [
      sections.includes('drift') && !compared,
      'Changed',
      counts.changes,
      changesUnknown > 0 ? `${changesUnknown} not read` : '',
    ],
    [
      sections.includes('events'),
      'Deliveries',
      counts.verified,
      logs > 0 ? `${pluralize(logs, 'log')} not read` : '',
    ],
  ];
  return all.filter(([asked]) => asked).map(([, label, count, missing]) => ({ label, count, missing }));
}

/** The plain text that phones and screen readers show: verdicts and counts. */
function fallback(digest: Digest): string {
  const notRead = notReadLines(digest).length;
  const verdicts = digest.environments.filter(hasVerdict).map((environment) => verdictOf(environment).text);
  const figuresNow = figures(digest).map(
    (figure) => `${number(figure)} ${figure.label.toLowerCase()}${leftOut(figure)}`,
  );
  const kind = digest.kind === 'digest' ? '' : ` (${digest.kind})`;
  const late = digest.lateSince === null ? '' : ' Late.';
  const parts = [
    ...(verdicts.length > 0
      ? [
          `${verdicts.slice(0, 20).join(', ')}${verdicts.length > 20 ? ` and ${verdicts.length - 20} more` : ''}.`,
        ]
      : []),
    `${figuresNow.join(', ')}.`,
    ...(notRead > 0 ? [`${pluralize(notRead, 'item')} could not be read.`] : []),
  ];
  return quoted(`${digest.name}${kind}: ${parts.join(' ')}${late}`, 2_000);
}

/** Period and snapshots. These values are our own, so mrkdwn is safe here. */
function context({ period, environments, timezone }: Digest): KnownBlock {
  const date = (at: number): string =>
    `<!date^${Math.floor(at / 1000)}^{date_short_pretty} {time}|${escapeMrkdwn(dateTimeText(at, timezone))}>`;
  const snapshots = environments.flatMap((environment) => {
    const snapshot = readinessOf(environment)?.report.snapshot;
    return snapshot ? [`${environment.name} \`${snapshot.slice(0, 12)}\``] : [];
  });
  const shown = snapshots.slice(0, 6);
  const more = snapshots.length - shown.length;
  const parts = [
    `${date(period.from)} to ${date(period.to)}`,
    ...(shown.length > 0
      ? [
          `${snapshots.length === 1 ? 'snapshot' : 'snapshots'} ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
        ]
      : []),
  ];
  return { type: 'context', elements: [{ type: 'mrkdwn', text: parts.join(' · ') }] };
}
