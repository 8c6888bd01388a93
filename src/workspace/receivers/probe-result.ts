import type { Fact, Unknown } from '../../spotdraft/fact.ts';

/** What an HTTP answer to a probe said. */
export interface ProbeAnswer {
  status: number;
  /** The host that a redirect leads to; null: none, or it does not say. Redirects are not followed. */
  redirectsTo: string | null;
}

/** A probe whose signature the receiver must not accept. */
export interface WrongProbe {
  /** The environment whose key signed it; null: a random key, where no other environment's is at hand. */
  keyOf: string | null;
  answer: Fact<ProbeAnswer>;
}

/** What became of the probes to one receiver of the integration. */
export type ProbedReceiver = {
  /** As configured. */
  name: string;
  /** With its port. The rest of a URL may hold a secret. */
  host: string;
} & (
  | { kind: 'not_sent'; reason: string }
  /** Without this environment's key there is nothing to sign with. */
  | { kind: 'no_key'; why: Unknown }
  | {
      kind: 'probed';
      /** To the probe that is signed with this environment's key. */
      right: Fact<ProbeAnswer>;
      /** Empty where `right` shows that there is no use in sending more. */
      wrong: WrongProbe[];
      /** Environments with whose keys it was not tried, because they could not be read. */
      untried: { environment: string; why: Unknown }[];
    }
);
