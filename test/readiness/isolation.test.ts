import { describe, expect, test } from 'vitest';
import type { CheckInput } from '../../src/readiness/check.ts';
import { check as receiversCheck } from '../../src/readiness/checks/webhooks-receivers.ts';
import { check } from '../../src/readiness/checks/webhooks-separate.ts';
import { type Fact, known, unknown } from '../../src/spotdraft/fact.ts';
import type {
  AnsweredProbe,
  ProbeAnswer,
  ProbedReceiver,
} from '../../src/workspace/receivers/probe-result.ts';
import { there } from '../environment.ts';

const URL_OF_GATEWAY = 'https://gateway.example/spotdraft';
const reason = 'one gateway by design';

interface Written {
  url?: string;
  isolation?: { with: string[]; reason: string } | null;
  webhooksUrl?: string;
}

const environment = (
  name: string,
  { url = URL_OF_GATEWAY, isolation = null, webhooksUrl }: Written = {},
) => ({
  name,
  production: name === 'prod',
  webhooks: webhooksUrl === undefined ? null : { url: webhooksUrl },
  receivers: [{ name: 'gateway', url, probe: 'signed', isolation }],
});

const source = { callId: 'prb_1', method: 'POST', path: '/', attempts: 1, ms: 7, at: 0 };
const answer = (status: number, environmentNamed: string | null = null): Fact<ProbeAnswer> =>
  known({ status, redirectsTo: null, environment: environmentNamed }, [{ ...source, status }]);

/** Answers of a gateway that keeps UAT and production apart, to the probes of production. */
const proven: AnsweredProbe[] = [
  { signature: { kind: 'own_key' }, answer: answer(200, 'prod') },
  { signature: { kind: 'missing' }, answer: answer(401) },
  { signature: { kind: 'random_key' }, answer: answer(401) },
  { signature: { kind: 'other_key', environments: ['uat'] }, answer: answer(202, 'uat') },
  { signature: { kind: 'reserialised' }, answer: answer(401) },
  { signature: { kind: 'undecoded_key' }, answer: answer(401) },
];
const replaced = (at: number, changed: Fact<ProbeAnswer>): AnsweredProbe[] =>
  proven.with(at, { ...there(proven[at]), answer: changed });
const probed = (probes: AnsweredProbe[], untried: string[] = []): Partial<ProbedReceiver> => ({
  kind: 'probed',
  probes,
  untried: untried.map((name) => ({ environment: name, why: unknown('forbidden', 'GET hmac_key: 403', []) })),
});

function inputOf(
  environments: ReturnType<typeof environment>[],
  result: Partial<ProbedReceiver>,
  name = 'prod',
): CheckInput {
  return {
    environment: there(environments.find((each) => each.name === name)),
    environments,
    receivers: [{ name: 'gateway', host: 'gateway.example', ...result }],
  } as unknown as CheckInput;
}

const isolated = [environment('uat'), environment('prod', { isolation: { with: ['uat'], reason } })];

describe('an isolation', () => {
  test('passes when each key is taken for its own environment and wrong signatures are refused', () => {
    const input = inputOf(isolated, probed(proven));
    expect(check.judge(input)).toMatchObject({
      status: 'pass',
      expected: `receiver gateway (gateway.example) keeps prod (production) and uat apart (isolation: ${reason})`,
      actual: expect.stringMatching(/^gateway named the right environment for each key, and refused/),
    });
    expect(receiversCheck.judge(input)).toMatchObject({ status: 'pass' });
  });

  test.each([
    [['uat', 'stage'], ['uat', 'stage'], 'uat'],
    [['stage', 'uat'], ['uat', 'stage'], 'stage'],
    [['uat', 'stage'], ['uat', 'stage', 'dev'], null],
  ])('of environments %j with one key asks for separate credentials first', (together, sharing, named) => {
    const environments = [
      ...sharing.map((name) => environment(name, name === 'dev' ? { url: 'https://dev.example' } : {})),
      environment('prod', { isolation: { with: together, reason } }),
    ];
    const probes = proven.with(3, {
      signature: { kind: 'other_key', environments: sharing },
      answer: answer(200, named),
    });
    const judged = check.judge(inputOf(environments, probed(probes)));
    const labels = together.toSorted().toReversed().join(' and ');
    expect(judged).toMatchObject({
      status: 'fail',
      actual: `${labels} have the same webhook key, because their credentials open one workspace`,
      remedy: expect.stringMatching(new RegExp(`^Give ${labels} credentials of separate workspaces first: `)),
    });
    expect(judged.remedy).not.toMatch(/Environment/);
  });

  test('waits for credentials that are not those of another environment', () => {
    const { restsOn } = check;
    if (typeof restsOn !== 'function') throw new Error('restsOn is a list');
    expect(restsOn(inputOf(isolated, probed(proven)))).toEqual([
      'credentials.accepted',
      'credentials.distinct',
      'credentials.workspace',
    ]);
    expect(restsOn(inputOf([environment('uat'), environment('prod')], probed(proven)))).toEqual([]);
  });

  test.each<[string, AnsweredProbe[], RegExp, RegExp]>([
    [
      'the key of UAT is accepted without a name',
      replaced(3, answer(200)),
      /^gateway accepted the key of uat: 200 in 7 ms, with no X-Envcheck-Environment$/,
      /^Have gateway answer .* the key of uat verifies with X-Envcheck-Environment: uat/,
    ],
    [
      'the own key is accepted without a name',
      replaced(0, answer(200)),
      /^gateway accepted the key of prod \(production\): 200 in 7 ms, with no X-Envcheck/,
      /X-Envcheck-Environment: prod /,
    ],
    [
      'UAT is taken for production',
      replaced(3, answer(200, 'prod')),
      /with X-Envcheck-Environment “prod”$/,
      /X-Envcheck-Environment: uat /,
    ],
    [
      'both names are given for each key',
      replaced(3, answer(200, 'prod, uat')),
      /with X-Envcheck-Environment “prod, uat”$/,
      /X-Envcheck-Environment: uat /,
    ],
    [
      'the name is that of an environment nobody has',
      replaced(0, answer(200, 'production')),
      /with X-Envcheck-Environment “production”$/,
      /X-Envcheck-Environment: prod /,
    ],
    [
      'the key of UAT is refused',
      replaced(3, answer(401)),
      /^gateway refused the key of uat: 401/,
      /^Give gateway the webhook key of uat beside the others/,
    ],
    [
      'the own key is refused',
      replaced(0, answer(403)),
      /^gateway refused the key of prod \(production\): 403/,
      /^Give gateway the webhook key of prod \(production\) beside the others/,
    ],
    [
      'a missing signature is accepted',
      replaced(1, answer(200, 'prod')),
      /^gateway accepted a probe without a signature: 200/,
      /^Have gateway answer 401 to a webhook without/,
    ],
    [
      'a random key is accepted',
      replaced(2, answer(200, 'uat')),
      /^gateway accepted a random key: 200/,
      /^Have gateway compare X-SD-WEBHOOK-CONTENT-HASH/,
    ],
    [
      'everything is accepted, after which nothing more is sent',
      [...replaced(1, answer(202)).slice(0, 2), { signature: { kind: 'random_key' }, answer: answer(202) }],
      /^gateway accepted a probe without a signature: 202 in 7 ms\ngateway accepted a random key/,
      /^Have gateway verify X-SD-WEBHOOK-CONTENT-HASH before it answers/,
    ],
  ])('fails when %s', (_, probes, actual, remedy) => {
    const judged = check.judge(inputOf(isolated, probed(probes)));
    expect(judged.status).toBe('fail');
    expect(judged.actual).toMatch(actual);
    expect(judged.remedy).toMatch(remedy);
  });

  test.each<[string, Partial<ProbedReceiver>, RegExp]>([
    [
      'cannot be reached',
      probed([{ ...there(proven[0]), answer: unknown('network', 'refused', []) }]),
      /^receiver gateway .*: refused$/,
    ],
    [
      'answers 503 to UAT’s key',
      probed(replaced(3, answer(503)).slice(0, 4)),
      /probed with the key of uat: it answered 503/,
    ],
    [
      'is silent on a random key',
      probed(replaced(2, unknown('timeout', 'late', [])).slice(0, 3)),
      /a random key: late/,
    ],
    ['was not probed with UAT’s key', probed(proven.slice(0, 3)), /^not all probes/],
    ['was not probed without a signature', probed(proven.toSpliced(1, 1)), /^not all probes/],
    ['was not probed with a random key', probed(proven.toSpliced(2, 1)), /^not all probes/],
    [
      'was not probed with UAT’s key, which could not be read',
      probed(
        proven.filter(({ signature }) => signature.kind !== 'other_key'),
        ['uat'],
      ),
      /^receiver gateway was not probed with the key of uat, which could not be read: GET hmac_key: 403$/,
    ],
    [
      'has no key to sign with',
      { kind: 'no_key', why: unknown('forbidden', 'GET hmac_key: 403', []) },
      /403$/,
    ],
    [
      'is that of two environments with one workspace',
      { kind: 'not_sent', cause: 'same_workspace', reason: 'the credentials open the workspace of uat' },
      /^the isolation of gateway could not be tried: the credentials open/,
    ],
  ])('is unknown when the receiver %s', (_, result, why) => {
    const judged = check.judge(inputOf(isolated, result));
    expect(judged.status).toBe('unknown');
    expect(judged.reason).toMatch(why);
    expect(judged.remedy).toMatch(/\S/);
  });

  test('fails when its receiver is not probed, because nothing can prove it', () => {
    const result = { kind: 'not_sent', cause: 'probe_none', reason: 'probe: none' } as const;
    expect(check.judge(inputOf(isolated, result))).toMatchObject({
      status: 'fail',
      actual: expect.stringContaining('declared and not proven'),
      remedy: expect.stringMatching(/^Set probe: signed for gateway/),
    });
  });

  test('fails at a URL of Envcheck, which has one path per environment', () => {
    const own = 'https://envcheck.example/webhooks/prod';
    const result = { kind: 'not_sent', cause: 'own_url', reason: 'own URL' } as const;
    const written = { url: own, isolation: { with: ['uat'], reason }, webhooksUrl: own };
    const alone = [environment('uat', { url: 'https://crm.example/' }), environment('prod', written)];
    expect(check.judge(inputOf(alone, result))).toMatchObject({
      status: 'fail',
      remedy: expect.stringMatching(/^Remove the isolation of gateway/),
    });
    const uatsOwn = [environment('uat', { webhooksUrl: URL_OF_GATEWAY }), there(isolated[1])];
    expect(check.judge(inputOf(uatsOwn, probed(proven)))).toMatchObject({
      status: 'fail',
      actual: `${URL_OF_GATEWAY} is also webhooks.url of uat`,
    });
  });

  test('has to be proven even if the other environment lists no receiver at that URL', () => {
    const elsewhere = [environment('uat', { url: 'https://crm.example/' }), there(isolated[1])];
    expect(check.judge(inputOf(elsewhere, probed(proven))).status).toBe('pass');
    expect(check.judge(inputOf(elsewhere, probed(replaced(3, answer(401))))).status).toBe('fail');
  });
});

describe('an isolation that one side declares', () => {
  /** The same answers as seen from UAT, whose own key is probed first. */
  const fromUat: AnsweredProbe[] = [
    { signature: { kind: 'own_key' }, answer: answer(200, 'uat') },
    ...proven.slice(1, 3),
    { signature: { kind: 'other_key', environments: ['prod'] }, answer: answer(200, 'prod') },
    ...proven.slice(4),
  ];

  test('holds for both, whichever way the URL is written', () => {
    const written = 'https://GATEWAY.example:443/spotdraft/';
    const sides = [environment('uat', { url: written }), there(isolated[1])];
    const input = inputOf(sides, probed(fromUat), 'uat');
    expect([check.judge(input).status, receiversCheck.judge(input).status]).toEqual(['pass', 'pass']);
  });

  test('is not proven for the other side by the answers to this one', () => {
    const unnamed = fromUat.with(0, { ...there(fromUat[0]), answer: answer(200) });
    expect(check.judge(inputOf(isolated, probed(unnamed), 'uat'))).toMatchObject({
      status: 'fail',
      remedy: expect.stringContaining('X-Envcheck-Environment: uat'),
    });
  });

  test('holds among all environments that it names, and for no other', () => {
    const named = { isolation: { with: ['uat', 'staging'], reason } };
    const all = [environment('uat'), environment('staging'), environment('dev'), environment('prod', named)];
    const judged = check.judge(inputOf(all, probed(fromUat), 'uat'));
    expect([judged.status, judged.actual]).toEqual([
      'fail',
      `${URL_OF_GATEWAY} is also receiver gateway of dev`,
    ]);
    const three = all.filter(({ name }) => name !== 'dev');
    const complete = fromUat.toSpliced(4, 0, {
      signature: { kind: 'other_key', environments: ['staging'] },
      answer: answer(200, 'staging'),
    });
    expect(check.judge(inputOf(three, probed(complete), 'uat')).status).toBe('pass');
    expect(check.judge(inputOf(three, probed(fromUat), 'uat')).status).toBe('unknown');
  });
});

test('an isolation that both sides declare is judged once, with the reason of the first', () => {
  const both = [
    environment('uat', { isolation: { with: ['prod'], reason: 'as in production' } }),
    there(isolated[1]),
  ];
  expect(check.judge(inputOf(both, probed(proven)))).toMatchObject({
    status: 'pass',
    expected: expect.stringMatching(/^\S.* \(isolation: as in production\)$/),
  });
});

test('a receiver of another URL in the same environment is judged beside an isolation', () => {
  const [uat, prod] = isolated;
  const billing = { name: 'billing', url: 'https://billing.example/', probe: 'signed', isolation: null };
  const two = [there(uat), { ...there(prod), receivers: [...there(prod).receivers, billing] }];
  const unproven = inputOf(two, probed(replaced(2, answer(200, 'prod'))));
  const acceptsUat = { name: 'billing', host: 'billing.example', ...probed(proven) };
  const input = { ...unproven, receivers: [...unproven.receivers, acceptsUat] } as CheckInput;
  expect(check.judge(input)).toMatchObject({
    status: 'fail',
    actual: expect.stringMatching(/^gateway accepted a random key/),
  });
  expect(receiversCheck.judge(input)).toMatchObject({
    status: 'fail',
    actual: expect.stringMatching(/\nbilling accepted the key of uat: 202 in 7 ms$/),
  });
});

test('a shared receiver without an isolation fails, even if it keeps the environments apart', () => {
  const plain = [environment('uat'), environment('prod')];
  expect(check.judge(inputOf(plain, probed(proven)))).toMatchObject({
    status: 'fail',
    actual: `${URL_OF_GATEWAY} is also receiver gateway of uat`,
    remedy: expect.stringMatching(/^Give prod .* own receiver URL.* declare its isolation/),
  });
  // The sharing is reported once.
  expect(receiversCheck.judge(inputOf(plain, probed(proven)))).toMatchObject({ status: 'pass' });
});

test('an accepted key of two environments fails when one of them is not served', () => {
  const together: AnsweredProbe = {
    signature: { kind: 'other_key', environments: ['uat', 'staging'] },
    answer: answer(200, 'uat'),
  };
  const all = [...isolated, environment('staging', { url: 'https://crm.example/' })];
  expect(receiversCheck.judge(inputOf(all, probed(proven.with(3, together))))).toMatchObject({
    status: 'fail',
    actual: expect.stringMatching(/^gateway accepted the key of uat and staging/),
  });
});

test('an isolation covers the keys of its environments alone', () => {
  const staging: AnsweredProbe = {
    signature: { kind: 'other_key', environments: ['staging'] },
    answer: answer(200),
  };
  const all = [...isolated, environment('staging', { url: 'https://crm.example/' })];
  expect(receiversCheck.judge(inputOf(all, probed(proven.toSpliced(4, 0, staging))))).toMatchObject({
    status: 'fail',
    actual: expect.stringMatching(/^gateway accepted the key of staging/),
  });
});
