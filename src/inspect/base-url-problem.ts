import type { Config, Environment } from '../config/config.ts';
import { baseUrlProblems } from '../spotdraft/regions.ts';

/** A base URL that is wrong in itself gets no request: it would take the credentials to a place that was not meant. */
export function baseUrlProblem(config: Config, { baseUrl, region }: Environment): string | null {
  const { path, host } = baseUrlProblems(baseUrl, region, config.trustedHosts);
  if (host) return 'nothing was sent, because the host of the baseUrl is not the right one (host.region)';
  if (path) return 'nothing was sent, because the baseUrl is not of the right form (host.path)';
  return null;
}
