import type BetterSqlite3 from 'better-sqlite3';
import type { AcknowledgementRow } from './tables/acts.ts';

/** A group of failures that is open: its rows since `since` (epoch ms) stay. */
export interface OpenFailure {
  environment: string;
  kind: AcknowledgementRow['kind'];
  activity: string | null;
  since: number;
}

/** The activity of an outcome, named directly or through its event; null when that event is not in the log. */
export const activityOfOutcome = `coalesce(outcomes.activity,
  (select events.activity from events where events.id = outcomes.event_id and events.environment = outcomes.environment),
  (select events.activity from identifiers join events on events.key = identifiers.event_key
    where identifiers.value = outcomes.event_id and identifiers.kind = 'event'
      and events.environment = outcomes.environment and events.activity is not null limit 1))`;

/** The names under an incident mark and the open failures of a pass, in tables of this connection alone. */
const tables = `
  create temp table if not exists held_names (kind text, value text, environment text, primary key (kind, value, environment));
  create temp table if not exists held_failures (kind text, environment text, activity text, since integer)`;

const marked = (kind: string, value: string, environment: string): string =>
  `exists (select 1 from held_names where held_names.kind = '${kind}' and held_names.value = ${value}
    and held_names.environment in ('', ${environment}))`;

const anyOf = (...conditions: string[]): string => `(${conditions.join(' or ')})`;

/** True for a row of `api_calls` under an incident mark. */
export const callIsHeld = anyOf(
  ...[
    ['call', 'call_id'],
    ['call', 'own_id'],
    ['request', 'request_id'],
    ['external', 'external_id'],
    ['contract', 'cast(contract_id as text)'],
  ].map(([kind = '', column = '']) => marked(kind, column, 'api_calls.environment')),
);

const isOpenFailure = `(outcomes.status = 'failed' and exists (select 1 from held_failures where held_failures.kind = 'failed'
  and held_failures.environment = outcomes.environment and outcomes.at >= held_failures.since
  and held_failures.activity is ${activityOfOutcome}))`;

/** True for a row of `outcomes` under an incident mark or an open failure. */
export const outcomeIsHeld = anyOf(
  ...[
    ['outcome', 'outcomes.id'],
    ['outcome', 'outcomes.own_id'],
    ['request', 'outcomes.request_id'],
    ['event', 'outcomes.event_id'],
    ['contract', 'cast(outcomes.contract_id as text)'],
  ].map(([kind = '', column = '']) => marked(kind, column, 'outcomes.environment')),
  isOpenFailure,
);

const eventIsMarked = `select 1 from events where key = ? and ${anyOf(
  marked('event', 'events.id', 'events.environment'),
  `exists (select 1 from identifiers join held_names on held_names.kind = identifiers.kind
    and held_names.value = identifiers.value and held_names.environment in ('', events.environment)
    where identifiers.event_key = events.key)`,
  `exists (select 1 from deliveries where deliveries.event_key = events.key and ${deliveryIsMarked()})`,
)}`;

function deliveryIsMarked(): string {
  return anyOf(
    marked('delivery', 'deliveries.id', 'deliveries.environment'),
    marked('request', 'deliveries.request_id', 'deliveries.environment'),
  );
}

const eventHasOpenFailure = `select 1 from events join outcomes on outcomes.environment = events.environment
  and (outcomes.event_id = events.id
    or outcomes.event_id in (select value from identifiers where event_key = events.key and kind = 'event')
    or (outcomes.event_id is null and outcomes.contract_id = events.contract_id
      and outcomes.activity is events.activity and outcomes.occurred_at is events.occurred_at))
  where events.key = ? and ${isOpenFailure} limit 1`;

/** The newest event before a silence shows when it began. */
const eventEndsBeforeSilence = `select 1 from events join held_failures on held_failures.kind = 'silence'
  and held_failures.environment = events.environment and held_failures.activity is events.activity
  where events.key = ? and events.received_at >= (select max(received_at) from events as newer
    where newer.environment = events.environment and newer.activity = events.activity)`;

const refusalIsOpen = `select 1 from deliveries join held_failures on held_failures.environment = deliveries.environment
  and held_failures.kind in ('badly_signed', 'refused')
  and (held_failures.kind = 'badly_signed') = (deliveries.rejection = 'bad_signature'
    or (deliveries.rejection = 'missing_signature' and coalesce(deliveries.signed_with, 'not_tried') not in ('unknown_key', 'not_tried')))
  where deliveries.key = ? and coalesce(deliveries.until, deliveries.received_at) >= held_failures.since limit 1`;

const refusalIsMarked = `select 1 from refused_ids join held_names on held_names.kind = refused_ids.kind
  and held_names.value = refused_ids.value
  join deliveries on deliveries.key = refused_ids.delivery_key and held_names.environment in ('', deliveries.environment)
  where refused_ids.delivery_key = ? limit 1`;

interface Holds {
  /** Notes what stays in the pass that begins. */
  begin(order: { now: number; openFailures: readonly OpenFailure[] }): void;
  /** True when a delivery, or the event that it announced, stays. */
  delivery(key: number, eventKey: number | null): boolean;
}

export function prepareHolds(sqlite: BetterSqlite3.Database): Holds {
  sqlite.exec(tables);
  const names = sqlite.prepare(`insert or ignore into held_names
    select json_extract(name.value, '$.kind'), json_extract(name.value, '$.value'), coalesce(environment, '')
    from incident_marks, json_each(incident_marks.names) as name where until > ?`);
  const failure = sqlite.prepare('insert into held_failures values (?, ?, ?, ?)');
  const ofMark = [eventIsMarked].map((each) => sqlite.prepare(each).pluck());
  const ofFailure = [eventHasOpenFailure, eventEndsBeforeSilence].map((each) => sqlite.prepare(each).pluck());
  const refused = [
    `select 1 from deliveries where key = ? and ${deliveryIsMarked()}`,
    refusalIsOpen,
    refusalIsMarked,
  ].map((each) => sqlite.prepare(each).pluck());
  /** The statements that can hold an event in this pass: none in most. */
  let active: typeof ofMark = [];
  const any = (statements: typeof ofMark, key: number): boolean =>
    statements.some((statement) => statement.get(key) !== undefined);
  return {
    begin({ now, openFailures }) {
      sqlite.exec('delete from held_names; delete from held_failures');
      const marks = names.run(now).changes;
      for (const { kind, environment, activity, since } of openFailures)
        failure.run(kind, environment, activity, since);
      active = [...(marks > 0 ? ofMark : []), ...(openFailures.length > 0 ? ofFailure : [])];
    },
    delivery: (key, eventKey) => (eventKey === null ? any(refused, key) : any(active, eventKey)),
  };
}
