import type { Fact, Unknown } from '../../spotdraft/fact.ts';

/** HTTP answer to a probe. */
export interface ProbeAnswer {
  status: number;
  /** Host of a redirect; null when there is none or it names no host. Redirects are not followed. */
  redirectsTo: string | null;
}

/** A probe that the receiver must refuse. */
export interface WrongKeyProbe {
  /** Environment whose key signed it; null for a random key, when no other environment's key is available. */
  keyOf: string | null;
  answer: Fact<ProbeAnswer>;
}

/** Results of the probes to one receiver of the integration. */
export type ProbedReceiver = {
  /** Name in the config. */
  name: string;
  /** Host and port. The rest of the URL may hold a secret. */
  host: string;
} & (
  | { kind: 'not_sent'; reason: string }
  /** The environment's key could not be read, so nothing can be signed. */
  | { kind: 'no_key'; why: Unknown }
  | {
      kind: 'probed';
      /** Answer to the probe that is signed with this environment's key. */
      right: Fact<ProbeAnswer>;
      /** Empty when `right` shows that more probes are useless. */
      wrong: WrongKeyProbe[];
      /** Environments whose keys could not be read, so that no probe was signed with them. */
      untried: { environment: string; why: Unknown }[];
    }
);
