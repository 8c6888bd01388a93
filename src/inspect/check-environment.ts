import type { Environment } from '../config/config.ts';
import { verdictOf } from '../readiness/evaluate.ts';
import type { Report } from '../readiness/report.ts';
import { randomId } from '../text/ids.ts';
import type { Progress } from '../workspace/progress.ts';
import { applyApprovals } from './apply-approvals.ts';
import type { InspectDependencies } from './dependencies.ts';
import { gatherFacts } from './gather-facts.ts';
import { judgeFacts } from './judge-facts.ts';
import { keepResults } from './keep-results.ts';

/** Checks one environment in four steps: gather facts, judge them, apply sign-offs and waivers, keep the results. */
export async function checkEnvironment(
  dependencies: InspectDependencies,
  environment: Environment,
  onProgress: (progress: Progress) => void,
): Promise<Report> {
  const checkedAt = dependencies.clock.now();
  const started = performance.now();
  const gathered = await gatherFacts(dependencies, environment, checkedAt, onProgress);
  const judged = judgeFacts(dependencies.config, environment, gathered, checkedAt);
  const items = await applyApprovals(dependencies, environment, judged, gathered, checkedAt);
  return keepResults(
    dependencies,
    {
      id: randomId('rpt'),
      environment: environment.name,
      production: environment.production,
      verdict: verdictOf(items),
      checkedAt,
      durationMs: Math.round(performance.now() - started),
      apiCalls: gathered.apiCalls,
      items,
    },
    gathered.snapshot,
  );
}
