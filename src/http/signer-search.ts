import type { KeyObject } from 'node:crypto';
import { type SignedWith, type SignerFault, type SignerKey, signerCode } from '../events/log/signer-text.ts';
import { beginsWith, digestOf, fitsDigest, isUnkeyed, partOf } from '../spotdraft/webhook-signature.ts';
import type { Clock } from '../time/clock.ts';
import { MINUTE_MS } from '../time/units.ts';

/** A key that may have signed a refused delivery. */
export interface Candidate {
  environment: string;
  kind: SignerKey;
  key: KeyObject;
}

export interface GivenSignature {
  signature: string;
  olderHeader: boolean;
}

/** Bytes that are hashed for searches in a minute: about a tenth of a second of processor time. */
const MAX_HASHED_BYTES = 32 * 1024 * 1024;
/** Cost of one hash besides the bytes of the body. */
const HASH_BYTES = 1_024;
/** Keys that are tried in a flood. */
const FEW = 4;

/**
 * Finds whose key signed a refused delivery, among keys that are known already. A flood costs a few hashes per delivery: those
 * keys are tried first that were found last.
 */
export function createSignerSearch(clock: Clock) {
  let minute = 0;
  let hashed = 0;
  let recent: string[] = [];
  const rank = ({ environment, kind }: Candidate): number => {
    const at = recent.indexOf(`${environment} ${kind}`);
    return at === -1 ? FEW : at;
  };
  return (
    candidates: readonly Candidate[],
    body: Buffer,
    { signature, olderHeader }: GivenSignature,
  ): SignedWith => {
    const given = digestOf(signature);
    const part = partOf(signature);
    if (given === null && part === null) return 'malformed';
    const now = Math.floor(clock.now() / MINUTE_MS);
    if (now !== minute) hashed = 0;
    minute = now;
    const faultsBy = (key: KeyObject): SignerFault[] | null => {
      if (given !== null && fitsDigest(key, body, given))
        return [
          ...(given.otherForm ? (['other_form'] as const) : []),
          ...(given.algorithm === 'sha512' ? [] : [given.algorithm]),
        ];
      return part !== null && beginsWith(key, body, part.hex) ? [part.fault] : null;
    };
    let tried = 0;
    for (const { environment, kind, key } of candidates.toSorted((left, right) => rank(left) - rank(right))) {
      if (hashed > MAX_HASHED_BYTES && tried >= FEW) return 'not_tried';
      tried += 1;
      hashed += body.length + HASH_BYTES;
      const faults = faultsBy(key);
      if (faults === null) continue;
      const found = `${environment} ${kind}`;
      recent = [found, ...recent.filter((each) => each !== found)].slice(0, FEW);
      return signerCode({
        environment,
        key: kind,
        faults: [...(olderHeader ? (['older_header'] as const) : []), ...faults],
      });
    }
    if (given === null) return 'malformed';
    if (isUnkeyed(body, given)) return 'unkeyed';
    return given.algorithm === 'sha512' ? 'unknown_key' : `${given.algorithm}_unknown_key`;
  };
}
