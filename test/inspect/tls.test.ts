import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { type Certificate, NO_OPENSSL, selfSigned } from '../certificate.ts';
import { checkOf, environmentFile, idsOf, type Stand, startStand } from '../environment.ts';

/** Puts the simulated SpotDraft behind TLS on another port, where production calls it. */
async function behindTls(certificate: Certificate, ca: string | null): Promise<Stand> {
  let target = 0;
  const front = createServer(certificate, (incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const onward = request({ port: target, host: '127.0.0.1', method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => front.listen(0, resolve));
  onTestFinished(() => {
    front.closeAllConnections();
    front.close();
  });
  const { port } = front.address() as AddressInfo;
  return startStand({
    edit: (file, { host }) => {
      target = Number(host.split(':')[1]);
      environmentFile(file, 'prod').baseUrl = `https://localhost:${port}/api/v2.1/public`;
      file.trustedHosts = [host, `localhost:${port}`];
    },
    overrides: { retry: { baseDelayMs: 1 }, ...(ca ? { ca } : {}) },
  });
}

const untrusted = (stand: Stand) => stand.spotdraft.requests.filter(({ workspace }) => workspace === 'prod');

test('an untrusted certificate fails host.reachable, and nothing is sent over it', async (ctx) => {
  const certificate = selfSigned(90);
  if (!certificate) return ctx.skip(NO_OPENSSL);
  const stand = await behindTls(certificate, null);
  const report = await stand.check();
  expect([report.verdict, idsOf(report, 'fail')]).toEqual(['not_ready', ['host.reachable']]);
  expect(checkOf(report, 'host.reachable').actual).toMatch(/hmac_key\/: DEPTH_ZERO_SELF_SIGNED_CERT$/);
  expect(checkOf(report, 'host.reachable').remedy).toMatch(/^Find who presents this certificate/);
  expect(checkOf(report, 'credentials.accepted').waitsFor).toBe('host.reachable');
  expect(untrusted(stand)).toEqual([]);
});

test('a certificate for another host fails host.reachable, and nothing is sent over it', async (ctx) => {
  const certificate = selfSigned(90, 'api.example.com');
  if (!certificate) return ctx.skip(NO_OPENSSL);
  const stand = await behindTls(certificate, certificate.cert);
  const report = await stand.check();
  expect(idsOf(report, 'fail')).toEqual(['host.reachable']);
  expect(checkOf(report, 'host.reachable').actual).toMatch(/ERR_TLS_CERT_ALTNAME_INVALID$/);
  expect(untrusted(stand)).toEqual([]);
});

test('an expired certificate fails host.reachable with its code, and nothing is sent over it', async (ctx) => {
  const certificate = selfSigned(-1);
  if (!certificate) return ctx.skip(NO_OPENSSL);
  const stand = await behindTls(certificate, certificate.cert);
  const report = await stand.check();
  expect([report.verdict, idsOf(report, 'fail')]).toEqual(['not_ready', ['host.reachable']]);
  expect(checkOf(report, 'host.reachable').actual).toMatch(/CERT_HAS_EXPIRED$/);
  expect(checkOf(report, 'credentials.accepted').waitsFor).toBe('host.reachable');
  expect(untrusted(stand)).toEqual([]);
});

const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

test('a certificate that expires in five days is a warning and blocks nothing', async (ctx) => {
  const certificate = selfSigned(5);
  if (!certificate) return ctx.skip(NO_OPENSSL);
  const stand = await behindTls(certificate, certificate.cert);
  const report = await stand.check();
  expect([report.verdict, idsOf(report, 'warn')]).toEqual(['ready', ['host.reachable']]);
  const { reason, remedy, actual } = checkOf(report, 'host.reachable');
  expect(reason).toMatch(/^the certificate expires in [45] days$/);
  expect(remedy).toBe(`Renew the certificate before ${day(5)}`);
  expect(actual).toContain(`certificate valid until ${day(5)}`);
  expect(report.items.find(({ id }) => id === 'host')?.status).toBe('warn');
});

test('a certificate that is valid for longer passes and states its end', async (ctx) => {
  const certificate = selfSigned(30);
  if (!certificate) return ctx.skip(NO_OPENSSL);
  const report = await (await behindTls(certificate, certificate.cert)).check();
  expect(report.verdict).toBe('ready');
  expect(checkOf(report, 'host.reachable')).toMatchObject({ status: 'pass', reason: null });
  expect(checkOf(report, 'host.reachable').actual).toContain(`valid until ${day(30)}`);
});

test('a host without TLS is unknown, like one that is down', async () => {
  const stand = await startStand({
    edit: (file, { host }) => {
      environmentFile(file, 'prod').baseUrl = `https://${host}/api/v2.1/public`;
    },
  });
  const report = await stand.check();
  expect([report.verdict, idsOf(report, 'fail')]).toEqual(['unknown', []]);
  expect(checkOf(report, 'host.reachable').reason).toMatch(/hmac_key\/: no TLS on the other side/);
});

test('an unresolvable name and a refused port are unknown, with the reason', async () => {
  const hosts = ['nowhere.invalid', '127.0.0.1:1'];
  for (const host of hosts) {
    const stand = await startStand({
      edit: (file) => {
        environmentFile(file, 'prod').baseUrl = `https://${host}/api/v2.1/public`;
        file.trustedHosts = [...(file.trustedHosts ?? []), host];
      },
    });
    const report = await stand.check();
    expect([report.verdict, idsOf(report, 'fail')]).toEqual(['unknown', []]);
    const { reason, remedy } = checkOf(report, 'host.reachable');
    expect(reason).toMatch(/ENOTFOUND|EAI_AGAIN|ECONNREFUSED/);
    expect(reason).toMatch(/, 3 attempts$/);
    expect(remedy).toMatch(/^Check that the machine Envcheck runs on can reach the host/);
  }
});
