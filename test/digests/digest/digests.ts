import type {
  DigestFacts,
  EnvironmentFacts,
  OpenDifference,
} from '../../../src/digests/digest/digest-content.ts';
import type { ScheduledReport } from '../../../src/digests/schedule/scheduled-report.ts';
import type { CheckResult, Report, Status } from '../../../src/readiness/report.ts';
import { items } from '../../../src/readiness/report.ts';

export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;
/** A Tuesday, 09:00 in New York. */
export const NOW = Date.parse('2026-11-24T14:00:00Z');

export const scheduled = (changes: Partial<ScheduledReport> = {}): ScheduledReport => ({
  id: 'config:morning',
  name: 'morning',
  cron: '0 9 * * 1-5',
  timezone: 'America/New_York',
  channel: 'C0GENERAL',
  environments: ['prod', 'uat'],
  sections: ['readiness', 'drift', 'events'],
  when: 'changed',
  origin: 'config',
  ...changes,
});

export const aCheck = (id: string, status: Status, changes: Partial<CheckResult> = {}): CheckResult => ({
  id,
  item: 'configuration',
  status,
  severity: 'blocking',
  title: `What ${id} asks for is there`,
  expected: `template “${id}” exists`,
  actual: status === 'pass' ? 'as required' : 'not found among 4 templates',
  reason: status === 'unknown' ? 'the answer was 503' : null,
  remedy: status === 'fail' || status === 'unknown' ? `Create what ${id} asks for in SpotDraft` : null,
  evidence: [],
  ...changes,
});

export function aReport(environment: string, checks: CheckResult[], changes: Partial<Report> = {}): Report {
  const blocking = checks.filter(({ severity }) => severity === 'blocking');
  const verdict = blocking.some(({ status }) => status === 'fail')
    ? 'not_ready'
    : blocking.some(({ status }) => status === 'unknown')
      ? 'unknown'
      : 'ready';
  return {
    id: 'rpt_00000000000000000000000000',
    environment,
    production: environment.startsWith('prod'),
    verdict,
    checkedAt: NOW,
    durationMs: 4_200,
    apiCalls: 17,
    snapshot: 'a'.repeat(64),
    items: items
      .map(({ id, title }) => {
        const own = checks.filter((check) => check.item === id);
        return {
          id,
          title,
          status: own.find(({ status }) => status === 'fail')?.status ?? 'pass',
          checks: own,
        };
      })
      .filter((item) => item.checks.length > 0),
    ...changes,
  };
}

export const anEnvironment = (name: string, changes: Partial<EnvironmentFacts> = {}): EnvironmentFacts => ({
  name,
  production: name.startsWith('prod'),
  report: { known: aReport(name, [aCheck('config.templates', 'pass')]) },
  changes: { known: { changes: [], notRead: [] } },
  deliveries: {
    known: {
      verified: 120,
      duplicates: 3,
      refused: 0,
      failedOutcomes: 0,
      signers: [],
      silences: [],
      keepMs: 90 * DAY_MS,
    },
  },
  maintenance: [],
  ...changes,
});

export const aDifference = (path: string, changes: Partial<OpenDifference> = {}): OpenDifference => ({
  path,
  kind: 'changed',
  weight: 'breaking',
  left: 'date',
  right: 'string',
  fingerprint: `${path} 1`,
  firstSeen: NOW - 11.5 * DAY_MS,
  uncheckedSince: null,
  accepted: null,
  ...changes,
});

export const gathered = (changes: Partial<DigestFacts> = {}): DigestFacts => ({
  at: NOW,
  environments: [anEnvironment('prod'), anEnvironment('uat')],
  pairs: [
    {
      left: { name: 'uat', production: false },
      right: { name: 'prod', production: true },
      drift: { known: { open: [], notCompared: [] } },
    },
  ],
  expiring: [],
  ...changes,
});

/** Facts with these open differences in the one pair. */
export const withDifferences = (open: OpenDifference[], changes: Partial<DigestFacts> = {}): DigestFacts => {
  const base = gathered(changes);
  return {
    ...base,
    pairs: base.pairs.map((pair) => ({ ...pair, drift: { known: { open, notCompared: [] } } })),
  };
};
