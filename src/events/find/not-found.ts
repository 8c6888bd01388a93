import { readContractId } from '../../spotdraft/contract-id.ts';
import type { LoggedDelivery, RefusedDeliveries } from '../../store/deliveries.ts';
import type { UnreadDeliveries } from '../../store/event-notes.ts';
import { pluralize } from '../../text/counts.ts';
import { environmentLabel, labelIn } from '../../text/environment-label.ts';
import { readSince, SINCE_FORMATS, utcText } from '../../time/since.ts';
import { DAY_MS } from '../../time/units.ts';
import type { Outage } from '../log/delivery.ts';
import {
  alikeText,
  contentText,
  isSignatureRejection,
  numberText,
  outageText,
  refusalRemedy,
  refusalWhy,
  refusedGroupsText,
  statusOf,
} from '../log/refusal-text.ts';
import { readSigner } from '../log/signer-text.ts';

interface NamedEnvironment {
  name: string;
  production: boolean;
  isFormer?: true;
}

interface Circumstances {
  keepMs: number;
  now: number;
  /** Time of the oldest kept delivery, epoch ms; null when there is none. */
  oldest: number | null;
  /** Those in question. */
  environments: readonly NamedEnvironment[];
  /** Refused deliveries of each environment in question. */
  refused: (RefusedDeliveries & {
    environment: NamedEnvironment;
  })[];
  /** Verified deliveries that could not be read, of each environment in question. */
  unread: (UnreadDeliveries & { environment: NamedEnvironment })[];
  /** Nothing is stored now, because the database is not at its path. */
  isLost: boolean;
  /** Verified deliveries that were answered 503 and are not in the log. */
  outages: (Omit<Outage, 'environment'> & { environment: NamedEnvironment })[];
}

/** Sentences: why an id was not found, how far the log goes back, and what to try next. */
export function explainNotFound(
  query: string,
  { keepMs, now, oldest, environments, refused, unread, isLost, outages }: Circumstances,
): string[] {
  const days = Math.round(keepMs / DAY_MS);
  // Older deliveries are there because a mark or an open failure holds them; others of their time are gone.
  const isHeld = oldest !== null && oldest < now - keepMs - DAY_MS;
  const reach = `The log keeps ${days} days${oldest === null ? ' and holds no delivery yet' : isHeld ? `: before ${day(now - keepMs)} it holds only what an incident needs` : `; its oldest delivery is from ${day(oldest)}`}.`;
  const time = readSince(query, now);
  if ('at' in time && time.at < now - keepMs)
    return [`${query} is older than the log keeps.`, reach, 'Look in a backup or an export of that time.'];
  if ('at' in time)
    return [
      `The log has no id “${query}”: that is a time (${utcText(time.at)}).`,
      `\`events ${timed(environments)} --since ${utcText(time.at).replace(' ', 'T').replace(' UTC', 'Z')}\` lists what arrived from then on.`,
    ];
  if (time.problem !== SINCE_FORMATS)
    return [`“${query}” is neither an id in the log nor a time: ${time.problem}.`];
  if (query.length < 6 && !/^(?:[TH]-)?\d+$/i.test(query))
    return [`“${query}” is too short: give the whole id, or the first six or more of its characters.`];
  const missed = outages.find(({ identifiers }) => identifiers.some(({ value }) => isAskedFor(value, query)));
  if (missed)
    return [
      `A verified delivery with “${query}” arrived in ${environmentLabel(missed.environment)} and was answered 503, because the log takes nothing now.`,
      `It came between ${iso(missed.from)} and ${iso(missed.to)}. When the log works again, re-trigger it: SpotDraft documents no retry.`,
    ];
  const since = isLost || outages.length > 0 ? notStoredText(outages) : null;
  if (since !== null) return [`“${query}” is not in the log, which takes nothing now.`, since, reach];
  if (oldest === null)
    return [
      'Nothing was ever received.',
      reach,
      'Register a webhook with the URL of the environment, and see that its deliveries arrive.',
    ];
  // A title or a name may be in any delivery: the log is searched for ids alone.
  const isId = !/\s/.test(query) && /[\d_-]/.test(query);
  const unseen = unseenText(unread, refused);
  return [
    unseen !== null
      ? `“${query}” is in no delivery whose ids are in the log; it may be in ${unseen}.`
      : isId
        ? `“${query}” was never received${contractText(query)}, or not by this Envcheck.`
        : `The log has no id “${query}”.`,
    reach,
    ...unread.flatMap(unreadSentence),
    ...refused.flatMap(refusedSentence),
    `${nextId(query)}; if SpotDraft shows the activity, check that its webhook is registered and active in that workspace.`,
  ];
}

/** "2 verified deliveries that could not be read and 3 refused deliveries"; null when the log has the ids of all. */
function unseenText(unread: Circumstances['unread'], refused: Circumstances['refused']): string | null {
  const verified = unread.reduce((sum, { count }) => sum + count, 0);
  const others = refused.map(refusedWithoutIds);
  const count = others.reduce((sum, each) => sum + each.count, 0);
  const parts = [
    ...(verified > 0
      ? [`${pluralize(verified, 'verified delivery', 'verified deliveries')} that could not be read`]
      : []),
    ...(count > 0
      ? [
          `${numberText({ count, isExact: others.every(({ isExact }) => isExact) })} refused ${count === 1 ? 'delivery' : 'deliveries'}`,
        ]
      : []),
  ];
  return parts.length === 0 ? null : parts.join(' and ');
}

/** Refused deliveries of an environment whose ids are not all in the log. */
const refusedWithoutIds = ({ groups, isExact }: RefusedDeliveries): { count: number; isExact: boolean } => ({
  count: groups.reduce((sum, group) => sum + withoutIds(group), 0),
  isExact,
});

/** A contract is asked for by its number or a form of it. */
function isAskedFor(value: string, query: string): boolean {
  const given = readContractId(query);
  const number = given === null ? null : String(given.kind === 'internal' ? given.id : given.guess);
  return value.toLowerCase() === query.toLowerCase() || value === number;
}

const notStoredText = (outages: Circumstances['outages']): string =>
  outages.length === 0
    ? 'What comes meanwhile is answered 503 and not stored: `/readyz` says why.'
    : `${outages
        .map(
          ({ environment, count, from }) =>
            `${pluralize(count, 'verified delivery was', 'verified deliveries were')} answered 503 in ${environmentLabel(environment)} since ${iso(from)}`,
        )
        .join(', ')}: it may be in one of them. \`/readyz\` says why nothing is stored.`;

/** The environment that a question about a time is most likely about. */
const timed = (environments: readonly NamedEnvironment[]): string =>
  (environments.find(({ production }) => production) ?? environments[0])?.name ?? 'ENV';

/** The one id of a contract that was looked for: the log may hold the contract under another one. */
function contractText(query: string): string {
  const given = readContractId(query);
  if (given === null) return '';
  if (given.kind === 'composite') return ' under this id';
  return ` under the number ${given.kind === 'internal' ? given.id : given.guess}`;
}

function nextId(query: string): string {
  const kind = readContractId(query)?.kind;
  return kind === 'internal' || kind === 'link'
    ? 'The log may hold the contract under another id: paste its T-… or H-… id, its reference id or its external id, as SpotDraft shows them'
    : "Try the contract's number, as webhooks carry it in contract_id, or its external id";
}

/** A delivery that could not be read may hold any id. */
const unreadSentence = ({ environment, count, newest }: Circumstances['unread'][number]): string[] =>
  newest === null
    ? []
    : [
        `${pluralize(count, 'verified delivery', 'verified deliveries')} of that time could not be read in ${environmentLabel(environment)}, the newest ${iso(newest.at)} (${newest.id}): it may be in ${count === 1 ? 'it' : 'one of them'}.`,
      ];

/** Only of a refused delivery with a known signer the ids are kept, so the id may belong to another. */
function refusedSentence({ environment, ...refused }: Circumstances['refused'][number]): string[] {
  const { newest, groups, kept, count, isExact } = refused;
  const { count: unread } = refusedWithoutIds(refused);
  if (newest === null || unread === 0) return [];
  const isAll = unread === count;
  const ofSignature = groups.every(({ rejection }) => isSignatureRejection(rejection));
  const [verb, why] = ofSignature ? ['rejected', ' for their signature'] : ['refused', ''];
  const them =
    count === 1 && isExact
      ? `A delivery was ${verb}${ofSignature ? ' for its signature' : ''}`
      : `${capital(numberText(refused))} deliveries were ${verb}${why}`;
  const only = kept < count ? `, of which ${kept.toLocaleString('en-US')} are in the log` : '';
  const whose = refusedGroupsText(groups);
  return [
    `${them} in ${environmentLabel(environment)}${only}, the newest ${iso(newest.received_at)} (${newest.id}): it may be among ${isAll ? 'them' : `${numberText({ count: unread, isExact })} of them`}, since nothing of a refused delivery is kept${isAll && ofSignature ? '' : ' unless a known key signed it'}.${whose === '' ? '' : ` Of them, ${whose}.`}`,
  ];
}

/** Deliveries whose ids are not in the log: not stored, or of an unknown signer, or older than the keeping of ids. */
const withoutIds = ({
  signedWith,
  kept,
  unread,
  count,
  isExact,
}: RefusedDeliveries['groups'][number]): number =>
  readSigner(signedWith) !== null && isExact ? count - kept + unread : count;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Sentences: the reason for a known delivery or request that was refused, and what to do. */
export function explainRefused(refused: readonly LoggedDelivery[]): string[] {
  const [first] = refused;
  if (!first) return [];
  const { rejection, environment } = first;
  const alike = alikeText(first);
  const more = alike === null ? '' : ` The row stands for it ${alike}.`;
  if (rejection === 'not_stored')
    return [`${outageText(first)}.`, `${refusalRemedy(first, environment)}.`, contentText(first)];
  const isOfSignature = isSignatureRejection(rejection);
  return [
    `${isOfSignature ? 'Rejected for its signature: it' : 'It'} was answered ${statusOf(first)}, because ${refusalWhy(first)}.${more}`,
    `${refusalRemedy(first, environment)}.`,
    contentText(first),
  ];
}

/** Sentences: a delivery of this environment went to the receivers of others, which refused it. */
export function explainMisdirected(
  query: string,
  environment: string,
  refused: readonly LoggedDelivery[],
  environments: readonly NamedEnvironment[],
): string[] {
  const receivers = [...new Set(refused.map((each) => labelIn(environments, each.environment)))].join(
    ' and ',
  );
  return [
    `${refused.length === 1 ? 'A delivery' : `${refused.length} deliveries`} of ${labelIn(environments, environment)} with “${query}” went to the receiver of ${receivers} and ${refused.length === 1 ? 'was' : 'were'} refused there.`,
    ...explainRefused(refused),
  ];
}

/** Sentences: the reason for an id that only other environments know, and what to do. */
export function explainElsewhere(
  query: string,
  environment: string,
  elsewhere: readonly string[],
  { environments, refused, unread, isLost, outages }: Omit<Circumstances, 'keepMs' | 'now' | 'oldest'>,
): string[] {
  const label = (name: string): string => labelIn(environments, name);
  const others = elsewhere.map(label).join(' and ');
  const former = elsewhere.filter(
    (name) => !environments.some((each) => each.name === name && !each.isFormer),
  );
  return [
    `“${query}” is not known in ${label(environment)}, but in ${others}.`,
    former.length > 0
      ? `The config no longer has ${former.join(' and ')}: leave out the environment to see it. If ${environment} is the new name, \`formerly: [${former.join(', ')}]\` in its config gives it these rows.`
      : `Environments share no ids: leave out the environment to see it, or search for its id in ${label(environment)}.`,
    ...(isLost || outages.length > 0 ? [notStoredText(outages)] : []),
    ...unread.flatMap(unreadSentence),
    ...refused.flatMap(refusedSentence),
  ];
}

const iso = (at: number): string => new Date(at).toISOString();
const day = (at: number): string => iso(at).slice(0, 10);
