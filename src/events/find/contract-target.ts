import type { Config, Environment } from '../../config/config.ts';
import { type GivenContract, readContractId } from '../../spotdraft/contract-id.ts';
import type { EventWithDeliveries } from '../../store/find.ts';
import { isMention, isOnlyNamed } from './mentions.ts';
import type { FindResult } from './result.ts';
import type { Story } from './story.ts';

/** The one contract of a result in an environment, by all ids that are known of it. */
export interface Target {
  environment: Environment;
  /** null when nothing in the log is about it. */
  story: Story | null;
  /** The internal id, or the number in a link that was given. */
  internal: number | null;
  composite: string | null;
  external: string | null;
  reference: string | null;
  /** Its events in the log. */
  events: readonly EventWithDeliveries[];
  /** False when the log has more events than these. */
  isComplete: boolean;
}

/** The contract that a query asks for; null when it is an id of something else in the log, such as an outcome `T-991` of the integration. */
export function contractAsked({
  query,
  matches,
}: Pick<FindResult, 'query' | 'matches'>): GivenContract | null {
  const given = readContractId(query);
  const isContract = ({ kind }: FindResult['matches'][number]) => kind === 'contract' || kind === 'reference';
  const isOther = matches.some(
    (match) => !isContract(match) && !isMention(match) && readContractId(match.value)?.kind === given?.kind,
  );
  return isOther && (given?.kind === 'composite' || !matches.some(isContract)) ? null : given;
}

/** The contracts to look at: one in each environment that knows it; for an unknown id in every environment that was asked. */
export function targetsOf(
  result: FindResult,
  asked: string | null,
  { environments, externalMetadata }: Pick<Config, 'environments' | 'externalMetadata'>,
): Target[] {
  if (result.ambiguous) return [];
  const given = contractAsked(result);
  const number = given?.kind === 'internal' ? given.id : given?.kind === 'link' ? given.guess : null;
  const composite = given?.kind === 'composite' ? given.text.replace(/-0+(?=\d)/, '-') : null;
  const byName = (name: string) => environments.find((each) => each.name === name);
  const isComplete = result.leftOut.events === undefined;
  const known = result.stories.flatMap((story): Target[] => {
    const { environment: name, contract, events, reads } = story;
    const environment = byName(name);
    const isRest =
      contract === null && result.stories.some((other) => other !== story && other.environment === name);
    if (!environment || isRest || (story.sameId !== null && events.length === 0)) return [];
    const contracts = new Set(events.map(({ contract_id: id }) => id));
    const [id = null] = contracts;
    if (contracts.size > 1 || (events.length > 0 && id === null)) return [];
    if (events.length === 0 && given === null) return [];
    const own = new Set(events.map((event) => event.id));
    const first = (kind: string) =>
      result.identifiers.find((each) => each.kind === kind && own.has(each.eventId))?.value ?? null;
    return [
      {
        environment,
        story,
        internal: id ?? number,
        composite: composite ?? compositeIn(reads?.newest.path ?? ''),
        external: first('external'),
        reference: first('reference'),
        events,
        isComplete,
      },
    ];
  });
  const isOther = result.stories.length > 0 || result.timeline.length > 0;
  if (known.length > 0 || (isOther && !isOnlyNamed(result.matches))) return known;
  const id = result.query.trim();
  const isExternal = (externalMetadata?.rules ?? []).some((rule) => rule.id?.test(id));
  if (given === null && !isExternal) return [];
  return environments
    .filter(({ name }) => asked === null || name === asked)
    .map((environment) => ({
      environment,
      story: null,
      internal: number,
      composite,
      external: isExternal ? id : null,
      reference: null,
      events: [],
      isComplete: true,
    }));
}

const compositeIn = (path: string): string | null =>
  /\/contracts\/([TH]-\d{1,15}[A-Z]?)(?:\/|$)/i.exec(path)?.[1] ?? null;
