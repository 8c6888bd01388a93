import type { Environment } from '../config/config.ts';
import { notApplicableIn } from '../config/requirements-for.ts';
import { settle, verdictOf } from '../readiness/evaluate.ts';
import type { Report } from '../readiness/report.ts';
import { randomId } from '../text/ids.ts';
import type { Progress } from '../workspace/progress.ts';
import { applyApprovals } from './apply-approvals.ts';
import type { Drift } from './compare-environments.ts';
import type { InspectDependencies } from './dependencies.ts';
import { gatherFacts } from './gather-facts.ts';
import { gatherPromotion } from './gather-promotion.ts';
import { judgeFacts } from './judge-facts.ts';
import { keepReport, keepSnapshot } from './keep-results.ts';

/**
 * Checks one environment in five steps: gather facts, judge them, apply sign-offs and waivers, settle, keep the report. The snapshot
 * is kept as soon as it was read: its calls are spent, and no later step may lose them.
 * @param compareAnew true when a stored comparison with the model must not serve
 */
export async function checkEnvironment(
  dependencies: InspectDependencies,
  drift: Drift,
  environment: Environment,
  compareAnew: boolean,
  onProgress: (progress: Progress) => void,
): Promise<Report> {
  const checkedAt = dependencies.clock.now();
  const started = performance.now();
  let first: Progress = { done: 0, planned: 0 };
  const gathered = await gatherFacts(dependencies, environment, checkedAt, (progress) => {
    first = progress;
    onProgress(progress);
  });
  const { snapshot } = gathered;
  const isKept =
    snapshot !== null && (await keepSnapshot(dependencies, environment.name, checkedAt, snapshot));
  const { config } = dependencies;
  const withoutModel = judgeFacts(config, environment, gathered, null, checkedAt);
  const promotion = await gatherPromotion(
    dependencies,
    drift,
    environment,
    gathered,
    withoutModel,
    { compareAnew, now: checkedAt },
    ({ done, planned }) => onProgress({ done: first.done + done, planned: first.planned + planned }),
  );
  const judged = judgeFacts(config, environment, gathered, promotion?.facts ?? null, checkedAt);
  const approved = await applyApprovals(dependencies, environment, judged, gathered, checkedAt);
  const items = settle(approved, environment.production, notApplicableIn(config, environment.name));
  const report: Report = {
    id: randomId('rpt'),
    environment: environment.name,
    production: environment.production,
    verdict: verdictOf(items),
    checkedAt,
    durationMs: Math.round(performance.now() - started),
    apiCalls: gathered.apiCalls + (promotion?.apiCalls ?? 0),
    snapshot: isKept ? snapshot.hash : null,
    items,
  };
  await keepReport(dependencies, report);
  return report;
}
