import { expect, test } from 'vitest';
import type { CheckInput } from '../../src/readiness/check.ts';
import { check } from '../../src/readiness/checks/webhooks-receivers.ts';
import { type Fact, known, unknown } from '../../src/spotdraft/fact.ts';
import type {
  AnsweredProbe,
  ProbeAnswer,
  ProbeSignature,
} from '../../src/workspace/receivers/probe-result.ts';
import { there } from '../environment.ts';
import fc from '../fast-check.ts';

const source = { method: 'POST', path: 'crm.example/', attempts: 1, ms: 7, at: 0 };
const answered = (status: number): Fact<ProbeAnswer> =>
  known({ status, redirectsTo: null, environment: null }, [{ ...source, callId: `prb_${status}`, status }]);

const within = (min: number, max: number) => fc.integer({ min, max });
const ofOthers = [407, 408, 425, 429];
const accepted = within(200, 299).map(answered);
const refused = within(400, 499)
  .filter((status) => !ofOthers.includes(status))
  .map(answered);
const nothing: fc.Arbitrary<Fact<ProbeAnswer>> = fc.oneof(
  fc
    .constantFrom('timeout' as const, 'network' as const, 'certificate' as const)
    .map((code) => unknown(code, 'no answer', [{ ...source, callId: 'prb_none', status: null }])),
  within(300, 399).map(answered),
  within(500, 599).map(answered),
  fc.constantFrom(...ofOthers).map(answered),
);
const any = fc.oneof(accepted, refused, nothing);
type Kind = ProbeSignature['kind'];
const wrongKinds = ['missing', 'random_key', 'other_key', 'reserialised', 'undecoded_key'] as const;
const probe = (kind: Kind, answer: Fact<ProbeAnswer>): AnsweredProbe => ({
  signature: kind === 'other_key' ? { kind, environments: ['uat'] } : { kind },
  answer,
});
/** A complete series: the right probe, then each wrong one. */
const series = (right: fc.Arbitrary<Fact<ProbeAnswer>>, wrong: fc.Arbitrary<Fact<ProbeAnswer>>) =>
  fc
    .tuple(right, fc.tuple(...wrongKinds.map(() => wrong)))
    .map(([own, others]) => [
      probe('own_key', own),
      ...others.map((answer, at) => probe(there(wrongKinds[at]), answer)),
    ]);

function judge(...probed: AnsweredProbe[][]) {
  const receivers = probed.map((probes, index) => ({
    name: `crm-${index}`,
    host: 'crm.example',
    url: `https://crm.example/${index}`,
    isolation: null,
    kind: 'probed',
    untried: [],
    probes,
  }));
  const environment = { name: 'prod', production: true, receivers };
  return check.judge({ environment, environments: [environment], receivers } as unknown as CheckInput);
}

test('only a receiver that accepted the right signature and refused every wrong one passes', () => {
  fc.assert(
    fc.property(series(accepted, refused), (probes) => {
      expect(judge(probes)).toMatchObject({ status: 'pass', remedy: null });
    }),
  );
});

test('a receiver to which one of the probes was not sent does not pass', () => {
  fc.assert(
    fc.property(series(accepted, refused), within(0, 5), (probes, left) => {
      const { signature } = there(probes[left]);
      const { status, reason } = judge(probes.filter((_, at) => at !== left));
      // The keys of other environments are counted where they are read.
      if (signature.kind === 'other_key') expect(status).toBe('pass');
      else
        expect([status, reason]).toEqual([
          'unknown',
          expect.stringMatching(/^receiver crm-0 was not probed with/),
        ]);
    }),
  );
});

test('a refused right signature or an accepted wrong one fails, whatever the other answers are', () => {
  fc.assert(
    fc.property(series(any, any), within(1, 5), accepted, (probes, at, bad) => {
      const all = probes.with(at, { ...there(probes[at]), answer: bad });
      expect(judge(all)).toMatchObject({ status: 'fail', remedy: expect.stringMatching(/\S/) });
    }),
  );
  fc.assert(
    fc.property(series(refused, any), within(1, 6), (probes, length) => {
      expect(judge(probes.slice(0, length))).toMatchObject({
        status: 'fail',
        remedy: expect.stringMatching(/\S/),
      });
    }),
  );
});

test('an inconclusive answer leaves the check unknown when nothing fails', () => {
  fc.assert(
    fc.property(series(accepted, refused), nothing, within(0, 5), (probes, silent, at) => {
      const unclear = [...probes.slice(0, at), { ...there(probes[at]), answer: silent }];
      const { status, reason, remedy } = judge(probes, unclear);
      expect([status, reason, remedy]).toEqual([
        'unknown',
        expect.stringMatching(/^receiver crm-1 \(crm\.example\), probed with/),
        expect.stringMatching(/\S/),
      ]);
    }),
  );
});

test('a refused certificate has its own next step', () => {
  const own = unknown('certificate', 'CERT_HAS_EXPIRED', []);
  expect(judge([probe('own_key', own)])).toMatchObject({
    reason: 'receiver crm-0 (crm.example), probed with the key of prod (production): CERT_HAS_EXPIRED',
    remedy: 'Find who presents this certificate: crm-0 itself, or a proxy between Envcheck and crm.example',
  });
});

test('a receiver that was not probed throws instead of passing', () => {
  const environment = { name: 'prod', receivers: [{ name: 'crm' }] };
  const input = { environment, environments: [environment], receivers: [] } as unknown as CheckInput;
  expect(() => check.judge(input)).toThrow('receiver crm is configured and was not probed');
});

test.each([404, 405, 410])('a right signature answered %i asks for the URL that is registered', (status) => {
  expect(judge([probe('own_key', answered(status))]).remedy).toMatch(
    /^Check that the url of receiver crm-0 is the one that is registered in the workspace of prod/,
  );
});
