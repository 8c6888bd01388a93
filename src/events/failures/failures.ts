import type { Environment } from '../../config/config.ts';
import { type AcknowledgeRequest, type AcknowledgeResult, acknowledge } from './acknowledge.ts';
import type { FailureDependencies } from './gather.ts';
import { type FailureOverview, readFailures } from './read-failures.ts';

/** Operations on failures for every surface. */
export interface Failures {
  read(environment: Environment): Promise<FailureOverview>;
  /** `actor`: `slack:U…`, or `cli:` and a name. */
  acknowledge(
    environment: Environment,
    request: AcknowledgeRequest,
    actor: string,
  ): Promise<AcknowledgeResult>;
}

export const createFailures = (dependencies: FailureDependencies): Failures => ({
  read: (environment) => readFailures(dependencies, environment),
  acknowledge: (environment, request, actor) => acknowledge(dependencies, environment, request, actor),
});
