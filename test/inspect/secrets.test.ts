import { existsSync, readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { inflateRawSync } from 'node:zlib';
import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { Fault } from '../../sandbox/spotdraft/faults.ts';
import type { OperationId } from '../../sandbox/spotdraft/operations.ts';
import { renderReport } from '../../src/cli/render-report.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import type { Report } from '../../src/readiness/report.ts';
import { reportJson } from '../../src/readiness/report-json.ts';
import { reportMessage } from '../../src/slack/blocks/report.ts';
import { environmentFile, type Stand, startStand, there } from '../environment.ts';
import { long } from '../long.ts';

/** Secrets that occur nowhere else. */
const canaries = {
  prodId: 'QxJvWzKqYt/Zy7+Lk=',
  prodSecret: 'HbNcXrTgPz?LwEd#Ky"Vw\\9Mf&Uj=',
  uatId: 'PdLsGmYt.Ou4Ri',
  uatSecret: 'RkCvBnDw_Ax8Zo_Eh2',
  prodKey: Buffer.from('FwPzQhXjSgMvEoTbIyWcKnRd').toString('base64'),
  uatKey: Buffer.from('TnRbVkYcLpZsHuJfDxGqAmXe').toString('base64'),
};

const LENGTH = 8;
const windows = (text: string): string[] =>
  Array.from({ length: Math.max(0, text.length - LENGTH + 1) }, (_, start) =>
    text.slice(start, start + LENGTH),
  );

/** All runs of eight characters of every spelling of the secrets. */
const needles = new Set(
  Object.values(canaries).flatMap((secret) =>
    [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString('base64').replace(/=+$/, ''),
      Buffer.from(secret).toString('hex'),
    ].flatMap(windows),
  ),
);

const pairAt = (text: string, at: number): number =>
  ((text.charCodeAt(at) & 0xff) << 8) | (text.charCodeAt(at + 1) & 0xff);

/** Marks the first two characters of every needle. Windows are compared only at these, because the texts have megabytes. */
const starts = new Uint8Array(2 ** 16);
for (const needle of needles) starts[pairAt(needle, 0)] = 1;

function expectClean(what: string, text: string): void {
  const found: string[] = [];
  for (let at = 0; at + LENGTH <= text.length; at += 1) {
    if (starts[pairAt(text, at)] === 0) continue;
    const window = text.slice(at, at + LENGTH);
    if (needles.has(window)) found.push(window);
  }
  expect([what, found]).toEqual([what, []]);
}

const terminal: Terminal = {
  out: () => {},
  err: () => {},
  drained: async () => true,
  width: 100,
  style: (_, text) => text,
  status: null,
};

const standWithCanaries = () =>
  startStand({
    prepare: ({ uat, prod }) => {
      Object.assign(prod, {
        clientId: canaries.prodId,
        clientSecret: canaries.prodSecret,
        hmacKey: canaries.prodKey,
      });
      Object.assign(uat, {
        clientId: canaries.uatId,
        clientSecret: canaries.uatSecret,
        hmacKey: canaries.uatKey,
      });
    },
    edit: (file) => {
      environmentFile(file, 'prod').userEmail = 'ana.lima@northwind.example';
    },
    receivers: true,
    logLevel: 'trace',
    overrides: { retry: { baseDelayMs: 1 }, timeoutMs: () => 300 },
  });

interface Sent {
  id: string;
  secret: string;
}

/** Faults of a server or proxy, some of which echo the credentials. */
const faults: Record<string, (sent: Sent) => Fault> = {
  'a timeout': () => ({ kind: 'timeout' }),
  'a reset': () => ({ kind: 'reset' }),
  'a reset in the body': () => ({ kind: 'reset_mid_body' }),
  'a web page': () => ({ kind: 'html' }),
  'an empty body': () => ({ kind: 'empty' }),
  'a huge body': () => ({ kind: 'huge', bytes: 11_000_000 }),
  'an error that quotes the headers': (sent) => ({
    kind: 'status',
    status: 400,
    body: { detail: `refused (${JSON.stringify(sent)})`, code: sent.secret, message: sent.id },
  }),
  '401 with the credentials in it': ({ id, secret }) => ({
    kind: 'status',
    status: 401,
    body: { detail: `unknown: ${id}, ${secret}` },
  }),
  '500 with the credentials in it': ({ id, secret }) => ({
    kind: 'status',
    status: 500,
    body: { error: `${'x'.repeat(170)}${id} ${secret}` },
  }),
  'a redirect with the credentials in its path': ({ id, secret }) => ({
    kind: 'redirect',
    location: `https://login.example/${id}/${secret}`,
  }),
  'a redirect with the encoded credentials': ({ id, secret }) => ({
    kind: 'redirect',
    location: `https://login.example/${encodeURIComponent(secret)}?id=${encodeURIComponent(id)}`,
  }),
  'a list with the credentials': (sent) => ({
    kind: 'json',
    body: [{ headers: sent, [sent.secret]: sent.id }],
  }),
  'an object with the credentials': (sent) => ({
    kind: 'json',
    body: { headers: sent, echo: [sent.secret] },
  }),
};

/** Scans everything that a person or a program can see of the checks so far. */
async function expectNothingLeaked(stand: Stand, reports: Report[]): Promise<void> {
  for (const report of reports) {
    expectClean('the stored report', JSON.stringify(report));
    expectClean('--json', JSON.stringify(reportJson(report)));
    expectClean('the terminal', renderReport(report, terminal));
    for (const detail of ['short', 'full'] as const) {
      const message = reportMessage(report, { detail, changes: null, isPrivate: false });
      expectClean(`the ${detail} Slack message`, JSON.stringify(message));
    }
  }
  expectClean('the log', stand.logged.join(''));
  expectClean('the config when printed', inspect(stand.config, { depth: 9 }) + JSON.stringify(stand.config));

  const file = stand.config.database;
  for (const part of [file, `${file}-wal`].filter(existsSync))
    expectClean(part, readFileSync(part).toString('latin1'));
  const db = new BetterSqlite3(file, { readonly: true });
  const packed = ['snapshots', 'reports'].flatMap((table) =>
    db.prepare<[], Buffer>(`select content from ${table}`).pluck().all(),
  );
  const calls = db.prepare('select * from api_calls').all();
  db.close();
  expect(calls.length).toBeGreaterThan(0);
  expect(packed.length).toBeGreaterThan(0);
  for (const content of packed) expectClean('a packed row', inflateRawSync(content).toString('utf8'));
  expectClean('the log of API calls', JSON.stringify(calls));
}

test('a successful check shows no secret anywhere', async () => {
  const stand = await standWithCanaries();
  const reports = [await stand.check('prod'), await stand.check('uat')];
  expect(reports[0]?.verdict).toBe('ready');
  await expectNothingLeaked(stand, reports);
});

test.each(Object.keys(faults).map((name, index) => ({ name, index })))(
  '$name, on all reads and on single ones, shows no secret anywhere',
  async ({ name, index }) => {
    const stand = await standWithCanaries();
    const fault = faults[name] as (sent: Sent) => Fault;
    const checkWithFault = (operation?: OperationId) => {
      stand.spotdraft.faults.clear();
      for (const { key, clientId: id, clientSecret: secret } of [stand.uat, stand.prod])
        stand.spotdraft.faults.add({
          workspace: key,
          ...(operation ? { operation } : {}),
          fault: fault({ id, secret }),
        });
      return stand.check();
    };
    await stand.check();
    const reads = [...new Set(stand.spotdraft.requests.map(({ operation }) => there(operation)))];
    const reports = [await checkWithFault()];
    // The long run tries each read alone. The short one tries a few of them, other ones for each fault.
    const alone = reads.filter((_, read) => long || read % 5 === index % 5);
    for (const operation of alone) reports.push(await checkWithFault(operation));
    expect(reports[0]?.verdict).not.toBe('ready');
    await expectNothingLeaked(stand, reports);
  },
);

test('an error with a secret in its message is logged without the secret', async () => {
  const stand = await standWithCanaries();
  const { prodId, prodSecret, uatId, uatSecret } = canaries;
  const echoed = [prodId, prodSecret, uatId, uatSecret].join(', ');
  stand.core.logger.error({ err: new Error(`bad ${echoed}`), config: stand.config, echoed }, echoed);
  expect(stand.logged.join('')).toContain('[secret]');
  expectClean('the log', stand.logged.join(''));
});

test('a database that breaks while a check runs is logged without secrets, and the check still answers', async () => {
  const stand = await standWithCanaries();
  const db = new BetterSqlite3(stand.config.database);
  db.exec('drop table api_calls; drop table snapshot_readings; drop table reports');
  db.close();
  const report = await stand.check();
  expect(report.items.length).toBeGreaterThan(0);
  const logged = stand.logged.join('');
  for (const message of ['api call not logged', 'snapshot not kept', 'report not kept', 'snapshot not read'])
    expect(logged).toContain(message);
  expectClean('the log', logged);
  expectClean('the report', JSON.stringify(report));
});
