import type { LoggedCall } from '../../store/api-calls.ts';
import type { LoggedAct } from '../../store/audit.ts';
import type { LoggedDelivery } from '../../store/deliveries.ts';
import type { PastDrift } from '../../store/differences.ts';
import type { EventWithDeliveries, FoundOutcome } from '../../store/find.ts';
import type { OwnReads, OwnRecord } from '../../store/find-calls.ts';
import type { Reading, SnapshotAtEvent } from '../../store/find-snapshots.ts';
import type { StoredReport } from '../../store/reports.ts';
import { AHEAD_TEXT, isAhead } from '../../time/age.ts';
import { durationText } from '../../time/duration-text.ts';
import { alikeText, hasIds, outageText, refusalText, statusOf } from '../log/refusal-text.ts';
import { isFailed } from './answer-calls.ts';
import { notesTexts } from './event-notes-text.ts';

export interface TimelineEntry {
  /** Epoch ms UTC. */
  at: number;
  kind: 'occurred' | 'delivery' | 'refused' | 'call' | 'outcome' | 'snapshot' | 'report' | 'act';
  /** An id for `find`. */
  id: string;
  environment: string;
  summary: string;
  /** True for failures and for writes, which stay when not all entries fit. */
  matters: boolean;
}

/** The id for display: twelve characters of a snapshot's hash, others unchanged. */
export const displayId = ({ kind, id }: TimelineEntry): string =>
  kind === 'snapshot' ? id.slice(0, 12) : id;

/** The rows of a timeline. */
export interface FoundRows {
  events: EventWithDeliveries[];
  refused: LoggedDelivery[];
  /** Calls that the id names, and other calls to the environment around the deliveries. */
  calls: LoggedCall[];
  /** External records of the events, each of one contract alone. */
  records: OwnRecord[];
  /** Envcheck's own reads of the contract. */
  reads: OwnReads[];
  outcomes: FoundOutcome[];
  /** Readings in force when the newest event was delivered, with the differences to other environments known then. */
  snapshots: (SnapshotAtEvent & { drift: { left: string; known: PastDrift | null }[] })[];
  readings: Reading[];
  reports: StoredReport[];
  acts: LoggedAct[];
}

/**
 * All entries in chronological order, and the configuration in force as the last one. Deliveries are in the order in which they
 * arrived, whatever the clock was then. `now`: epoch ms.
 */
export function buildTimeline(found: FoundRows, now: number): TimelineEntry[] {
  const arrived = inOrder([
    ...found.events.flatMap(deliveryEntries),
    ...found.refused.map((delivery) => ({ key: delivery.key, entry: refusedEntry(delivery) })),
  ]);
  const placed = (entries: TimelineEntry[]) =>
    entries.map((entry) => ({ place: Math.min(entry.at, now), entry }));
  const others = [
    ...found.calls.map(callEntry),
    ...found.reads.map(readsEntry),
    ...found.outcomes.toSorted((left, right) => left.attempt - right.attempt).map(outcomeEntry),
    ...found.readings.flatMap(readingEntries),
    ...found.reports.map(reportEntry),
    ...found.acts.map(actEntry),
  ];
  const sorted = [...placed(found.events.flatMap(occurredEntry)), ...arrived, ...placed(others)].sort(
    (left, right) => left.place - right.place,
  );
  return [...sorted.map(({ entry }) => entry), ...found.snapshots.map(snapshotEntry)].map((entry) =>
    isAhead(entry.at, now) ? { ...entry, summary: `${entry.summary}; ${AHEAD_TEXT}` } : entry,
  );
}

/** A place in time for each entry, epoch ms: not after that of an entry which arrived later. */
function inOrder(
  entries: { key: number; entry: TimelineEntry }[],
): { place: number; entry: TimelineEntry }[] {
  let place = Number.POSITIVE_INFINITY;
  return entries
    .sort((left, right) => right.key - left.key)
    .map(({ entry }) => {
      place = Math.min(place, entry.at);
      return { place, entry };
    })
    .reverse();
}

const whatOf = ({
  activity,
  contract_id: contract,
}: Pick<EventWithDeliveries, 'activity' | 'contract_id'>): string =>
  `${activity ?? 'an event of an unknown shape'}${contract === null ? '' : `, contract ${contract}`}`;

function occurredEntry(event: EventWithDeliveries): TimelineEntry[] {
  const { id, environment, occurred_at: at } = event;
  const summary = `${whatOf(event)} happened in SpotDraft`;
  return at === null ? [] : [{ at, kind: 'occurred', id, environment, summary, matters: false }];
}

function deliveryEntries({ deliveries, deliveryCount, notes, ...event }: EventWithDeliveries): {
  key: number;
  entry: TimelineEntry;
}[] {
  const { environment, occurred_at: occurredAt } = event;
  // The first delivery is always there; those left out are behind it.
  const leftOut = deliveryCount - deliveries.length;
  return deliveries.map((delivery, index) => {
    const before = deliveries[index - 1];
    const more = index === 0 ? notesTexts(notes).map((note) => `; ${note}`) : [];
    const number = (index + 1 + leftOut).toLocaleString('en-US');
    const how = before
      ? index === 1 && leftOut > 0
        ? `delivered again (no. ${number})`
        : `delivered again (no. ${number}), ${durationText(Math.max(0, delivery.received_at - before.received_at))} after the one before`
      : firstDelivery(delivery.received_at, occurredAt, whatOf(event));
    const entry: TimelineEntry = {
      matters: index === 0,
      at: delivery.received_at,
      kind: 'delivery',
      id: delivery.id,
      environment,
      summary: [`${how}; verified and stored, request ${delivery.request_id}`, ...more].join(''),
    };
    return { key: delivery.key, entry };
  });
}

function firstDelivery(at: number, occurredAt: number | null, what: string): string {
  if (occurredAt === null) return `${what} delivered`;
  // Clocks differ, so a delivery dated before its event gets a delay of 0.
  return `delivered ${durationText(Math.max(0, at - occurredAt))} after it happened`;
}

function refusedEntry(delivery: LoggedDelivery): TimelineEntry {
  const { activity, received_at: at, id, environment, source, bytes, request_id: request } = delivery;
  const alike = alikeText(delivery);
  const how = `${activity ?? 'a delivery'} refused with ${statusOf(delivery)} (${refusalText(delivery)})`;
  const more = alike === null ? '' : `; ${alike}`;
  return {
    at,
    kind: 'refused',
    matters: true,
    id,
    environment,
    summary:
      delivery.rejection === 'not_stored'
        ? outageText(delivery)
        : `${how}, sent from ${source}, ${bytes} bytes, ${hasIds(delivery) ? 'only its ids kept' : 'none kept'}; request ${request}${more}`,
  };
}

/** No answer, an error, or more than one attempt. */
export const isFailedCall = (call: LoggedCall): boolean => isFailed(call) || call.attempts > 1;

function callEntry(call: LoggedCall): TimelineEntry {
  const { method, path, status, attempts, failure, reporter } = call;
  const details = [
    attempts > 1 ? `${attempts} attempts` : null,
    failure,
    call.request_id === null ? null : `request ${call.request_id}`,
  ].filter((detail) => detail !== null);
  const who = reporter === 'envcheck' ? 'Envcheck' : 'the integration';
  return {
    at: call.at,
    kind: 'call',
    matters: isFailedCall(call) || method !== 'GET',
    id: call.call_id,
    environment: call.environment,
    summary: [`${who} called ${method} ${path} → ${status ?? 'no answer'}`, ...details].join(', '),
  };
}

/** One entry for all reads of an environment. */
const readsEntry = ({ newest, times }: OwnReads): TimelineEntry => ({
  ...callEntry(newest),
  matters: false,
  summary: `Envcheck read the contract${times === 1 ? '' : ` ${times.toLocaleString('en-US')} times, the last time now`}: ${newest.method} ${newest.path} → ${newest.status}`,
});

const outcomeWords: Record<FoundOutcome['status'], string> = {
  processed: 'the integration processed it',
  failed: 'the integration failed to process it',
  skipped: 'the integration skipped it',
  retrying: 'the integration could not process it yet and will retry',
};

function outcomeEntry({ at, id, environment, status, attempt, code, message }: FoundOutcome): TimelineEntry {
  const why = [code, message].filter((part) => part !== null).join(': ');
  return {
    at,
    kind: 'outcome',
    matters: status === 'failed' || status === 'retrying',
    id,
    environment,
    summary: `${outcomeWords[status]}, attempt ${attempt}${why ? ` (${why})` : ''}`,
  };
}

const snapshotEntry = ({ at, hash, environment, drift }: FoundRows['snapshots'][number]): TimelineEntry => ({
  at,
  kind: 'snapshot',
  id: hash,
  environment,
  matters: false,
  summary: ['the configuration in force when it was delivered', ...drift.map(driftWords)].join('; '),
});

const MAX_PATHS = 2;

function driftWords({ left, known }: FoundRows['snapshots'][number]['drift'][number]): string {
  if (!known) return `not compared with ${left} before that`;
  const { breaking, risky, cosmetic } = known.open;
  const counts = [
    `${breaking} breaking, ${risky} risky, ${cosmetic} cosmetic open`,
    ...(known.accepted > 0 ? [`${known.accepted} accepted`] : []),
    ...(known.notCompared > 0 ? [`${known.notCompared} not compared`] : []),
  ].join(', ');
  const more = known.paths.length - MAX_PATHS;
  const paths = known.paths.slice(0, MAX_PATHS).join(', ');
  const which = paths === '' ? '' : ` (${paths}${more > 0 ? ` and ${more} more` : ''})`;
  return `differences to ${left} then: ${counts}${which}`;
}

const readingEntries = ({ environment, hash, first, last, times }: Reading): TimelineEntry[] => {
  const entry = { kind: 'snapshot' as const, id: hash, environment, matters: false };
  const seen = { ...entry, at: first, summary: 'this configuration was read for the first time' };
  if (times === 1) return [seen];
  return [
    seen,
    { ...entry, at: last, summary: `this configuration was read for the last time (reading ${times})` },
  ];
};

const actEntry = ({ at, id, environment, actor, act, subject }: LoggedAct): TimelineEntry => ({
  at,
  kind: 'act',
  matters: true,
  id,
  environment: environment ?? '–',
  summary: `${actor} did ${act}: ${subject}`,
});

const reportEntry = ({ checkedAt, id, environment, verdict }: StoredReport): TimelineEntry => ({
  at: checkedAt,
  kind: 'report',
  matters: false,
  id,
  environment,
  summary: `checked: ${verdict.replace('_', ' ')}`,
});
