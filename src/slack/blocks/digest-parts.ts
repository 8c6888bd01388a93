import type { KnownBlock } from '@slack/types';
import type { Digest, DigestEnvironment } from '../../digests/digest/digest-content.ts';
import { countsLine, statusLabels } from '../../readiness/status-text.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { deliveriesPart, maintenancePart, missingPart, silencePart } from './digest-deliveries.ts';
import { acceptedPart, changesPart, driftParts } from './digest-drift.ts';
import { IN_THREAD, listLimits, listPart, MANY_ENVIRONMENTS } from './digest-lists.ts';
import { notReadLines } from './digest-not-read.ts';
import {
  countsOfDigest,
  eachProblem,
  type Line,
  pairLabel,
  problemLine,
  readinessOf,
  verdictChange,
  verdictOf,
} from './digest-text.ts';
import { bold, bullets, clip, code, paragraph, plain, richText } from './text.ts';

/** The parts of the message of the day, most important first. */
export function digestParts(digest: Digest): KnownBlock[][] {
  return [
    notReadPart(digest),
    environmentsPart(digest),
    problemsPart(digest),
    resolvedPart(digest),
    readablePart(digest),
    ...driftParts(digest),
    acceptedPart(digest),
    changesPart(digest),
    deliveriesPart(digest),
    missingPart(digest),
    silencePart(digest),
    maintenancePart(digest),
    checklistPart(digest),
  ].filter((part) => part.length > 0);
}

const notReadPart = (digest: Digest): KnownBlock[] =>
  listPart('❔ Could not be read', notReadLines(digest), listLimits.notRead, IN_THREAD);

/** When there are many environments, the ready ones share a line. */
function environmentsPart({ environments, kind }: Digest): KnownBlock[] {
  const line = (environment: DigestEnvironment): Line => {
    const { mark, text } = verdictOf(environment);
    const known = readinessOf(environment);
    const isNew = environment.isNew && kind !== 'baseline' ? '; first time in this digest' : '';
    return [
      bold(`${mark} ${text}`),
      plain(`${known ? ` (${countsLine(known.report)})` : ''}${verdictChange(environment)}${isNew}`),
    ];
  };
  const shown = environments.filter(({ readiness }) => readiness !== null);
  if (shown.length === 0) return [];
  const ready = shown.filter((environment) => readinessOf(environment)?.report.verdict === 'ready');
  const others = shown.filter((environment) => !ready.includes(environment));
  const together =
    shown.length > MANY_ENVIRONMENTS && ready.length > 1
      ? [[bold(`✅ ${ready.length} ready: `), plain(ready.map(environmentLabel).join(', '))]]
      : ready.map(line);
  return [richText(bullets([...others.map(line), ...together]))];
}

function problemsPart(digest: Digest): KnownBlock[] {
  const all = eachProblem(digest);
  const { failing, newlyFailing } = countsOfDigest(digest);
  const order = { new: 0, changed: 1, open: 2, first: 3 };
  const sorted = all.toSorted(
    (left, right) =>
      Number(left.problem.check.status !== 'fail') - Number(right.problem.check.status !== 'fail') ||
      order[left.problem.state] - order[right.problem.state],
  );
  const fresh = newlyFailing > 0 ? `, ${newlyFailing} new` : '';
  const warned = all.length - failing > 0 ? `, ${all.length - failing} warned` : '';
  return listPart(
    `Failing checks: ${failing}${fresh}${warned}`,
    sorted.map(({ environment, problem }) => problemLine(environment, problem)),
    listLimits.problems,
    IN_THREAD,
  );
}

export function resolvedLines(digest: Digest): Line[] {
  const checks = digest.environments.flatMap((environment) =>
    (readinessOf(environment)?.resolved ?? []).map(
      ({ id, title, was }): Line => [
        plain(`${environmentLabel(environment)}: ${clip(title, 120)} `),
        code(id),
        plain(` ${statusLabels[was].word} before`),
      ],
    ),
  );
  const differences = digest.pairs.flatMap((pair) =>
    ('known' in pair.drift ? pair.drift.known.resolved : []).map(
      ({ path, was }): Line => [
        plain(`${pairLabel(pair)}: `),
        code(clip(path, 160)),
        plain(` was ${clip(was, 160)}`),
      ],
    ),
  );
  return [...checks, ...differences];
}

function resolvedPart(digest: Digest): KnownBlock[] {
  const lines = resolvedLines(digest);
  return listPart(`✅ Resolved: ${lines.length}`, lines, listLimits.resolved, IN_THREAD);
}

/** One line, however many checks: after an outage they pass as they did before. */
function readablePart(digest: Digest): KnownBlock[] {
  const counts = digest.environments.flatMap((environment) => {
    const count = readinessOf(environment)?.readableAgain.length ?? 0;
    return count > 0 ? [{ environment, count }] : [];
  });
  if (counts.length === 0) return [];
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const where = counts
    .slice(0, MANY_ENVIRONMENTS)
    .map(({ environment, count }) => `${environmentLabel(environment)} ${count}`)
    .join(', ');
  const more = counts.length - MANY_ENVIRONMENTS;
  return [
    richText(
      paragraph(
        bold(`✓ Readable again: ${total}`),
        plain(
          ` ${total === 1 ? 'check, which passes' : 'checks, which pass'} (${where}${more > 0 ? ` and ${more} more environments` : ''})`,
        ),
      ),
    ),
  ];
}

function checklistPart({ environments, sections }: Digest): KnownBlock[] {
  if (!sections.includes('checklist')) return [];
  const lines = environments.flatMap((environment): Line[] => {
    const known = readinessOf(environment);
    if (!known) return [];
    const open = known.report.items.filter(({ status }) => status !== 'pass' && status !== 'waived');
    const names = open.map(({ id, status }) => `${id} ${statusLabels[status].word}`).join(', ');
    return [
      [
        bold(`${environmentLabel(environment)}: `),
        plain(
          `${known.report.items.length - open.length} of ${known.report.items.length} items passed${names === '' ? '' : `; ${names}`}`,
        ),
      ],
    ];
  });
  return listPart('Checklist', lines, 20, ': npm run -s envcheck -- check <environment>');
}
