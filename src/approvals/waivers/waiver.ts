import type { WaiverRow } from '../../store/tables/acts.ts';
import type { WaiverSubject } from '../../store/waivers.ts';

/** A waiver for display. Times are epoch ms UTC. */
export interface Waiver {
  /** `wvr_…` */
  id: string;
  subject: WaiverSubject;
  /** The accepted failure or difference, on one line. */
  shown: string;
  reason: string;
  /** `slack:U…`, or `cli:` and a name. */
  by: string;
  at: number;
  /** End, not included. */
  until: number;
  /** `changed` and `resolved`: what was accepted has changed or is gone. `not judged`: the config no longer has it. */
  state: 'active' | 'expired' | 'revoked' | 'changed' | 'resolved' | 'not judged';
  /** null while it is active. */
  endedAt: number | null;
  /** Person who revoked it; null when nobody did. */
  endedBy: string | null;
  endedReason: string | null;
}

export function toWaiver(row: WaiverRow, now: number): Waiver {
  const isOver = row.ended_at === null && row.until <= now;
  return {
    id: row.id,
    subject:
      row.kind === 'difference'
        ? { kind: 'difference', left: row.left_environment, environment: row.environment, path: row.subject }
        : { kind: 'check', environment: row.environment, check: row.subject },
    shown: row.shown,
    reason: row.reason,
    by: row.accepted_by,
    at: row.accepted_at,
    until: row.until,
    state: isOver ? 'expired' : (row.ended_how ?? 'active'),
    endedAt: isOver ? row.until : row.ended_at,
    endedBy: row.ended_by,
    endedReason: row.ended_reason,
  };
}

/** "check config.templates of prod", "difference uat → prod: templates/NDA" */
export const subjectText = (subject: WaiverSubject): string =>
  subject.kind === 'check'
    ? `check ${subject.check} of ${subject.environment}`
    : `difference ${subject.left} → ${subject.environment}: ${subject.path}`;
