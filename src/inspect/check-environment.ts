import type { Environment } from '../config/config.ts';
import { verdictOf } from '../readiness/evaluate.ts';
import type { Report } from '../readiness/report.ts';
import { randomId } from '../text/ids.ts';
import type { Progress } from '../workspace/progress.ts';
import { applyApprovals } from './apply-approvals.ts';
import type { InspectDependencies } from './dependencies.ts';
import { gatherFacts } from './gather-facts.ts';
import { judgeFacts } from './judge-facts.ts';
import { keepReport, keepSnapshot } from './keep-results.ts';

/**
 * Checks one environment in four steps: gather facts, judge them, apply sign-offs and waivers, keep the report. The snapshot
 * is kept as soon as it was read: its calls are spent, and no later step may lose them.
 */
export async function checkEnvironment(
  dependencies: InspectDependencies,
  environment: Environment,
  onProgress: (progress: Progress) => void,
): Promise<Report> {
  const checkedAt = dependencies.clock.now();
  const started = performance.now();
  const gathered = await gatherFacts(dependencies, environment, checkedAt, onProgress);
  const { snapshot } = gathered;
  const isKept =
    snapshot !== null && (await keepSnapshot(dependencies, environment.name, checkedAt, snapshot));
  const judged = judgeFacts(dependencies.config, environment, gathered, checkedAt);
  const items = await applyApprovals(dependencies, environment, judged, gathered, checkedAt);
  const report: Report = {
    id: randomId('rpt'),
    environment: environment.name,
    production: environment.production,
    verdict: verdictOf(items),
    checkedAt,
    durationMs: Math.round(performance.now() - started),
    apiCalls: gathered.apiCalls,
    snapshot: isKept ? snapshot.hash : null,
    items,
  };
  await keepReport(dependencies, report);
  return report;
}
