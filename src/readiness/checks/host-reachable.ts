import { DAY_MS } from '../../time/units.ts';
import type { Check } from '../check.ts';
import { combine, fail, pass, remedyFor, unknownFinding } from '../judgement.ts';

const CERTIFICATE_DAYS = 14;

export const check: Check = {
  id: 'host.reachable',
  item: 'host',
  title: 'The host answers without a redirect',
  severity: 'blocking',
  restsOn: ['host.path', 'host.region'],
  judge({ environment: { baseUrl }, facts: { host, access }, now }) {
    const expected = 'an answer without redirect, with a valid certificate';
    if (host.redirected)
      return combine([
        fail(
          expected,
          host.redirected.reason,
          'Correct the baseUrl so that no request is redirected: a redirect turns a POST into a GET and can carry the credentials elsewhere',
          host.redirected.sources,
        ),
      ]);
    if (host.certificateRefused)
      return combine([
        fail(
          expected,
          host.certificateRefused.reason,
          remedyFor(host.certificateRefused),
          host.certificateRefused.sources,
        ),
      ]);
    if (!host.answered) {
      const why = host.unreachable ?? (access.known ? null : access);
      if (why) return combine([unknownFinding(expected, why)]);
    }
    const evidence = host.answered ? [host.answered] : [];
    const passed = combine([pass(expected, `answers at ${new URL(baseUrl).host}`, evidence)]);
    if (!host.certificate) return passed;
    const days = Math.floor((host.certificate.validTo - now) / DAY_MS);
    const until = new Date(host.certificate.validTo).toISOString().slice(0, 10);
    const actual = `${passed.actual}, certificate valid until ${until}`;
    if (days > CERTIFICATE_DAYS) return { ...passed, actual };
    const reason = `the certificate expires in ${days} days`;
    return { ...passed, status: 'warn', actual, reason, remedy: `Renew the certificate before ${until}` };
  },
};
