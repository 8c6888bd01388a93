import { expect, test } from 'vitest';
import type { CheckInput } from '../../src/readiness/check.ts';
import { check } from '../../src/readiness/checks/webhooks-receivers.ts';
import { type Fact, known, unknown } from '../../src/spotdraft/fact.ts';
import type { ProbeAnswer, ProbedReceiver } from '../../src/workspace/receivers/probe-result.ts';
import fc from '../fast-check.ts';

const source = { method: 'POST', path: 'crm.example/', attempts: 1, ms: 7, at: 0 };
const answered = (status: number): Fact<ProbeAnswer> =>
  known({ status, redirectsTo: null }, [{ ...source, callId: `prb_${status}`, status }]);

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
const several = (answer: fc.Arbitrary<Fact<ProbeAnswer>>) =>
  fc.array(fc.record({ keyOf: fc.constantFrom('uat', null), answer }), { minLength: 1, maxLength: 3 });

function judge(...probed: Pick<Extract<ProbedReceiver, { kind: 'probed' }>, 'right' | 'wrong'>[]) {
  const receivers = probed.map((each, index) => ({
    name: `crm-${index}`,
    host: 'crm.example',
    kind: 'probed',
    untried: [],
    ...each,
  }));
  const environment = { name: 'prod', production: true, receivers };
  return check.judge({ environment, receivers } as unknown as CheckInput);
}

test('only a receiver that accepted the right signature and refused every wrong one passes', () => {
  fc.assert(
    fc.property(accepted, several(refused), (right, wrong) => {
      expect(judge({ right, wrong })).toMatchObject({ status: 'pass', remedy: null });
    }),
  );
});

test('a refused right signature or an accepted wrong one fails, whatever the other answers are', () => {
  fc.assert(
    fc.property(any, several(any), accepted, (right, wrong, bad) => {
      const all = [...wrong, { keyOf: 'uat', answer: bad }];
      expect(judge({ right, wrong: all })).toMatchObject({
        status: 'fail',
        remedy: expect.stringMatching(/\S/),
      });
    }),
  );
  fc.assert(
    fc.property(
      refused,
      fc.oneof(
        several(any),
        several(any).map(() => []),
      ),
      (right, wrong) => {
        expect(judge({ right, wrong })).toMatchObject({
          status: 'fail',
          remedy: expect.stringMatching(/\S/),
        });
      },
    ),
  );
});

test('an inconclusive answer leaves the check unknown when nothing fails', () => {
  fc.assert(
    fc.property(accepted, several(refused), nothing, fc.boolean(), (right, wrong, silent, first) => {
      const unclear = first
        ? { right: silent, wrong: [] }
        : { right, wrong: [{ keyOf: 'uat', answer: silent }] };
      const { status, reason, remedy } = judge({ right, wrong }, unclear);
      expect([status, reason, remedy]).toEqual([
        'unknown',
        expect.stringMatching(
          /^receiver crm-1 \(crm\.example\), probed with the key of (?:uat|prod \(production\)): /,
        ),
        expect.stringMatching(/\S/),
      ]);
    }),
  );
});

test('a refused certificate has its own next step', () => {
  const right = unknown('certificate', 'CERT_HAS_EXPIRED', []);
  expect(judge({ right, wrong: [] })).toMatchObject({
    reason: 'receiver crm-0 (crm.example), probed with the key of prod (production): CERT_HAS_EXPIRED',
    remedy: 'Find who presents this certificate: crm-0 itself, or a proxy between Envcheck and crm.example',
  });
});

test('a receiver that was not probed throws instead of passing', () => {
  const environment = { name: 'prod', receivers: [{ name: 'crm' }] };
  const input = { environment, receivers: [] } as unknown as CheckInput;
  expect(() => check.judge(input)).toThrow('receiver crm is configured and was not probed');
});
