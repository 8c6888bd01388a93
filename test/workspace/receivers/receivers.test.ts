import { expect, test } from 'vitest';
import type { Workspace } from '../../../sandbox/spotdraft/workspace.ts';
import { readWebhookPayload } from '../../../src/spotdraft/webhook-payload.ts';
import { checkOf, environmentFile, type StandOptions, startStand } from '../../environment.ts';
import { loadOpenApi, NO_OPENAPI } from '../../openapi.ts';
import { validateWebhook } from '../../openapi-validation.ts';
import { movableClock } from '../../time/movable-clock.ts';
import { type Answering, signerOf, startReceiver, statuses, withReceiver } from './receiver.ts';

const ID = 'webhooks.receivers';

/** Checks production with one receiver that answers like this; returns the report and the check. */
async function probed(answering: Answering, options: StandOptions = {}) {
  const receiver = await startReceiver(answering);
  const stand = await startStand({ edit: withReceiver(receiver.url), ...options });
  const report = await stand.check();
  return { receiver, stand, report, check: checkOf(report, ID) };
}

test('a receiver that accepts the right signature and refuses that of UAT passes, with both answers as evidence', async () => {
  const { receiver, stand, check } = await probed(statuses(202, 401));
  expect([check.status, check.reason, check.remedy]).toEqual(['pass', null, null]);
  const name = `receiver crm-sync (127.0.0.1:${receiver.port})`;
  expect(check.expected.split('\n')).toEqual([
    `${name} accepts a probe with the key of prod (production)`,
    `${name} refuses one without a signature`,
    `${name} refuses one with a random key`,
    `${name} refuses one with the key of uat`,
    `${name} refuses one with a signature over the re-serialised JSON`,
    `${name} refuses one with the undecoded key of prod (production)`,
  ]);
  expect(check.actual.replaceAll(/ in \d+ ms/g, '').split('\n')).toEqual([
    'crm-sync accepted the key of prod (production): 202',
    'crm-sync refused a probe without a signature: 401',
    'crm-sync refused a random key: 401',
    'crm-sync refused the key of uat: 401',
    'crm-sync refused a signature over the re-serialised JSON: 401',
    'crm-sync refused the undecoded key of prod (production): 401',
  ]);
  const { arrived } = receiver;
  expect(arrived.map((each) => signerOf(each, [stand.uat, stand.prod]))).toEqual([
    'prod',
    null,
    null,
    'uat',
    null,
    null,
  ]);
  expect(arrived.map(({ headers }) => headers['x-sd-webhook-content-hash']?.length)).toEqual([
    128,
    undefined,
    128,
    128,
    128,
    128,
  ]);
  const ids = arrived.map(({ headers }) => headers['x-envcheck-probe']);
  expect(check.evidence).toMatchObject(
    ids.map((callId, at) => ({
      callId,
      method: 'POST',
      path: `127.0.0.1:${receiver.port}/[secret]`,
      status: at === 0 ? 202 : 401,
    })),
  );
  // Probes are not calls to SpotDraft's API, so they are not in the log of API calls.
  const calls = await stand.core.db.selectFrom('api_calls').select('call_id').execute();
  expect(calls.filter(({ call_id }) => ids.includes(call_id))).toEqual([]);
});

test('a probe is a webhook of the documented shape, without a contract, and names itself a probe', async (ctx) => {
  const { receiver } = await probed(statuses(200, 401));
  for (const { method, headers, body } of receiver.arrived) {
    const payload = JSON.parse(body.toString());
    expect([method, headers['content-type']]).toEqual(['POST', 'application/json']);
    expect(payload.envcheck_probe).toMatch(/^prb_[0-9a-z]{26}$/);
    expect(headers['x-envcheck-probe']).toBe(payload.envcheck_probe);
    expect(readWebhookPayload(body)).toMatchObject({
      activity: 'CONTRACT_ACTIVITY_LOG_COMMENT_CREATED',
      contractId: 0,
      identifiers: [
        { kind: 'contract', value: '0' },
        { kind: 'time', value: expect.any(String) },
      ],
    });
  }
  if (!loadOpenApi()) return ctx.skip(NO_OPENAPI);
  for (const { body } of receiver.arrived) {
    const { envcheck_probe: _, ...documented } = JSON.parse(body.toString());
    expect(validateWebhook(documented)).toEqual([]);
  }
});

/** A redirect. */
const location =
  (to: string): Answering =>
  (response) =>
    void response.writeHead(302, { location: to }).end();

test.each<[string, Answering, RegExp, RegExp, number]>([
  [
    'closes the connection',
    (response) => void response.socket?.resetAndDestroy(),
    /: connection (?:reset|closed)/,
    /^Check that crm-sync runs and that .* can reach 127\.0\.0\.1:\d+ \(DNS, proxy, firewall\)/,
    1,
  ],
  ['has too much to do', statuses(429), /: it answered 429 in /, /^Check again in a minute/, 1],
  [
    'fails',
    statuses(500, 503),
    /: it answered 500 in .*\n.*: it answered 503 in /,
    /^Find the error in the log of/,
    2,
  ],
  ['fails at the wrong one', statuses(200, 500), /: it answered 500 in /, /to a wrong signature, 401$/, 3],
  [
    'redirects',
    location('https://u:hunter2@login.example/in?token=hunter2'),
    /: it answered 302, a redirect to login\.example in /,
    /^Set the url of receiver crm-sync to the one that receives webhooks/,
    1,
  ],
  ['redirects to itself', location('/spotdraft'), /a redirect to 127\.0\.0\.1:\d+ in /, /^Set the url/, 1],
  [
    'stands behind a login',
    statuses(407),
    /: it answered 407 in /,
    /check the proxy in front of crm-sync$/,
    2,
  ],
])(
  'a receiver that %s is unknown and gets no useless probes',
  async (_, answering, reason, remedy, asked) => {
    const { report, check, receiver } = await probed(answering);
    expect([report.verdict, check.status, check.actual]).toEqual(['unknown', 'unknown', 'unknown']);
    expect(check.reason).toMatch(
      /^receiver crm-sync \(127\.0\.0\.1:\d+\), probed with(?: the key of prod \(production\)|out a signature| a random key): /,
    );
    expect(check.reason).toMatch(reason);
    expect(check.remedy).toMatch(remedy);
    expect(receiver.arrived).toHaveLength(asked);
    expect(JSON.stringify(report)).not.toContain('hunter2');
  },
);

test('a receiver that never answers is unknown after its own time limit, and gets no second probe', async () => {
  const timeoutMs = (own: number) => (own === 5_000 ? 300 : own);
  const { report, check, receiver } = await probed(() => {}, { overrides: { timeoutMs } });
  expect([report.verdict, check.status]).toEqual(['unknown', 'unknown']);
  expect(check.reason).toMatch(/: no answer within 0\.3 s$/);
  // On a busy machine even the first probe may not have arrived by then.
  expect(check.evidence).toMatchObject([{ status: null }]);
  expect(receiver.arrived.length).toBeLessThan(2);
});

test.each([
  ['where nothing listens', 'http://127.0.0.1:1/spotdraft', /: connection refused \(ECONNREFUSED\)$/],
  ['whose name does not resolve', 'https://crm.invalid/spotdraft', /\(E(?:NOTFOUND|AI_AGAIN)\)$/],
])('a receiver %s is unknown instead of failing', async (_, url, reason) => {
  const stand = await startStand({ edit: withReceiver(url) });
  const report = await stand.check();
  expect([report.verdict, checkOf(report, ID).status]).toEqual(['unknown', 'unknown']);
  expect(checkOf(report, ID).reason).toMatch(reason);
  expect(checkOf(report, ID).remedy).toMatch(/If it must not, set probe: none$/);
});

test('a receiver without TLS at an https URL is unknown', async () => {
  const receiver = await startReceiver(statuses(200, 401));
  const stand = await startStand({ edit: withReceiver(receiver.url.replace('http:', 'https:')) });
  expect(checkOf(await stand.check(), ID)).toMatchObject({
    status: 'unknown',
    reason: expect.stringMatching(/no TLS on the other side/),
  });
  expect(receiver.arrived).toEqual([]);
});

test('an endless answer counts by its status', async () => {
  const { check } = await probed((response, before) => {
    response.writeHead(before === 0 ? 200 : 401);
    const more = () => {
      while (response.write('x'.repeat(16_384)));
    };
    response.on('drain', more);
    more();
  });
  expect(check.status).toBe('pass');
});

test('a receiver with probe: none gets no probe, and the report says so', async () => {
  const receiver = await startReceiver(statuses(200));
  const alone = await startStand({ edit: withReceiver(receiver.url, 'none') });
  expect(checkOf(await alone.check(), ID)).toMatchObject({
    status: 'skipped',
    reason: 'receiver crm-sync is not probed (probe: none)',
  });
  expect(receiver.arrived).toEqual([]);

  const other = await startReceiver(statuses(200, 401));
  const beside = await startStand({
    edit: (file) => {
      environmentFile(file, 'prod').receivers = [
        { name: 'crm-sync', url: other.url, probe: 'signed' },
        { name: 'archive', url: receiver.url, probe: 'none' },
      ];
    },
  });
  expect(checkOf(await beside.check(), ID)).toMatchObject({
    status: 'pass',
    reason: '1 not judged: receiver archive is not probed (probe: none)',
  });
  expect(receiver.arrived).toEqual([]);
});

test('the check is skipped when no receiver is configured', async () => {
  const stand = await startStand();
  expect(checkOf(await stand.check(), ID)).toMatchObject({
    status: 'skipped',
    reason: 'no receiver is configured',
  });
});

test('the failing one of two receivers is named, and both are probed', async () => {
  const good = await startReceiver(statuses(200, 401));
  const bad = await startReceiver(statuses(200));
  const stand = await startStand({
    edit: (file) => {
      environmentFile(file, 'prod').receivers = [
        { name: 'crm-sync', url: good.url, probe: 'signed' },
        { name: 'billing', url: bad.url, probe: 'signed' },
      ];
    },
  });
  const check = checkOf(await stand.check(), ID);
  expect([check.status, check.expected]).toEqual([
    'fail',
    `receiver billing (127.0.0.1:${bad.port}) verifies the signature before it answers`,
  ]);
  expect(good.arrived).toHaveLength(6);
});

test('the webhook URL of Envcheck gets no probe, which would be stored as an event', async () => {
  const receiver = await startReceiver(statuses(200, 401));
  const own = receiver.url.replace('/spotdraft', '/webhooks/prod');
  const stand = await startStand({
    edit: (file, spotdraft) => {
      withReceiver(`${own}/`)(file, spotdraft);
      file.publicUrl = own.replace('/webhooks/prod', '');
    },
  });
  expect(checkOf(await stand.check(), ID)).toMatchObject({
    status: 'skipped',
    reason: expect.stringMatching(/at which Envcheck itself receives webhooks/),
  });
  expect(receiver.arrived).toEqual([]);
});

test('the check is unknown when UAT’s key cannot be read, and the other probes are sent', async () => {
  const receiver = await startReceiver(statuses(200, 401));
  const stand = await startStand({ edit: withReceiver(receiver.url) });
  stand.spotdraft.faults.add({ workspace: 'uat', fault: { kind: 'status', status: 403 } });
  const check = checkOf(await stand.check(), ID);
  expect(check.status).toBe('unknown');
  expect(check.expected).toMatch(/ refuses one with the key of uat$/);
  expect(check.reason).toMatch(
    /^receiver crm-sync was not probed with the key of uat, which could not be read: GET .*hmac_key/,
  );
  expect(receiver.arrived.map((each) => signerOf(each, [stand.uat, stand.prod]))).toEqual([
    'prod',
    ...Array(4).fill(null),
  ]);
});

test('a receiver that accepts a random key fails, even if there is no other environment', async () => {
  const receiver = await startReceiver(statuses(200, 401, 200));
  const stand = await startStand({
    edit: (file) => {
      delete file.environments.uat;
      file.drift = {};
      environmentFile(file, 'prod').receivers = [{ name: 'crm-sync', url: receiver.url, probe: 'signed' }];
    },
  });
  expect(checkOf(await stand.check(), ID)).toMatchObject({
    status: 'fail',
    reason: null,
    expected: expect.stringMatching(/ refuses one with a random key$/),
  });
});

test('the shared key of two other environments is tried once', async () => {
  const receiver = await startReceiver(statuses(200, 401));
  const stand = await startStand({
    edit: (file) => {
      file.environments.staging = environmentFile(file, 'uat');
      environmentFile(file, 'prod').receivers = [{ name: 'crm-sync', url: receiver.url, probe: 'signed' }];
    },
  });
  const { status, actual } = checkOf(await stand.check(), ID);
  expect([status, receiver.arrived.length]).toEqual(['pass', 6]);
  expect(actual).toContain('refused the key of uat and staging: 401');
});

test('nothing is sent without this environment’s key, and the reason is the failed read', async () => {
  const receiver = await startReceiver(statuses(200, 401));
  const stand = await startStand({ edit: withReceiver(receiver.url) });
  stand.spotdraft.faults.add({
    workspace: 'prod',
    operation: 'hmac_key',
    fault: { kind: 'status', status: 403 },
  });
  const check = checkOf(await stand.check(), ID);
  expect([check.status, receiver.arrived]).toEqual(['unknown', []]);
  expect(check.reason).toMatch(/^GET \S+hmac_key\/: /);
  expect(check.remedy).toMatch(/^Ask a SpotDraft admin/);

  stand.spotdraft.faults.clear();
  stand.prod.hmacKey = '***';
  expect(checkOf(await stand.check(), ID)).toMatchObject({
    status: 'unknown',
    reason: expect.stringMatching(/^the HMAC key of prod is not base64/),
  });
  expect(receiver.arrived).toEqual([]);
});

test('UAT credentials in production are reported once, and its receivers are not probed', async () => {
  const receiver = await startReceiver(statuses(200, 401));
  const stand = await startStand({ edit: withReceiver(receiver.url) });
  stand.prod.hmacKey = stand.uat.hmacKey;
  const report = await stand.check();
  expect(checkOf(report, 'credentials.workspace').status).toBe('fail');
  expect(checkOf(report, ID)).toMatchObject({
    status: 'skipped',
    reason: 'the credentials open the workspace of uat (credentials.workspace)',
  });
  expect(receiver.arrived).toEqual([]);
});

test('the login and query of a URL are used and never shown; keys are never shown', async () => {
  const receiver = await startReceiver(statuses(401, 200));
  const secret = receiver.url.replace('://', '://crm:hunter%202%zz@').concat('?token=s3cr3t');
  const stand = await startStand({ edit: withReceiver(secret), logLevel: 'trace' });
  const report = await stand.check();
  expect(checkOf(report, ID).status).toBe('fail');
  expect(receiver.arrived[0]).toMatchObject({
    target: '/spotdraft?token=s3cr3t',
    headers: { authorization: `Basic ${Buffer.from('crm:hunter 2%zz').toString('base64')}` },
  });
  const shown = JSON.stringify(report) + stand.logged.join('\n');
  for (const each of ['hunter', 's3cr3t', stand.prod.hmacKey, stand.uat.hmacKey])
    expect(shown).not.toContain(each);
});

test('a receiver is probed once in five seconds, and again later or after a key rotation', async () => {
  let workspaces: Workspace[] = [];
  let isDown = false;
  const receiver = await startReceiver((response, _, request) => {
    const judged = signerOf(request, workspaces) === null ? 401 : 200;
    response.writeHead(isDown ? 503 : judged).end();
  });
  const clock = movableClock();
  const stand = await startStand({ edit: withReceiver(receiver.url), overrides: { clock } });
  workspaces = [stand.prod];
  const status = async () => checkOf(await stand.check(), ID).status;
  expect([await status(), receiver.arrived.length]).toEqual(['pass', 6]);
  clock.move(4_999);
  expect([await status(), receiver.arrived.length]).toEqual(['pass', 6]);
  clock.move(1);
  isDown = true;
  expect([await status(), receiver.arrived.length]).toEqual(['unknown', 8]);
  isDown = false;
  clock.move(5_000);
  expect([await status(), receiver.arrived.length]).toEqual(['pass', 14]);
  stand.prod.hmacKey = Buffer.from('the key after the rotation').toString('base64');
  expect([await status(), receiver.arrived.length]).toEqual(['pass', 20]);
});

test('a comparison sends no probe', async () => {
  const receiver = await startReceiver(statuses(200, 401));
  const stand = await startStand({ edit: withReceiver(receiver.url) });
  await stand.core.drift.compare(stand.environment('uat'), stand.environment('prod'), () => {});
  expect(stand.spotdraft.requests.length).toBeGreaterThan(0);
  expect(receiver.arrived).toEqual([]);
});
