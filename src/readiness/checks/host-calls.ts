import type { Environment } from '../../config/config.ts';
import { regionHosts } from '../../spotdraft/regions.ts';
import type { LoggedCall } from '../../store/api-calls.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { Check, CheckInput } from '../check.ts';
import { combine, type Finding, fail, judgeFact, nothingRequired, nothingYet, pass } from '../judgement.ts';
import { callEvidence } from '../log-evidence.ts';

/** The configured host and path are what Envcheck calls. The integration has a configuration of its own. */
export const check: Check = {
  id: 'host.calls',
  item: 'host',
  title: 'The integration calls the configured host and path',
  severity: 'blocking',
  restsOn: ['host.path', 'host.region'],
  judge(input) {
    const { environment, log } = input;
    if (log.known && log.value.newestReported === null)
      return nothingRequired('the integration reports no calls');
    const placed = log.known ? newestDay(log.value.reported.filter(hasPlace), input.now) : [];
    if (log.known && placed.length === 0)
      return nothingYet('no reported call of the last 7 days names its host or its complete path');
    return combine(
      judgeFact(log, `calls to ${environment.baseUrl}`, () =>
        [...Map.groupBy(placed, placeText)].map(([place, calls]) =>
          judgePlace(place, calls, placed.length, input),
        ),
      ),
    );
  },
};

const DAY_MS = 86_400_000;

/** The calls of the last 24 h, so that a corrected integration passes after a day; without any, those of the last 7 days. */
function newestDay(calls: readonly LoggedCall[], now: number): readonly LoggedCall[] {
  const recent = calls.filter(({ at }) => at > now - DAY_MS);
  return recent.length > 0 ? recent : calls;
}

/** The version is in the path when it begins with /api; a path such as /contracts/ is relative to a base URL. */
const prefixOf = (path: string): string | null =>
  /^(.*?\/api\/+(?:api\/+)?[^/?]+(?:\/+public)?)(?=[/?]|$)/.exec(path)?.[1] ?? null;

const hasPlace = ({ host, path }: LoggedCall): boolean => host !== null || prefixOf(path) !== null;

const placeText = ({ host, path }: LoggedCall): string => `${host ?? ''}${prefixOf(path) ?? ''}`;

function judgePlace(
  place: string,
  calls: readonly LoggedCall[],
  total: number,
  { environment, environments, trustedHosts }: CheckInput,
): Finding {
  const base = new URL(environment.baseUrl);
  const expected = `calls to ${base.host}${base.pathname}`;
  const [newest] = calls;
  if (newest === undefined) throw new Error('a group of calls is never empty');
  const count = `${calls.length} of ${total} reported calls go to ${place}`;
  const wrong =
    hostProblem(newest.host, environment, environments, trustedHosts) ??
    pathProblem(newest.path, base.pathname);
  if (wrong === null) return pass(expected, count, [callEvidence(newest)]);
  return fail(
    expected,
    `${count}: ${wrong}`,
    `Have the integration of ${environmentLabel(environment)} call ${environment.baseUrl}`,
    [callEvidence(newest)],
  );
}

function hostProblem(
  host: string | null,
  { name, region, baseUrl }: Environment,
  environments: readonly Environment[],
  trustedHosts: readonly string[],
): string | null {
  if (host === null) return null;
  const base = new URL(baseUrl);
  const bare = host.replace(/^http:\/\//, '');
  if (bare !== host && base.protocol === 'https:') return 'it is plain http, and SpotDraft redirects it';
  if (bare === base.host || bare === regionHosts[region]) return null;
  const other = environments.find((each) => each.name !== name && new URL(each.baseUrl).host === bare);
  if (other) return `that is the host of ${environmentLabel(other)}`;
  const inRegion = Object.entries(regionHosts).find(([, each]) => each === bare)?.[0];
  if (inRegion) return `that is the host of region ${inRegion}, and the environment is in ${region}`;
  if (bare === 'api.spotdraft.com')
    return 'that host has no region; third-party connectors use it with an older version of the API';
  return trustedHosts.includes(bare) ? null : 'it is neither the configured host nor one of trustedHosts';
}

function pathProblem(path: string, wanted: string): string | null {
  const prefix = prefixOf(path);
  if (prefix === null || prefix === wanted || path.startsWith(`${wanted}/`)) return null;
  return `its path is ${prefix} and not ${wanted}`;
}
