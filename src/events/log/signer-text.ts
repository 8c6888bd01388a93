/** The key of a refused delivery. `undecoded`: used as text, without decoding its base64. */
export const signerKeys = ['current', 'replaced', 'undecoded'] as const;
export type SignerKey = (typeof signerKeys)[number];

/** Hash functions that a sender may use in place of SHA-512. */
export const otherAlgorithms = ['sha384', 'sha256', 'sha1', 'md5'] as const;
export type OtherAlgorithm = (typeof otherAlgorithms)[number];

/** Faults of a signature that a known key made. `cut`: its end is missing. `longer`: something follows it. */
const faults = ['older_header', 'other_form', ...otherAlgorithms, 'cut', 'longer'] as const;
export type SignerFault = (typeof faults)[number];

/**
 * Why no key is known. `malformed`: no HMAC-SHA512. `unkeyed`: a hash of the body, made without a key. `not_tried`: too many
 * such deliveries came at once.
 */
export const noSigners = [
  'unknown_key',
  'malformed',
  'unkeyed',
  ...otherAlgorithms.map((algorithm) => `${algorithm}_unknown_key` as const),
  'not_tried',
] as const;
export type NoSigner = (typeof noSigners)[number];

export interface Signer {
  environment: string;
  key: SignerKey;
  /** In the order of their words in the code. */
  faults: readonly SignerFault[];
}

/** Whose key signed a refused delivery: `uat current`, `prod undecoded older_header`, or why it is not known. */
export type SignedWith = `${string} ${SignerKey}${string}` | NoSigner;

export const signerCode = ({ environment, key, faults: own }: Signer): SignedWith =>
  `${environment} ${key}${own.map((fault) => ` ${fault}`).join('')}`;

/** null when the code names no key. */
export function readSigner(code: string | null): Signer | null {
  const [environment = '', key, ...more] = (code ?? '').split(' ');
  const known = signerKeys.find((each) => each === key);
  return known ? { environment, key: known, faults: faults.filter((fault) => more.includes(fault)) } : null;
}

const algorithmNames: Record<OtherAlgorithm, string> = {
  sha384: 'SHA384',
  sha256: 'SHA256',
  sha1: 'SHA1',
  md5: 'MD5',
};

const diagnoses: Record<string, string> = {
  malformed: 'its signature is no HMAC-SHA512',
  unkeyed: 'its signature is a hash of the body that was made without a key',
  ...Object.fromEntries(
    otherAlgorithms.map((algorithm) => [
      `${algorithm}_unknown_key`,
      `its signature has the length of an HMAC-${algorithmNames[algorithm]} and fits none of the keys that Envcheck knows; SpotDraft makes an HMAC-SHA512`,
    ]),
  ),
};

const noSignerTexts: Record<string, string> = {
  ...diagnoses,
  unknown_key: 'signed with none of the keys that Envcheck knows',
  not_tried: 'not tried with other keys, because many came at once',
};

/** True for a code that names no key and says what is wrong with the signature. */
export const isDiagnosis = (code: string | null): boolean => code !== null && Object.hasOwn(diagnoses, code);

const faultTexts: Record<SignerFault, string> = {
  older_header: 'in the older header X-SD-CONTENT-HASH',
  other_form: 'not as 128 lower-case hexadecimal characters',
  sha384: 'as an HMAC-SHA384 instead of an HMAC-SHA512',
  sha256: 'as an HMAC-SHA256 instead of an HMAC-SHA512',
  sha1: 'as an HMAC-SHA1 instead of an HMAC-SHA512',
  md5: 'as an HMAC-MD5 instead of an HMAC-SHA512',
  cut: 'and the end of the signature is missing',
  longer: 'and something follows the signature',
};

/** "signed with uat's key", "signed with prod's key, not base64-decoded, in the older header X-SD-CONTENT-HASH" */
export function signerText(code: string | null): string | null {
  const signer = readSigner(code);
  if (!signer) return code === null ? null : (noSignerTexts[code] ?? code.replaceAll('_', ' '));
  const { environment, key, faults: own } = signer;
  return [
    key === 'replaced' ? `signed with an earlier key of ${environment}` : `signed with ${environment}'s key`,
    ...(key === 'undecoded' ? ['not base64-decoded'] : []),
    ...own.map((fault) => faultTexts[fault]),
  ].join(', ');
}

/** The next step for a delivery to `receiver` that was signed like this; null when the signer is not known. */
export function signerRemedy(code: string | null, receiver: string): string | null {
  const signer = readSigner(code);
  // A malformed one may be anything, also of somebody who guesses.
  if (!signer) return isDiagnosis(code) && code !== 'malformed' ? SIGN_AS_DOCUMENTED : null;
  if (signer.environment !== receiver)
    return `In the workspace of ${signer.environment}, find the webhook whose URL is that of ${receiver}, and delete it or give it the URL of ${signer.environment}`;
  if (signer.key === 'replaced' && signer.faults.length === 0)
    return "The sender still uses a key that was replaced. Give it the workspace's current key";
  if (signer.key === 'current' && signer.faults.length === 0)
    return 'The key had just been changed, and Envcheck had not read the new one yet. Re-trigger the contract';
  return SIGN_AS_DOCUMENTED;
}

const SIGN_AS_DOCUMENTED =
  'SpotDraft signs neither so: the sender is another program or a proxy that signs anew. Let it follow the current API: key base64-decoded, HMAC-SHA512 in lower-case hexadecimal, header X-SD-WEBHOOK-CONTENT-HASH';
