import { expect, test } from 'vitest';
import { type ReceiverFault, SHARED } from '../../../sandbox/integration.ts';
import type { Report } from '../../../src/readiness/report.ts';
import {
  type ConfigFile,
  checkOf,
  environmentFile,
  type StandOptions,
  startStand,
  there,
} from '../../environment.ts';
import { type Answering, signerOf, startReceiver } from './receiver.ts';

const isolation = { with: ['uat'], reason: 'one gateway' };

/** One receiver for both environments; production declares that it keeps them apart. */
function shareReceiver(file: ConfigFile, url: string): void {
  environmentFile(file, 'uat').receivers = [{ name: 'hooks', url, probe: 'signed' }];
  environmentFile(file, 'prod').receivers = [{ name: 'gateway', url, probe: 'signed', isolation }];
}

/** The simulated integration's shared receiver. */
const withSharedReceiver = (edit: (file: ConfigFile) => void = () => {}) =>
  startStand({
    receivers: true,
    edit(file) {
      const url = there(environmentFile(file, 'prod').receivers)[0]?.url.replace(/prod$/, SHARED) ?? '';
      shareReceiver(file, url);
      edit(file);
    },
  });

const statusesOf = (report: Report) =>
  ['webhooks.separate', 'webhooks.receivers'].map((id) => checkOf(report, id).status);

test('a shared receiver passes on both sides when the probes prove its declared isolation', async () => {
  const stand = await withSharedReceiver();
  const prod = await stand.check();
  expect([prod.verdict, ...statusesOf(prod)]).toEqual(['ready', 'pass', 'pass']);
  const ids = there(stand.integration).received.map(({ headers }) => headers['x-envcheck-probe']);
  expect(checkOf(prod, 'webhooks.separate').evidence.map(({ callId }) => callId)).toEqual(ids);
  expect(ids).toHaveLength(6);
  expect(statusesOf(await stand.check('uat'))).toEqual(['pass', 'pass']);
});

test('a declared isolation fails on both sides when the receiver names no environment', async () => {
  const stand = await withSharedReceiver();
  there(stand.integration).faults.set(SHARED, 'names_no_environment');
  for (const name of ['prod', 'uat']) {
    const report = await stand.check(name);
    expect([report.verdict, ...statusesOf(report)]).toEqual(['not_ready', 'fail', 'pass']);
    expect(checkOf(report, 'webhooks.separate').actual).toMatch(
      /accepted the key of \S+.*: 200 in \d+ ms, with no X-Envcheck-Environment\n/,
    );
  }
});

test('a shared receiver fails without a declaration, even if it keeps the environments apart', async () => {
  const stand = await withSharedReceiver((file) => {
    delete environmentFile(file, 'prod').receivers?.[0]?.isolation;
  });
  for (const name of ['prod', 'uat'])
    expect(checkOf(await stand.check(name), 'webhooks.separate').status).toBe('fail');
});

test('an isolation is unknown when UAT’s key cannot be read', async () => {
  const stand = await withSharedReceiver();
  stand.spotdraft.faults.add({ workspace: 'uat', fault: { kind: 'status', status: 403 } });
  const report = await stand.check();
  expect([report.verdict, ...statusesOf(report)]).toEqual(['unknown', 'unknown', 'pass']);
  expect(checkOf(report, 'webhooks.separate').reason).toMatch(
    /^receiver gateway was not probed with the key of uat, which could not be read: /,
  );
});

test('an isolation is unknown when the own key cannot be read', async () => {
  const stand = await withSharedReceiver();
  stand.spotdraft.faults.add({
    operation: 'hmac_key',
    workspace: 'prod',
    fault: { kind: 'status', status: 403 },
  });
  expect(statusesOf(await stand.check())).toEqual(['unknown', 'skipped']);
});

test('an isolation is unknown when the receiver cannot be reached', async () => {
  const stand = await startStand({ edit: (file) => shareReceiver(file, 'http://127.0.0.1:1/hooks') });
  const report = await stand.check();
  expect([report.verdict, ...statusesOf(report)]).toEqual(['unknown', 'unknown', 'skipped']);
});

test.each<[ReceiverFault, RegExp]>([
  ['answers_first', /^Have gateway verify X-SD-WEBHOOK-CONTENT-HASH before it answers/],
  ['skips_missing_signature', /^Have gateway answer 401 to a webhook without/],
  ['any_signature', /^Have gateway compare/],
  ['reserialises', /^Have gateway verify the bytes of the body as they arrive/],
  ['undecoded_key', /^Have gateway decode the webhook key/],
  ['older_header', /it reads X-SD-CONTENT-HASH/],
])(
  'a shared receiver that verifies wrongly (%s) is reported once, with its own next step',
  async (fault, remedy) => {
    const stand = await withSharedReceiver();
    there(stand.integration).faults.set(SHARED, fault);
    const report = await stand.check();
    expect([report.verdict, ...statusesOf(report)]).toEqual(['not_ready', 'fail', 'skipped']);
    expect(checkOf(report, 'webhooks.separate').remedy).toMatch(remedy);
    expect(checkOf(report, 'webhooks.separate').remedy).not.toContain('(then ');
    expect(checkOf(report, 'webhooks.receivers').reason).toBe('waits for webhooks.separate');
  },
);

/** A shared receiver that verifies, and answers a signed webhook with these headers. */
async function gateway(headers: (sender: string) => Record<string, string | string[]>) {
  let workspaces: { key: string; hmacKey: string }[] = [];
  const answering: Answering = (response, _, request) => {
    const sender = signerOf(request, workspaces);
    if (sender === null) return void response.writeHead(401).end();
    for (const [name, value] of Object.entries(headers(sender))) response.setHeader(name, value);
    response.writeHead(202).end();
  };
  const { url } = await startReceiver(answering);
  const edit: StandOptions['edit'] = (file) => shareReceiver(file, url);
  const stand = await startStand({ edit });
  workspaces = [stand.uat, stand.prod];
  return checkOf(await stand.check(), 'webhooks.separate');
}

test.each<[string, string, (sender: string) => Record<string, string | string[]>]>([
  [
    'its own environment, with blanks around it',
    'pass',
    (sender) => ({ 'X-ENVCHECK-environment': ` ${sender}  ` }),
  ],
  [
    'the workspace instead of the environment',
    'fail',
    (sender) => ({ 'x-envcheck-environment': `ws-${sender}` }),
  ],
  ['one environment for all', 'fail', () => ({ 'x-envcheck-environment': 'prod' })],
  ['the environment in capitals', 'fail', (sender) => ({ 'x-envcheck-environment': sender.toUpperCase() })],
  ['both environments', 'fail', () => ({ 'x-envcheck-environment': ['prod', 'uat'] })],
  ['nothing', 'fail', () => ({ 'x-envcheck-environment': '' })],
  ['text without an end', 'fail', () => ({ 'x-envcheck-environment': 'prod'.repeat(1_000) })],
])('a shared receiver that names %s results in %s', async (_, status, headers) => {
  const check = await gateway(headers);
  expect(check.status).toBe(status);
  expect(check.actual.length).toBeLessThan(400);
});
