import { baseUrlProblems, regionHosts } from '../../spotdraft/regions.ts';
import type { Check } from '../check.ts';
import { combine, fail, pass } from '../judgement.ts';

export const check: Check = {
  id: 'host.region',
  item: 'host',
  title: 'The host belongs to the region',
  severity: 'blocking',
  restsOn: [],
  judge({ environment: { baseUrl, region }, trustedHosts }) {
    const expected = `${regionHosts[region]}, or one of trustedHosts`;
    const problem = baseUrlProblems(baseUrl, region, trustedHosts).host;
    const { host } = new URL(baseUrl);
    if (problem === null) return combine([pass(expected, host, [])]);
    const remedy =
      'Correct region or baseUrl, or add your own proxy to trustedHosts. Nothing is sent until then';
    return combine([fail(expected, `${host}: ${problem}`, remedy, [])]);
  },
};
