import type { LoggedDelivery, RefusedGroup } from '../../store/deliveries.ts';
import { pluralize } from '../../text/counts.ts';
import { type Rejection, rejectionStatus } from './delivery.ts';
import { isDiagnosis, readSigner, signerRemedy, signerText } from './signer-text.ts';

/** A refused delivery, as far as its texts need it. */
export type Refused = Pick<LoggedDelivery, 'rejection' | 'signed_with'> &
  Partial<Pick<LoggedDelivery, 'activity' | 'detail' | 'alike' | 'until' | 'environment'>>;

interface RejectionTexts {
  /** In lists: "wrong content type". */
  name: string;
  /** Behind "because". */
  why: string;
  /** The next step. */
  remedy: string;
}

const sender = 'Find who sends it, or which proxy changes it';

const texts: Record<Rejection, RejectionTexts> = {
  missing_signature: {
    name: 'missing signature',
    why: 'it had no signature',
    remedy: 'Find who sends to this URL without one, or which proxy removes the header',
  },
  bad_signature: {
    name: 'bad signature',
    why: "its signature was not made with this workspace's key",
    remedy: 'Check whether another workspace has this URL registered, or a proxy changes the body',
  },
  unknown_environment: {
    name: 'URL of an unknown environment',
    why: 'the config has no environment of the name in its URL',
    remedy: 'Correct the URL of the webhook in SpotDraft, then re-trigger the contract',
  },
  unknown_path: {
    name: 'URL without a receiver',
    why: 'there is no receiver at its URL',
    remedy: 'Correct the URL of the webhook in SpotDraft, then re-trigger the contract',
  },
  wrong_method: {
    name: 'no POST',
    why: 'it was no POST request',
    remedy: 'Give the webhook the URL that answers without a redirect: a redirect turns a POST into a GET',
  },
  too_large: {
    name: 'body over 1 MiB',
    why: 'its body is over 1 MiB',
    remedy: `SpotDraft's bodies are far smaller. ${sender}`,
  },
  wrong_type: {
    name: 'content type other than JSON',
    why: 'its content type is not JSON',
    remedy: `SpotDraft sends application/json. ${sender}, then re-trigger the contract`,
  },
  rate_limited: {
    name: 'too many refused from its sender',
    why: 'its sender had sent too many refused deliveries within a minute',
    remedy: 'Find who floods this URL, and let the proxy stop it',
  },
  no_key: {
    name: "the workspace's key could not be read",
    why: "the workspace's key could not be read from SpotDraft",
    remedy:
      'Check the credentials and the host with `doctor`, then re-trigger the contract: SpotDraft documents no retry',
  },
  not_stored: {
    name: 'the log could not be stored',
    why: 'the log could not be stored',
    remedy: 'Re-trigger what has not come since then: SpotDraft documents no retry',
  },
};

const textsOf = (rejection: string | null): RejectionTexts | null =>
  rejection !== null && Object.hasOwn(texts, rejection) ? texts[rejection as Rejection] : null;

/** True when the delivery was refused for its signature. */
export const isSignatureRejection = (rejection: string | null): boolean =>
  rejection === 'bad_signature' || rejection === 'missing_signature';

/** The status of the answer. */
export const statusOf = ({ rejection }: Pick<Refused, 'rejection'>): number =>
  textsOf(rejection) === null ? 401 : rejectionStatus[rejection as Rejection];

const named = (rejection: string | null): string =>
  textsOf(rejection)?.name ?? rejection?.replaceAll('_', ' ') ?? 'refused';

/** "bad signature, signed with uat's key", "content type other than JSON (text/plain), signed with prod's key" */
export const refusalText = ({ rejection, signed_with: code, detail }: Refused): string =>
  [
    `${named(rejection)}${detail ? ` (${detail})` : ''}`,
    signerText(code) ?? (isSignatureRejection(rejection) ? null : 'its signature was not checked'),
  ]
    .filter((part) => part !== null)
    .join(', ');

/** Completes "because …": "it was signed with uat's key", "its content type is not JSON (text/plain)" */
export function refusalWhy({ rejection, signed_with: code, detail }: Refused): string {
  const base = textsOf(rejection)?.why ?? named(rejection);
  if (!isSignatureRejection(rejection)) return `${base}${detail ? ` (${detail})` : ''}`;
  if (readSigner(code)) return `it was ${signerText(code)}`;
  return isDiagnosis(code) ? `${signerText(code)}` : base;
}

/** The next step, without a full stop. */
export const refusalRemedy = ({ rejection, signed_with: code }: Refused, receiver: string): string =>
  (isSignatureRejection(rejection) ? signerRemedy(code, receiver) : null) ??
  textsOf(rejection)?.remedy ??
  sender;

/** True when the log has the ids in it. Rows of earlier versions, which do not say for how many they stand, have none. */
export const hasIds = ({ signed_with: code, alike }: Pick<Refused, 'signed_with' | 'alike'>): boolean =>
  readSigner(code) !== null && alike != null;

/** One line of a list: the refusal, and for how many deliveries it stands. */
export const refusalLine = (refused: LoggedDelivery): string =>
  refused.rejection === 'not_stored'
    ? outageText(refused)
    : [refused.activity, refusalText(refused), alikeText(refused)].filter((part) => part !== null).join(', ');

/** A sentence about its content, as far as it is known. */
export const contentText = (refused: Pick<Refused, 'signed_with' | 'alike'>): string =>
  hasIds(refused) ? 'Of its content the ids and the activity are kept.' : 'Its content is not kept.';

/** "12 verified deliveries were answered 503 from … to …, because the log could not be stored" */
export function outageText({ received_at: from, alike, until }: LoggedDelivery): string {
  const iso = (at: number) => new Date(at).toISOString();
  const when = until === null ? `at ${iso(from)}` : `from ${iso(from)} to ${iso(until)}`;
  const all = pluralize((alike ?? 0) + 1, 'verified delivery was', 'verified deliveries were');
  return `${all} answered 503 ${when}, because the log could not be stored`;
}

/** For how many deliveries a row stands: "and 411 more like it until 2026-…"; null for itself alone. */
export function alikeText({ alike, until }: Refused): string | null {
  if (!alike) return null;
  const end = until ? ` until ${new Date(until).toISOString()}` : '';
  return `and ${alike.toLocaleString('en-US')} more like it${end}`;
}

/** A reason of failures: a rejection, or a code of the key that made the signature. */
export const reasonText = (reason: string): string =>
  (readSigner(reason) || isDiagnosis(reason) ? signerText(reason) : null) ?? named(reason);

type RefusedCount = Pick<RefusedGroup, 'count' | 'kept' | 'isExact'>;

/** "1,204", "at least 12" */
export const numberText = ({ count, isExact }: Omit<RefusedCount, 'kept'>): string =>
  `${isExact ? '' : 'at least '}${count.toLocaleString('en-US')}`;

/** "3 deliveries", "413 deliveries, 12 of them kept", "at least 5 deliveries" */
export const deliveriesText = (counted: RefusedCount): string => {
  const { count, kept, isExact } = counted;
  const all = `${isExact ? '' : 'at least '}${pluralize(count, 'delivery', 'deliveries')}`;
  return kept < count ? `${all}, ${kept.toLocaleString('en-US')} of them kept` : all;
};

/**
 * "3 signed with uat's key; 1 content type other than JSON". Signatures of unknown signers are left out. `rejection`: absent in
 * digests of earlier versions, which knew of signatures alone.
 */
export const refusedGroupsText = (
  groups: readonly (Pick<RefusedGroup, 'signedWith' | 'count'> & { rejection?: string })[],
): string =>
  groups
    .flatMap(({ rejection = 'bad_signature', signedWith, count }) => {
      const isOfSignature = isSignatureRejection(rejection);
      if (isOfSignature && readSigner(signedWith) === null && !isDiagnosis(signedWith)) return [];
      const what = isOfSignature ? signerText(signedWith) : textsOf(rejection)?.name;
      if (!what) return [];
      return [`${count.toLocaleString('en-US')} ${what}`];
    })
    .join('; ');
