/** The key of a refused delivery. `undecoded`: used as text, without decoding its base64. */
export const signerKeys = ['current', 'replaced', 'undecoded'] as const;
export type SignerKey = (typeof signerKeys)[number];

/** Why no key is known. `malformed`: no HMAC-SHA512. `not_tried`: too many such deliveries came at once. */
export const noSigners = ['unknown_key', 'malformed', 'not_tried'] as const;
export type NoSigner = (typeof noSigners)[number];

export interface Signer {
  environment: string;
  key: SignerKey;
  /** The signature came in the header of an older version of SpotDraft's API. */
  olderHeader: boolean;
  /** The right digest, but not as 128 lower-case hexadecimal characters. */
  otherForm: boolean;
}

/** Whose key signed a refused delivery: `uat current`, `prod undecoded older_header`, or why it is not known. */
export type SignedWith = `${string} ${SignerKey}${'' | ' older_header'}${'' | ' other_form'}` | NoSigner;

export const signerCode = ({ environment, key, olderHeader, otherForm }: Signer): SignedWith =>
  `${environment} ${key}${olderHeader ? ' older_header' : ''}${otherForm ? ' other_form' : ''}`;

/** null when the code names no key. */
export function readSigner(code: string | null): Signer | null {
  const [environment = '', key, ...more] = (code ?? '').split(' ');
  const known = signerKeys.find((each) => each === key);
  if (!known) return null;
  return {
    environment,
    key: known,
    olderHeader: more.includes('older_header'),
    otherForm: more.includes('other_form'),
  };
}

const noSignerTexts: Record<string, string> = {
  unknown_key: 'signed with none of the keys that Envcheck knows',
  malformed: 'its signature is no HMAC-SHA512',
  not_tried: 'not tried with other keys, because many came at once',
};

/** "signed with uat's key", "signed with prod's key, not base64-decoded, in the older header X-SD-CONTENT-HASH" */
export function signerText(code: string | null): string | null {
  const signer = readSigner(code);
  if (!signer) return code === null ? null : (noSignerTexts[code] ?? code.replaceAll('_', ' '));
  const { environment, key, olderHeader, otherForm } = signer;
  return [
    key === 'replaced' ? `signed with an earlier key of ${environment}` : `signed with ${environment}'s key`,
    ...(key === 'undecoded' ? ['not base64-decoded'] : []),
    ...(olderHeader ? ['in the older header X-SD-CONTENT-HASH'] : []),
    ...(otherForm ? ['not as 128 lower-case hexadecimal characters'] : []),
  ].join(', ');
}

/** The next step for a delivery to `receiver` that was signed like this; null when the signer is not known. */
export function signerRemedy(code: string | null, receiver: string): string | null {
  const signer = readSigner(code);
  if (!signer) return null;
  if (signer.environment !== receiver)
    return `In the workspace of ${signer.environment}, find the webhook whose URL is that of ${receiver}, and delete it or give it the URL of ${signer.environment}`;
  if (signer.key === 'replaced')
    return "The sender still uses a key that was replaced. Give it the workspace's current key";
  return 'SpotDraft signs neither so: the sender is another program or a proxy that signs anew. Let it follow the current API: key base64-decoded, HMAC-SHA512 in lower-case hexadecimal, header X-SD-WEBHOOK-CONTENT-HASH';
}

/** How many refused deliveries were signed alike. */
export interface SignerCount {
  signedWith: string | null;
  count: number;
}

/** "3 signed with uat's key, 1 signed with prod's key, not base64-decoded"; those of unknown signers are left out. */
export const signerCounts = (counts: readonly SignerCount[]): string =>
  counts
    .filter(({ signedWith }) => readSigner(signedWith) !== null)
    .map(({ signedWith, count }) => `${count.toLocaleString('en-US')} ${signerText(signedWith)}`)
    .join('; ');
