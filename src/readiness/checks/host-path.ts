import { baseUrlProblems, defaultBaseUrl, PUBLIC_PATH } from '../../spotdraft/regions.ts';
import type { Check } from '../check.ts';
import { combine, fail, pass } from '../judgement.ts';

export const check: Check = {
  id: 'host.path',
  item: 'host',
  title: 'The base URL has https and the versioned public path',
  severity: 'blocking',
  restsOn: [],
  judge({ environment: { baseUrl, region }, trustedHosts }) {
    const expected = `https://<host>${PUBLIC_PATH}`;
    const problem = baseUrlProblems(baseUrl, region, trustedHosts).path;
    if (problem === null) return combine([pass(expected, baseUrl, [])]);
    const remedy = `Set baseUrl to ${defaultBaseUrl(region)}, or remove it: that is the default of region ${region}`;
    return combine([fail(expected, `${withoutLogin(baseUrl)}: ${problem}`, remedy, [])]);
  },
};

/** A login in a URL is a secret and must not be shown. */
function withoutLogin(baseUrl: string): string {
  return baseUrl.replace(/\/\/[^/]*@/, '//[secret]@').replace(/[?#].*$/, '');
}
