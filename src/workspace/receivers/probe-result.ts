import type { Fact, Unknown } from '../../spotdraft/fact.ts';

/** HTTP answer to a probe. */
export interface ProbeAnswer {
  status: number;
  /** Host of a redirect; null when there is none or it names no host. Redirects are not followed. */
  redirectsTo: string | null;
  /** Value of `X-Envcheck-Environment`: the environment that the receiver took the probe for. null without the header. */
  environment: string | null;
}

/** How a probe is signed. */
export type ProbeSignature =
  /** Right, as SpotDraft signs. */
  | { kind: 'own_key' }
  | { kind: 'missing' }
  | { kind: 'random_key' }
  /** `environments` have this key; more than one when their credentials open the same workspace. */
  | { kind: 'other_key'; environments: string[] }
  /** The own key, over the parsed and serialised body instead of its bytes. */
  | { kind: 'reserialised' }
  /** Right, over a body that looks the same after parsing and serialising. Only sent when `own_key` was refused. */
  | { kind: 'plain_body' }
  /** The own key's base64 text instead of the bytes it stands for. */
  | { kind: 'undecoded_key' }
  /** `X-SD-CONTENT-HASH`, the header of an older document of SpotDraft, instead of today's. */
  | { kind: 'older_header' };

export interface AnsweredProbe {
  signature: ProbeSignature;
  answer: Fact<ProbeAnswer>;
}

/** Results of the probes to one receiver of the integration. */
export type ProbedReceiver = {
  /** Name in the config. */
  name: string;
  /** Host and port. The rest of the URL may hold a secret. */
  host: string;
} & (
  | { kind: 'not_sent'; cause: 'probe_none' | 'own_url' | 'same_workspace'; reason: string }
  /** The environment's key could not be read, so nothing can be signed. */
  | { kind: 'no_key'; why: Unknown }
  | {
      kind: 'probed';
      /** Probes in the order of sending, the right one first. The series ends early when more probes are useless. */
      probes: AnsweredProbe[];
      /** Environments whose keys could not be read, so that no probe was signed with them. */
      untried: { environment: string; why: Unknown }[];
    }
);
