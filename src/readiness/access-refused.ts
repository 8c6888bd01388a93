import type { Environment } from '../config/config.ts';
import type { Unknown } from '../spotdraft/fact.ts';
import { environmentLabel } from '../text/environment-label.ts';

/** The meaning of a refused authenticated read, and the next step; null when SpotDraft did not refuse it. */
export function accessRefused(
  { code }: Unknown,
  environment: Environment,
): { actual: string; remedy: string } | null {
  const label = environmentLabel(environment);
  if (code === 'unauthorized')
    return {
      actual: '401: the credentials are not accepted',
      remedy:
        `Generate credentials in the workspace of ${label} (Settings → Developer settings) and configure them; ` +
        `401 can also mean that the workspace is not in region ${environment.region}`,
    };
  if (code === 'forbidden')
    return {
      actual: '403: the credentials are valid but have no read permission',
      remedy:
        `Ask SpotDraft whether the workspace of ${label} has the public API, and an admin whether these credentials ` +
        'may use it',
    };
  return null;
}
