import type { Report } from './report.ts';

/** The object of `check --json`, whose field names are a contract. Times are ISO 8601 UTC, durations ms. */
export function reportJson(report: Report): object {
  const { environment, verdict, checkedAt, durationMs, apiCalls, snapshot, items } = report;
  return {
    environment,
    verdict,
    checkedAt: new Date(checkedAt).toISOString(),
    durationMs,
    apiCalls,
    snapshot,
    items: items.map(({ id, title, status, checks }) => ({
      id,
      title,
      status,
      checks: checks.map((check) => ({
        id: check.id,
        status: check.status,
        severity: check.severity,
        title: check.title,
        expected: check.expected,
        actual: check.actual,
        reason: check.reason,
        remedy: check.remedy,
        evidence: check.evidence.map(({ method, path, status: answered, at, callId }) => ({
          method,
          path,
          status: answered,
          at: new Date(at).toISOString(),
          callId,
        })),
      })),
    })),
  };
}
