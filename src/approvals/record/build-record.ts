import type { Report } from '../../readiness/report.ts';
import { reportJson } from '../../readiness/report-json.ts';
import { signerText } from '../../readiness/sign-offs.ts';
import type { Database } from '../../store/database.ts';
import { type SignOffAct, signOffActs } from '../../store/sign-offs.ts';
import { waiversAt } from '../../store/waivers.ts';
import { toWaiver, type Waiver } from '../waivers/waiver.ts';

/** State of an environment at one report, for archiving. Times are ISO 8601 UTC. */
export interface GoLiveRecord {
  format: 'envcheck-record/1';
  /** Version of Envcheck that wrote it. */
  envcheck: string;
  report: string;
  environment: string;
  production: boolean;
  verdict: Report['verdict'];
  checkedAt: string;
  durationMs: number;
  apiCalls: number;
  /** SHA-256 of the configuration, hex; null when nothing could be read. */
  snapshot: string | null;
  items: object[];
  /** All acts on sign-offs until then, oldest first. */
  signOffs: object[];
  /** Waivers that were active then. */
  waivers: object[];
}

/** Builds a record from stored data alone: one report always gives the same record. */
export async function buildRecord(db: Database, report: Report, version: string): Promise<GoLiveRecord> {
  const { environment, checkedAt } = report;
  const { items } = reportJson(report) as { items: object[] };
  const acts = await signOffActs(db, environment, checkedAt);
  const waivers = await waiversAt(db, environment, checkedAt);
  return {
    format: 'envcheck-record/1',
    envcheck: version,
    report: report.id,
    environment,
    production: report.production,
    verdict: report.verdict,
    checkedAt: iso(checkedAt),
    durationMs: report.durationMs,
    apiCalls: report.apiCalls,
    snapshot: report.snapshot,
    items,
    signOffs: acts.map(actJson),
    waivers: waivers.map((row) => waiverJson(toWaiver(row, checkedAt))),
  };
}

const iso = (at: number): string => new Date(at).toISOString();
const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at));

const actJson = (act: SignOffAct): object => ({
  id: act.id,
  signOff: act.signOff,
  title: act.title,
  act: act.act,
  at: iso(act.at),
  by: signerText(act),
  note: act.note,
  evidence: act.link,
  snapshot: act.snapshot,
  until: isoOrNull(act.expiresAt),
  about: act.about,
  changes: act.changes,
});

const waiverJson = ({ id, subject, shown, reason, by, at, until }: Waiver): object => ({
  id,
  subject,
  shown,
  reason,
  by,
  at: iso(at),
  until: iso(until),
});
