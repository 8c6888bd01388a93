import { readContractId } from '../../spotdraft/contract-id.ts';
import { type LoggedDelivery, MAX_COUNTED } from '../../store/deliveries.ts';
import type { UnreadDeliveries } from '../../store/event-notes.ts';
import { pluralize } from '../../text/counts.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import { readIsoTime } from '../../time/since.ts';
import { readSigner, type SignerCount, signerCounts, signerRemedy, signerText } from './signer-text.ts';

const DAY_MS = 86_400_000;

interface NamedEnvironment {
  name: string;
  production: boolean;
}

interface Circumstances {
  keepMs: number;
  now: number;
  /** Time of the oldest kept delivery, epoch ms; null when there is none. */
  oldest: number | null;
  /** Refused deliveries of each environment in question. */
  refused: {
    environment: NamedEnvironment;
    count: number;
    newest: LoggedDelivery | null;
    signers: SignerCount[];
  }[];
  /** Verified deliveries that could not be read, of each environment in question. */
  unread: (UnreadDeliveries & { environment: NamedEnvironment })[];
}

/** Sentences: why an id was not found, how far the log goes back, and what to try next. */
export function explainNotFound(
  query: string,
  { keepMs, now, oldest, refused, unread }: Circumstances,
): string[] {
  const days = Math.round(keepMs / DAY_MS);
  const reach = `The log keeps ${days} days${oldest === null ? ' and holds no delivery yet' : `; its oldest delivery is from ${day(oldest)}`}.`;
  if (query.length < 6 && !/^(?:[TH]-)?\d+$/i.test(query))
    return [`“${query}” is too short: give the whole id, or the first six or more of its characters.`];
  const time = readIsoTime(query);
  if ('at' in time && time.at < now - keepMs)
    return [`${query} is older than the log keeps.`, reach, 'Look in a backup or an export of that time.'];
  if (oldest === null)
    return [
      'Nothing was ever received.',
      reach,
      'Register a webhook with the URL of the environment, and see that its deliveries arrive.',
    ];
  const unreadCount = unread.reduce((sum, { count }) => sum + count, 0);
  return [
    unreadCount === 0
      ? `“${query}” was never received${contractText(query)}, or not by this Envcheck.`
      : `“${query}” is in no delivery that could be read, and ${pluralize(unreadCount, 'verified one', 'verified ones')} could not be read.`,
    reach,
    ...unread.flatMap(unreadSentence),
    ...refused.flatMap(refusedSentence),
    `${nextId(query)}; if SpotDraft shows the activity, check that its webhook is registered and active in that workspace.`,
  ];
}

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

/** A refused delivery has no known event or contract id, so the id may belong to one. */
function refusedSentence({
  environment,
  count,
  newest,
  signers,
}: Circumstances['refused'][number]): string[] {
  if (newest === null) return [];
  const number = `${count >= MAX_COUNTED ? 'At least ' : ''}${count.toLocaleString('en-US')}`;
  const them =
    count === 1
      ? 'A delivery was rejected for its signature'
      : `${number} deliveries were rejected for their signature`;
  const whose = signerCounts(signers);
  return [
    `${them} in ${environmentLabel(environment)}, the newest ${iso(newest.received_at)} (${newest.id}): it may be among them, since nothing of a refused delivery is kept.${whose === '' ? '' : ` Of them, ${whose}.`}`,
  ];
}

/** Sentences: the reason for a known delivery or request that was refused, and what to do. */
export function explainRefused(refused: readonly LoggedDelivery[]): string[] {
  const [first] = refused;
  const signer = first && readSigner(first.signed_with);
  if (signer)
    return [
      `Rejected for its signature: it was answered 401, because it was ${signerText(first.signed_with)}.`,
      `${signerRemedy(first.signed_with, first.environment)}.`,
      'Its content is not kept.',
    ];
  const missing = first?.rejection === 'missing_signature';
  const why = missing ? 'it had no signature' : "its signature was not made with this workspace's key";
  return [
    `Rejected for its signature: it was answered 401, because ${why}.`,
    missing
      ? 'Find who sends to this URL without one, or which proxy removes the header.'
      : 'Check whether another workspace has this URL registered, or a proxy changes the body.',
    'Its content is not kept.',
  ];
}

/** Sentences: the reason for an id that only other environments know, and what to do. */
export function explainElsewhere(
  query: string,
  environment: string,
  elsewhere: readonly string[],
  { environments, unread }: { environments: readonly NamedEnvironment[] } & Pick<Circumstances, 'unread'>,
): string[] {
  const label = (name: string): string =>
    environmentLabel(environments.find((each) => each.name === name) ?? { name, production: false });
  const others = elsewhere.map(label).join(' and ');
  return [
    `“${query}” is not known in ${label(environment)}, but in ${others}.`,
    `Environments share no ids: leave out the environment to see it, or search for its id in ${label(environment)}.`,
    ...unread.flatMap(unreadSentence),
  ];
}

const iso = (at: number): string => new Date(at).toISOString();
const day = (at: number): string => iso(at).slice(0, 10);
