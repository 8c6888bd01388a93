import { readSignOffs } from '../approvals/sign-offs/read-sign-offs.ts';
import { waiveChecks } from '../approvals/waivers/apply-to-checks.ts';
import type { Environment } from '../config/config.ts';
import type { ItemResult } from '../readiness/report.ts';
import { judgeSignOffs, type SignOffFacts, signOffsOf, withSignOffs } from '../readiness/sign-offs.ts';
import { type Fact, known, unknown } from '../spotdraft/fact.ts';
import { inTransaction } from '../store/transaction.ts';
import { endWaiver, openWaivers } from '../store/waivers.ts';
import type { InspectDependencies } from './dependencies.ts';
import type { GatheredFacts } from './gather-facts.ts';

/**
 * Step 3 of a check: adds the sign-offs, then applies the waivers. It ends waivers of what has changed or passes, and voids
 * signatures under which the configuration changed. A store that fails approves nothing.
 */
export async function applyApprovals(
  dependencies: InspectDependencies,
  environment: Environment,
  judged: ItemResult[],
  gathered: GatheredFacts,
  now: number,
): Promise<ItemResult[]> {
  const facts = await readSignOffFacts(dependencies, environment, gathered, now);
  const signOffs = signOffsOf(dependencies.config.signOffs, environment.name);
  const results = judgeSignOffs(signOffs, facts, environment, now);
  return applyWaivers(dependencies, environment.name, withSignOffs(judged, results), now);
}

async function readSignOffFacts(
  dependencies: InspectDependencies,
  environment: Environment,
  { snapshot, facts: { access } }: GatheredFacts,
  now: number,
): Promise<Fact<SignOffFacts>> {
  try {
    const current = snapshot ?? { unread: access.known ? 'nothing was read' : access.reason };
    return known(await readSignOffs(dependencies, environment, current, now), []);
  } catch (error) {
    dependencies.logger.error({ err: error, environment: environment.name }, 'sign-offs not read');
    return unknown('database', 'the sign-offs could not be read from the database', []);
  }
}

async function applyWaivers(
  { db, logger }: InspectDependencies,
  environment: string,
  items: ItemResult[],
  now: number,
): Promise<ItemResult[]> {
  try {
    if ((await openWaivers(db, { kind: 'check', environment })).length === 0) return items;
    return await inTransaction(db, async (transaction) => {
      const waivers = await openWaivers(transaction, { kind: 'check', environment });
      const waived = waiveChecks(items, waivers, now);
      for (const { id, how } of waived.ended)
        await endWaiver(transaction, id, { at: now, how, by: null, reason: null });
      return waived.items;
    });
  } catch (error) {
    logger.error({ err: error, environment }, 'waivers not read');
    return items;
  }
}
