import { regionHosts } from '../../spotdraft/regions.ts';
import type { CallTarget } from '../../store/api-calls.ts';
import { environmentLabel } from '../../text/environment-label.ts';
import type { Check, CheckInput } from '../check.ts';
import {
  combine,
  type Finding,
  fail,
  judgeFact,
  nothingRequired,
  nothingYet,
  pass,
  skip,
} from '../judgement.ts';
import { callEvidence } from '../log-evidence.ts';

/** The configured host and path are what Envcheck calls. The integration has a configuration of its own. */
export const check: Check = {
  id: 'host.calls',
  item: 'host',
  title: 'Host and path of the calls that the integration reports',
  severity: 'blocking',
  restsOn: ['host.path', 'host.region'],
  judge(input) {
    const { environment, log } = input;
    if (log.known && log.value.newestReported === null)
      return nothingRequired('the integration reports no calls');
    if (log.known && !log.value.targets.some(({ host, start }) => host !== null || prefixOf(start) !== null))
      return nothingYet('no reported call of the last 7 days names its host or its complete path');
    const { host, pathname } = new URL(environment.baseUrl);
    return combine([
      ...judgePart(input, {
        expected: `calls to the host ${host}`,
        partOf: ({ host }) => host,
        none: 'no reported call names its host; send `host` (docs/reporting.md)',
        which: 'that name their host go to',
        problem: (value) => hostProblem(value, input),
      }),
      ...judgePart(input, {
        expected: `calls with the path ${pathname}`,
        partOf: ({ start }) => prefixOf(start),
        none: 'no reported call has its complete path; send it from /api on (docs/reporting.md)',
        which: 'with a complete path have',
        problem: (prefix) => (prefix === pathname ? null : `the configured path is ${pathname}`),
      }),
    ]);
  },
};

/** Host or path of the calls. Each is judged by itself, because calls to another region have the same path. */
interface Part {
  expected: string;
  /** null when the call does not say it. */
  partOf(target: CallTarget): string | null;
  /** Reason when no call says it. */
  none: string;
  /** Names the calls that say it, with the verb. */
  which: string;
  /** null when the value is right. */
  problem(value: string): string | null;
}

function judgePart(
  { environment, log }: CheckInput,
  { expected, partOf, none, which, problem }: Part,
): Finding[] {
  return judgeFact(log, expected, ({ targets }) => {
    const calls = newestDay(targets.filter((target) => partOf(target) !== null));
    if (calls.length === 0) return [skip(expected, none)];
    return [...Map.groupBy(calls, (target) => partOf(target) ?? '')].map(([value, same]) => {
      const count = `${countOf(same)} of ${countOf(calls)} reported calls ${which} ${value}`;
      const evidence = same.slice(0, 1).map(({ newest }) => callEvidence(newest));
      const wrong = problem(value);
      if (wrong === null) return pass(expected, count, evidence);
      return fail(
        expected,
        `${count}: ${wrong}`,
        `Have the integration of ${environmentLabel(environment)} call ${environment.baseUrl}`,
        evidence,
      );
    });
  });
}

const countOf = (targets: readonly CallTarget[]): number =>
  targets.reduce((sum, { count }) => sum + count, 0);

/** The calls of the last 24 h, so that a corrected integration passes after a day; without any, those of the last 7 days. */
function newestDay(targets: readonly CallTarget[]): readonly CallTarget[] {
  const recent = targets.filter(({ isRecent }) => isRecent);
  return recent.length > 0 ? recent : targets;
}

/** The version is in the path when it begins with /api; a path such as /contracts/ is relative to a base URL. */
const prefixOf = (path: string): string | null =>
  /^(.*?\/api\/+(?:api\/+)?[^/?]+(?:\/+public)?)(?=[/?]|$)/i.exec(path)?.[1] ??
  /^\/(?:v\d[\d.]*|public\/v\d[\d.]*)(?=[/?]|$)/i.exec(path)?.[0] ??
  null;

function hostProblem(
  host: string,
  { environment: { name, region, baseUrl }, environments, trustedHosts }: CheckInput,
): string | null {
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
