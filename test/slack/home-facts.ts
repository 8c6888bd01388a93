import { type CheckResult, items, type Report, type Verdict } from '../../src/readiness/report.ts';

const check = (status: CheckResult['status'], text: string): CheckResult => ({
  id: 'config.templates',
  item: 'configuration',
  status,
  severity: 'blocking',
  title: 'Templates are there and published',
  expected: text,
  actual: text,
  reason: null,
  remedy: status === 'pass' ? null : `Publish the template “${text}” in this workspace`,
  evidence: [],
});

/** A report with this verdict. */
export function anyReport(environment: string, verdict: Verdict, checkedAt: number, text: string): Report {
  const [item] = items.filter(({ id }) => id === 'configuration');
  if (!item) throw new Error('no such item');
  const worst = ({ ready: 'pass', not_ready: 'fail', unknown: 'unknown' } as const)[verdict];
  const checks = [check(worst, text), check(worst, text), check('pass', text), check('waived', text)];
  return {
    id: `rpt_${environment}`,
    environment,
    production: false,
    verdict,
    checkedAt,
    durationMs: 1_000,
    apiCalls: 17,
    snapshot: null,
    items: [{ ...item, status: worst, checks }],
  };
}
