import type { Config, Environment } from '../config/config.ts';
import { baseUrlProblems } from '../spotdraft/regions.ts';

/** Reason not to send any request to a wrong base URL, which would leak the credentials; null when it is right. */
export function baseUrlProblem(config: Config, { baseUrl, region }: Environment): string | null {
  const { path, host } = baseUrlProblems(baseUrl, region, config.trustedHosts);
  if (host) return 'nothing was sent, because the host of the baseUrl is wrong (host.region)';
  if (path) return 'nothing was sent, because the form of the baseUrl is wrong (host.path)';
  return null;
}
