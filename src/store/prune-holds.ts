import type BetterSqlite3 from 'better-sqlite3';
import type { AcknowledgementRow } from './tables/acts.ts';

/** A group of failures that is open: its rows since `since` (epoch ms) stay. */
export interface OpenFailure {
  environment: string;
  kind: AcknowledgementRow['kind'];
  activity: string | null;
  since: number;
}

/** The rows that stay in a pass. Times in epoch ms. */
export interface HoldOrder {
  /** Rows older than this go. */
  before: number;
  /** Incident marks apply until their end. */
  now: number;
  openFailures: readonly OpenFailure[];
}

/** Events under one id of the sender of which an outcome looks at the activity. */
const MAX_SHARERS = 50;

/** The activity of an outcome, named directly or through its event; null when the log has no such event, or has some of several activities. */
export const activityOfOutcome = `coalesce(outcomes.activity,
  (select events.activity from events where events.id = outcomes.event_id and events.environment = outcomes.environment),
  (select case when count(*) = count(activity) and count(*) <= ${MAX_SHARERS} and min(activity) = max(activity) then min(activity) end
    from (select events.activity from identifiers cross join events where identifiers.value = outcomes.event_id
      and identifiers.kind = 'event' and events.key = identifiers.event_key
      and events.environment = outcomes.environment limit ${MAX_SHARERS + 1}) as sharers))`;

/** API calls within this time of a delivery belong to its story, ms. */
export const AROUND_MS = 60_000;

/** The rows that a pass leaves, in tables of this connection alone. An empty environment stands for all. */
const tables = `
  create temp table if not exists held_names (kind text, value text, environment text, primary key (kind, value, environment));
  create temp table if not exists held_failures (kind text, environment text, activity text, since integer);
  create temp table if not exists held_events (key integer primary key);
  create temp table if not exists held_moments (environment text, at integer, primary key (environment, at)) without rowid;
  create temp table if not exists held_readings (id integer primary key)`;
const clear = ['held_names', 'held_failures', 'held_events', 'held_moments', 'held_readings']
  .map((table) => `delete from ${table}`)
  .join(';');

const isNamed = (kind: string, value: string, environment: string): string =>
  `exists (select 1 from held_names where held_names.kind = '${kind}' and held_names.value = ${value}
    and held_names.environment in ('', ${environment}))`;

const anyOf = (...conditions: string[]): string => `(${conditions.join(' or ')})`;

/** True for a row of `api_calls` that a mark or an open group names, or that is near a delivery of its events. */
export const callIsHeld = anyOf(
  ...[
    ['call', 'call_id'],
    ['call', 'own_id'],
    ['request', 'request_id'],
    ['external', 'external_id'],
    ['contract', 'cast(contract_id as text)'],
  ].map(([kind = '', column = '']) => isNamed(kind, column, 'api_calls.environment')),
  `exists (select 1 from held_moments where held_moments.environment = api_calls.environment
    and held_moments.at between api_calls.at - ${AROUND_MS} and api_calls.at + ${AROUND_MS})`,
);

const isOpenFailure = `(outcomes.status = 'failed' and exists (select 1 from held_failures where held_failures.kind = 'failed'
  and held_failures.environment = outcomes.environment and outcomes.at >= held_failures.since
  and held_failures.activity is ${activityOfOutcome}))`;

/** The event of an outcome: by our id, by the sender's id in the same environment, or by contract, activity and time. */
const eventOfOutcome = `select key from events where id = outcomes.event_id
  union all select events.key from identifiers cross join events where identifiers.value = outcomes.event_id
    and identifiers.kind = 'event' and events.key = identifiers.event_key and events.environment = outcomes.environment
  union all select events.key from identifiers cross join events where outcomes.event_id is null
    and identifiers.value = cast(outcomes.contract_id as text) and identifiers.kind = 'contract'
    and events.key = identifiers.event_key and events.environment || '' = outcomes.environment
    and events.activity is outcomes.activity and events.occurred_at is outcomes.occurred_at`;

/** True for a row of `outcomes` that a mark or an open group names, itself or by its event. */
export const outcomeIsHeld = anyOf(
  ...[
    ['outcome', 'outcomes.id'],
    ['outcome', 'outcomes.own_id'],
    ['request', 'outcomes.request_id'],
    ['event', 'outcomes.event_id'],
    ['contract', 'cast(outcomes.contract_id as text)'],
  ].map(([kind = '', column = '']) => isNamed(kind, column, 'outcomes.environment')),
  `exists (select 1 from held_events where key in (${eventOfOutcome}))`,
  isOpenFailure,
);

export const reportIsHeld = isNamed('report', 'reports.id', 'reports.environment');
/** True for a reading under a mark, and for the one in force when a held event arrived. */
export const readingIsHeld = anyOf(
  isNamed('snapshot', 'snapshot_readings.hash', 'snapshot_readings.environment'),
  'snapshot_readings.id in (select id from held_readings)',
);

const namesUnderMarks = `insert or ignore into held_names
  select json_extract(name.value, '$.kind'), json_extract(name.value, '$.value'), coalesce(environment, '')
  from incident_marks, json_each(incident_marks.names) as name where until > ?`;

/** Contracts whose event is missing, by the ids under which the log may have other events of theirs. */
const namesOfMissing = `insert or ignore into held_names
  select json_extract(id.value, '$.kind'), json_extract(id.value, '$.value'), environment
  from missing_events, json_each(missing_events.ids) as id
  where environment = ? and activity is ? and noticed_at >= ?`;

/** The newest event before a silence, which shows when it began, and its contract. */
const newestOfActivity = `select key, id, contract_id from events where environment = ? and activity is ?
  order by received_at desc, key desc limit 1`;

/** Events that the names lead to. The cross joins begin with the names, which are few. */
const eventsOfNames = `insert or ignore into held_events
  select events.key from held_names as name cross join events
    where name.kind = 'event' and events.id = name.value and name.environment in ('', events.environment)
  union all select events.key from held_names as name cross join identifiers cross join events
    where identifiers.value = name.value and identifiers.kind = name.kind and events.key = identifiers.event_key
      and name.environment in ('', events.environment)
  union all select deliveries.event_key from held_names as name cross join deliveries
    where name.kind = 'delivery' and deliveries.id = name.value and deliveries.event_key is not null
      and name.environment in ('', deliveries.environment)
  union all select deliveries.event_key from held_names as name cross join deliveries
    where name.kind = 'request' and deliveries.request_id = name.value and deliveries.event_key is not null
      and name.environment in ('', deliveries.environment)`;

/** The first and the newest delivery of each held event. */
const momentsOfEvents = `insert or ignore into held_moments
  select deliveries.environment, deliveries.received_at from held_events cross join deliveries
  where deliveries.key in (
    (select min(key) from deliveries where event_key = held_events.key),
    (select max(key) from deliveries where event_key = held_events.key))`;

const readingsOfEvents = `insert or ignore into held_readings
  select id from (select (select id from snapshot_readings as reading where reading.environment = events.environment
      and reading.taken_at <= events.received_at order by reading.taken_at desc limit 1) as id
    from held_events cross join events where events.key = held_events.key) where id is not null`;

const eventHasOpenFailure = `select 1 from events join outcomes on outcomes.environment = events.environment
  and (outcomes.event_id = events.id
    or outcomes.event_id in (select value from identifiers where event_key = events.key and kind = 'event')
    or (outcomes.event_id is null and outcomes.contract_id = events.contract_id
      and outcomes.activity is events.activity and outcomes.occurred_at is events.occurred_at))
  where events.key = ? and ${isOpenFailure} limit 1`;

const refusalIsHeld = `select 1 from deliveries where key = ? and ${anyOf(
  isNamed('delivery', 'deliveries.id', 'deliveries.environment'),
  isNamed('request', 'deliveries.request_id', 'deliveries.environment'),
  `exists (select 1 from refused_ids join held_names on held_names.kind = refused_ids.kind
    and held_names.value = refused_ids.value and held_names.environment in ('', deliveries.environment)
    where refused_ids.delivery_key = deliveries.key)`,
  `exists (select 1 from held_failures where held_failures.environment = deliveries.environment
    and held_failures.kind in ('badly_signed', 'refused')
    and (held_failures.kind = 'badly_signed') = (deliveries.rejection = 'bad_signature'
      or (deliveries.rejection = 'missing_signature' and coalesce(deliveries.signed_with, 'not_tried') not in ('unknown_key', 'not_tried')))
    and coalesce(deliveries.until, deliveries.received_at) >= held_failures.since)`,
)}`;

export interface Holds {
  /** Notes what stays, and again when a mark was added since; called before each slice. */
  refresh(order: HoldOrder, isNewPass: boolean): void;
  /** True when a delivery, or the event that it announced, stays. */
  delivery(key: number, eventKey: number | null): boolean;
}

export function prepareHolds(sqlite: BetterSqlite3.Database): Holds {
  sqlite.exec(tables);
  const prepare = (text: string) => sqlite.prepare(text);
  const marks = prepare('select coalesce(max(rowid), 0) from incident_marks').pluck();
  const [ofMarks, ofMissing] = [namesUnderMarks, namesOfMissing].map(prepare);
  const name = prepare('insert or ignore into held_names values (?, ?, ?)');
  const failure = prepare('insert into held_failures values (?, ?, ?, ?)');
  const silent = prepare(newestOfActivity);
  const followed = [eventsOfNames, momentsOfEvents, readingsOfEvents].map(prepare);
  const ofEvent = prepare('select 1 from held_events where key = ?').pluck();
  const [ofFailure, ofRefusal] = [eventHasOpenFailure, refusalIsHeld].map((text) => prepare(text).pluck());
  // A clock that was behind dated the row: the event itself has not occurred so long ago.
  const isYoung = prepare('select 1 from events where key = ? and occurred_at between ? and ?').pluck();
  let period: [from: number, to: number] = [0, 0];
  let newestMark: unknown = null;
  let held = { events: false, failures: false, names: false };

  const note = ({ kind, environment, activity, since }: OpenFailure): void => {
    if (kind === 'missing') ofMissing?.run(environment, activity, since);
    else if (kind !== 'silence') failure.run(kind, environment, activity, since);
    else {
      const last = silent.get(environment, activity) as
        | { id: string; contract_id: number | null }
        | undefined;
      if (last) name.run('event', last.id, environment);
      if (last?.contract_id) name.run('contract', String(last.contract_id), environment);
    }
  };
  return {
    refresh({ before, now, openFailures }, isNewPass) {
      period = [before, now];
      const newest = marks.get();
      if (!isNewPass && newest === newestMark) return;
      newestMark = newest;
      sqlite.exec(clear);
      ofMarks?.run(now);
      for (const each of openFailures) note(each);
      for (const statement of followed) statement.run();
      const any = (table: string) => prepare(`select 1 from ${table} limit 1`).get() !== undefined;
      held = { events: any('held_events'), failures: any('held_failures'), names: any('held_names') };
    },
    delivery(key, eventKey) {
      if (eventKey === null) return (held.names || held.failures) && ofRefusal?.get(key) !== undefined;
      return (
        isYoung.get(eventKey, ...period) !== undefined ||
        (held.events && ofEvent.get(eventKey) !== undefined) ||
        (held.failures && ofFailure?.get(eventKey) !== undefined)
      );
    },
  };
}
