/**
 * Result of an act that a person asked for, in sentences that every surface shows as they are. Each act extends it with what
 * it changed.
 */
export interface ActResult {
  /** `refused`: nothing was changed. `lost`: something may have been changed, and a person has to check. */
  kind: 'done' | 'refused' | 'lost';
  /** One sentence or two that name the environment. */
  summary: string;
  /** The next step; null when none is needed. */
  remedy: string | null;
  /** `aud_…`; null when no audit entry was written. */
  auditId: string | null;
}

type Kind<K extends ActResult['kind']> = ActResult & { kind: K };

export const done = (summary: string, auditId: string): Kind<'done'> => ({
  kind: 'done',
  summary,
  remedy: null,
  auditId,
});

export const refused = (summary: string, remedy: string | null = null): Kind<'refused'> => ({
  kind: 'refused',
  summary,
  remedy,
  auditId: null,
});

/** Refusal of an act that is recorded with its reason. */
export const REASON_NEEDED = 'A reason is needed: the next person will ask for it.';

/** Longest reason of an act, characters. */
export const MAX_REASON = 500;

/** Why a trimmed reason cannot be recorded; null when it can. */
export const reasonProblem = (reason: string): string | null =>
  reason === ''
    ? REASON_NEEDED
    : reason.length > MAX_REASON
      ? `The reason has ${reason.length} characters; at most ${MAX_REASON} fit.`
      : null;

/** "This button was used before. Next: look at what arrived" */
export const resultLine = ({ summary, remedy }: Pick<ActResult, 'summary' | 'remedy'>): string =>
  remedy === null ? summary : `${summary} Next: ${remedy}`;
