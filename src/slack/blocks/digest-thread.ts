import type { KnownBlock } from '@slack/types';
import type { Digest } from '../../digests/digest/digest-content.ts';
import { acceptanceText } from '../../text/acceptance-text.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { Message } from '../../text/message.ts';
import { fitBlocks } from './budget.ts';
import { checkBlock, unknownBlocks } from './check-result.ts';
import { silenceLines } from './digest-deliveries.ts';
import { changeLines, changesTitle, driftLines } from './digest-drift.ts';
import { listLimits } from './digest-lists.ts';
import { notReadLines } from './digest-not-read.ts';
import { resolvedLines } from './digest-parts.ts';
import { countsOfDigest, eachDifference, type Line, pairLabel, readinessOf } from './digest-text.ts';
import { itemTable } from './item-table.ts';
import { bold, bullets, clip, code, paragraph, plain, quoted, richText } from './text.ts';

/** Lines per block. */
const PER_BLOCK = 8;

/** One reply in the thread. `name` is unique within the digest. */
export interface DigestDetail {
  name: string;
  message: Message;
}

/** The replies in the thread of a digest: one for each section with details. */
export function digestDetails(digest: Digest): DigestDetail[] {
  const { moved, open } = driftLines(digest, digest.pairs.length > 1);
  const [only] = digest.pairs;
  const diff = only
    ? `npm run -s envcheck -- diff ${only.left.name} ${only.right.name}`
    : 'npm run -s envcheck -- diff';
  const unchecked = uncheckedLines(digest);
  // The message of the day already shows short lists in full.
  const cut = (lines: Line[], limit: number): Line[] => (lines.length > limit ? lines : []);
  const notRead = notReadLines(digest);
  const differences =
    moved.length > listLimits.moved || open.length > listLimits.open ? [...moved, ...open] : [];
  const lists: [string, string, Line[], string][] = [
    [
      'not-read',
      'Could not be read',
      unchecked.length > 0 ? [...notRead, ...unchecked] : cut(notRead, listLimits.notRead),
      'npm run -s envcheck -- doctor tries every connection',
    ],
    ['resolved', 'Resolved', cut(resolvedLines(digest), listLimits.resolved), diff],
    ['differences', 'Differences', differences, diff],
    ['accepted', 'Accepted differences', acceptedLines(digest), diff],
    [
      'changes',
      changesTitle(digest),
      cut(changeLines(digest), listLimits.changes),
      'npm run -s envcheck -- history <environment>',
    ],
    [
      'silent',
      'Silent',
      cut(silenceLines(digest), listLimits.silent),
      'npm run -s envcheck -- events <environment>',
    ],
  ];
  return [
    ...readinessDetail(digest),
    ...checklistDetail(digest),
    ...lists
      .filter(([, , lines]) => lines.length > 0)
      .map(([name, title, lines, all]): DigestDetail => ({ name, message: listMessage(title, lines, all) })),
  ];
}

function readinessDetail(digest: Digest): DigestDetail[] {
  const groups = digest.environments.flatMap((environment) => {
    const known = readinessOf(environment);
    const problems = known?.problems ?? [];
    const unclear = known?.unclear ?? [];
    if (problems.length + unclear.length === 0) return [];
    const heading = richText(paragraph(bold(environmentLabel(environment))));
    const blocks = [
      ...problems.map(({ check }) => checkBlock(check, 'short')),
      ...unknownBlocks(unclear.map(({ check }) => check)),
    ];
    return [blocks.map((block, index): KnownBlock[] => (index === 0 ? [heading, block] : [block]))];
  });
  if (groups.length === 0) return [];
  const { failing, warned, unclear } = countsOfDigest(digest);
  const title = `Checks: ${failing} failed, ${warned} warned, ${unclear} unknown`;
  return [
    {
      name: 'readiness',
      message: {
        text: title,
        blocks: fitBlocks([richText(paragraph(bold(title)))], groups.flat(), [], (leftOut) =>
          cutNotice(leftOut, 'npm run -s envcheck -- check <environment>'),
        ),
      },
    },
  ];
}

function checklistDetail(digest: Digest): DigestDetail[] {
  if (!digest.sections.includes('checklist')) return [];
  const parts = digest.environments.flatMap((environment) => {
    const known = readinessOf(environment);
    return known ? [[richText(paragraph(bold(environmentLabel(environment)))), itemTable(known.report)]] : [];
  });
  if (parts.length === 0) return [];
  return [
    {
      name: 'checklist',
      message: {
        text: 'Checklist',
        blocks: fitBlocks([richText(paragraph(bold('Checklist')))], parts, [], (leftOut) =>
          cutNotice(leftOut, 'npm run -s envcheck -- check <environment>'),
        ),
      },
    },
  ];
}

const uncheckedLines = (digest: Digest): Line[] =>
  eachDifference(digest, (drift) => drift.unchecked).map(({ pair, difference }) => [
    plain(`${pairLabel(pair)}: `),
    code(clip(difference.path, 160)),
    plain(` open, day ${difference.day}, could not be compared again`),
  ]);

const acceptedLines = (digest: Digest): Line[] =>
  eachDifference(digest, (drift) => drift.accepted).map(({ pair, difference }) => [
    plain(`${pairLabel(pair)}: `),
    code(clip(difference.path, 160)),
    plain(` ${difference.accepted ? clip(acceptanceText(difference.accepted), 300) : ''}`),
  ]);

/** The lines that fit, and the exact number of the rest. */
function listMessage(title: string, lines: Line[], all: string): Message {
  const shown = `${title}: ${lines.length}`;
  const groups = Array.from({ length: Math.ceil(lines.length / PER_BLOCK) }, (_, index) =>
    lines.slice(index * PER_BLOCK, (index + 1) * PER_BLOCK),
  );
  const linesIn = (leftOut: number): number =>
    groups.slice(groups.length - leftOut).reduce((sum, group) => sum + group.length, 0);
  return {
    text: quoted(shown, 500),
    blocks: fitBlocks(
      [richText(paragraph(bold(shown)))],
      groups.map((group) => [richText(bullets(group))]),
      [],
      (leftOut) => cutNotice(linesIn(leftOut), all),
    ),
  };
}

const cutNotice = (leftOut: number, all: string): KnownBlock =>
  richText(
    paragraph(
      bold(`${leftOut} more ${leftOut === 1 ? 'does' : 'do'} not fit into a message. `),
      plain(`Full list: ${all}`),
    ),
  );
