import type { LoggedCall } from '../../store/api-calls.ts';
import type { Search } from '../../store/find.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { eventOf, failedCall, type Story } from './answer.ts';
import { dayText } from './day-text.ts';
import type { FindOptions, FindResult } from './find-result.ts';
import type { Gathered } from './gather.ts';
import type { FoundRows, TimelineEntry } from './timeline.ts';

interface Found extends Pick<Gathered, 'rows' | 'identifiers' | 'leftOut'> {
  search: Search;
  environments: FindOptions['environments'];
}

/** The rows of each environment that has an event, a refused delivery, an outcome or a call; of each contract where it has several. */
export function storiesOf({ rows, search, identifiers, leftOut, environments }: Found): Story[] {
  const { events, refused, outcomes, calls, reads } = rows;
  const senderIds = new Map(
    identifiers.flatMap(({ kind, value, eventId }) => (kind === 'event' ? [[value, eventId]] : [])),
  );
  const own = calls.filter((call) => isNamed(call, rows, search));
  const all = [...events, ...refused, ...outcomes, ...own, ...reads.map(({ newest }) => newest)];
  return [...new Set(all.map(({ environment }) => environment))].flatMap((name) => {
    const of = <Row extends { environment: string }>(each: readonly Row[]): Row[] =>
      each.filter(({ environment }) => environment === name);
    const story: Story = {
      environment: name,
      label: labelOf(name, environments),
      contract: null,
      events: of(events),
      refused: of(refused),
      hasMore: (leftOut.events ?? 0) + (leftOut.refused ?? 0) > 0,
      outcomes: of(outcomes),
      senderIds,
      calls: of(own),
      reads: reads.find(({ newest }) => newest.environment === name) ?? null,
      status: null,
      missing: [],
      since: null,
    };
    return byContract(story, search);
  });
}

/**
 * One story for each contract. Rows that name no contract belong to the only one, unless the id of the contract is theirs too: the
 * integration may number its outcomes like SpotDraft its contracts.
 */
function byContract(story: Story, { matches }: Search): Story[] {
  const { events, outcomes, calls, refused, reads } = story;
  const asked = matches.filter(({ kind }) => kind === 'contract').map(({ value }) => Number(value));
  const contracts = new Set([...events.flatMap(({ contract_id: id }) => id ?? []), ...asked]);
  const [only = null] = contracts.size === 1 ? contracts : [];
  const keyOf = (contract: number | null, names: (string | null)[]): number | null => {
    if (contract !== null && contracts.has(contract)) return contract;
    const isOther = only !== null && asked.includes(only) && contract === null;
    return isOther && matches.some(({ kind, value }) => kind !== 'contract' && names.includes(value))
      ? null
      : only;
  };
  const eventKey = ({ contract_id: contract }: { contract_id: number | null }) => keyOf(contract, []);
  const outcomeKey = (each: (typeof outcomes)[number]) =>
    keyOf(eventOf(each, story)?.contract_id ?? each.contract_id, [each.id, each.own_id, each.event_id]);
  const callKey = (each: (typeof calls)[number]) =>
    keyOf(each.contract_id, [each.call_id, each.own_id, each.request_id, each.external_id]);
  const parts = [...contracts, null].map(
    (contract): Story => ({
      ...story,
      contract,
      events: events.filter((each) => eventKey(each) === contract),
      outcomes: outcomes.filter((each) => outcomeKey(each) === contract),
      calls: calls.filter((each) => callKey(each) === contract),
      refused: contract === only ? refused : [],
      reads: (reads?.newest.contract_id ?? null) === contract ? reads : null,
      hasMore: story.hasMore && null,
    }),
  );
  const told = parts.filter(
    (part) =>
      part.events.length + part.refused.length + part.outcomes.length > 0 ||
      part.reads !== null ||
      (part.contract === null ? failedCall(part.calls) !== undefined : part.calls.length > 0),
  );
  return told.length > 1 ? told : [story];
}

const labelOf = (name: string, environments: FindOptions['environments']): string =>
  environmentLabel(environments.find((each) => each.name === name) ?? { name, production: false });

/** True when a call names the id, or a contract of the events; other calls were only made around a delivery. */
function isNamed(call: LoggedCall, { events }: FoundRows, { matches }: Search): boolean {
  const { call_id: id, own_id: ownId, request_id: requestId, external_id: externalId } = call;
  const names = [id, ownId, requestId, externalId, call.contract_id?.toString() ?? null];
  return (
    matches.some(({ value }) => names.includes(value)) ||
    (call.contract_id !== null && events.some((event) => event.contract_id === call.contract_id))
  );
}

/** The answer for the id of a report, a configuration or an act. */
export function recordText({ reports, readings }: FoundRows, timeline: FindResult['timeline']): string {
  const [report] = reports;
  if (report)
    return `${report.environment} was checked on ${dayText(report.checkedAt)}: ${report.verdict.replace('_', ' ')}.`;
  const [reading] = readings;
  if (reading) {
    const { environment, times, first, last } = reading;
    return times === 1
      ? `A configuration of ${environment}, read on ${dayText(first)}.`
      : `A configuration of ${environment}, read ${times.toLocaleString('en-US')} times from ${dayText(first)} to ${dayText(last)}.`;
  }
  const [entry]: readonly TimelineEntry[] = timeline;
  return entry ? `${entry.summary}.` : '';
}
