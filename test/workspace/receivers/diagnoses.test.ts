import { createHmac } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import type { CheckInput } from '../../../src/readiness/check.ts';
import { check } from '../../../src/readiness/checks/webhooks-receivers.ts';
import type { Judgement } from '../../../src/readiness/judgement.ts';
import { systemClock } from '../../../src/time/clock.ts';
import { createSender } from '../../../src/workspace/receivers/send.ts';
import { sendSeries } from '../../../src/workspace/receivers/series.ts';
import {
  diagnosticSignings,
  regularSignings,
  signingKey,
} from '../../../src/workspace/receivers/signatures.ts';
import { there } from '../../environment.ts';
import { type Arrived, startReceiver } from './receiver.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const PROD = base64('the webhook key of prod, 32 bytes');
const UAT = base64('the webhook key of uat, 32 bytes.');
const decoded = (key: string) => Buffer.from(key, 'base64');

const HEADER = 'x-sd-webhook-content-hash';
const hex = (key: Buffer | string, body: Buffer | string) =>
  createHmac('sha512', key).update(body).digest('hex');

/** Returns the status of a receiver's answer. */
type Receiver = (request: Arrived) => number;

/** Verifies one header against the hash of the body with this key, both as the receiver understands them. */
const verifying =
  ({
    key = decoded(PROD),
    header = HEADER,
    bytes = (body) => body,
  }: {
    key?: Buffer | string;
    header?: string;
    bytes?: (body: Buffer) => Buffer | string;
  }): Receiver =>
  ({ headers, body }) =>
    headers[header] === hex(key, bytes(body)) ? 200 : 401;

const parsed = (body: Buffer) => JSON.parse(body.toString());
const ascii = (json: string) =>
  json.replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

interface Dumps {
  separators: readonly [comma: string, colon: string];
  ensureAscii: boolean;
  sortKeys: boolean;
}
const python: Dumps = { separators: [', ', ': '], ensureAscii: true, sortKeys: false };

/** Writes JSON as Python's json.dumps does with these options. */
function dumps(value: unknown, options: Dumps): string {
  const { separators, ensureAscii, sortKeys } = options;
  const [comma, colon] = separators;
  if (typeof value !== 'object' || value === null)
    return ensureAscii ? ascii(JSON.stringify(value)) : JSON.stringify(value);
  const entries = Object.entries(value);
  const members = (sortKeys ? entries.toSorted(([left], [right]) => (left < right ? -1 : 1)) : entries).map(
    ([name, each]) => `"${name}"${colon}${dumps(each, options)}`,
  );
  return `{${members.join(comma)}}`;
}

const hashing = (options: Partial<Dumps>) => (body: Buffer) => dumps(parsed(body), { ...python, ...options });
const stringified = (body: Buffer) => JSON.stringify(parsed(body));

const either =
  (...receivers: Receiver[]): Receiver =>
  (request) =>
    receivers.some((each) => each(request) < 300) ? 200 : 401;

/** Probes a receiver of production with the keys above, and judges its answers. */
async function diagnose(receives: Receiver): Promise<Judgement & { asked: number }> {
  const { url, arrived } = await startReceiver(
    (response, _, request) => void response.writeHead(receives(request)).end(),
  );
  const sender = createSender({ ca: null });
  onTestFinished(() => sender.close());
  const own = there(signingKey(PROD));
  const others = [{ environments: ['uat'], key: there(signingKey(UAT)) }];
  const series = { regular: regularSignings(own, others), diagnostic: diagnosticSignings(own) };
  const probes = await sendSeries({ sender, clock: systemClock, timeoutMs: 5_000 }, url, series);
  const receiver = { name: 'crm', host: 'crm.example', kind: 'probed', probes, untried: [] };
  const environment = { name: 'prod', production: true, receivers: [{ name: 'crm', url, isolation: null }] };
  const input = { environment, environments: [environment], receivers: [receiver] };
  return { ...check.judge(input as unknown as CheckInput), asked: arrived.length };
}

test('a receiver that verifies as documented passes after six probes', async () => {
  expect(await diagnose(verifying({}))).toMatchObject({ status: 'pass', asked: 6 });
});

/** Ways to serialise JSON again, and how many probes show each. */
const serialisers: [string, Partial<Dumps>, number][] = [
  ['as Python serialises it', {}, 11],
  ['as Python serialises it, with sorted names', { sortKeys: true }, 11],
  ['as Python serialises it, without escapes', { ensureAscii: false }, 11],
  ['compact and with escapes, as PHP serialises it', { separators: [',', ':'] }, 7],
  ['compact and with sorted names, as Go serialises it', { separators: [',', ':'], sortKeys: true }, 7],
];

test.each<[string, Receiver, RegExp, RegExp, number]>([
  [
    'has a queue that answers 202 before it judges',
    () => 202,
    /^crm accepted everything alike: the key of prod \(production\) \(202\), a probe without a signature \(202\), a random key \(202\)$/,
    /^Have crm verify X-SD-WEBHOOK-CONTENT-HASH before it answers, .*: it answers 202 to everything, like a queue/,
    3,
  ],
  [
    'answers 200 to everything',
    () => 200,
    /^crm accepted everything alike: /,
    /answers 200 to everything/,
    3,
  ],
  [
    'answers 204 to everything but the right signature',
    (request) => (verifying({})(request) === 200 ? 500 : 204),
    /^crm accepted everything alike: a probe without a signature \(204\), a random key \(204\)$/,
    /answers 204 to everything/,
    3,
  ],
  [
    'skips the verification of a webhook without a signature',
    (request) => (request.headers[HEADER] === undefined ? 200 : verifying({})(request)),
    /^crm accepted a probe without a signature: 200 in/,
    /^Have crm answer 401 to a webhook without X-SD-WEBHOOK-CONTENT-HASH: it verifies only when/,
    6,
  ],
  [
    'accepts any signature',
    ({ headers }) => (headers[HEADER] === undefined ? 400 : 202),
    /^crm accepted a random key: 202 in/,
    /^Have crm compare X-SD-WEBHOOK-CONTENT-HASH .*: any value is enough/,
    3,
  ],
  [
    'hashes the JSON as JavaScript serialises it',
    verifying({ bytes: stringified }),
    /^crm refused the key of prod .*: 401 in .*\ncrm accepted a signature over the re-serialised JSON: 200 in/,
    /^Have crm verify the bytes of the body as they arrive/,
    6,
  ],
  ...serialisers.map(([how, options, asked]): [string, Receiver, RegExp, RegExp, number] => [
    `hashes the JSON ${how}`,
    verifying({ bytes: hashing(options) }),
    /\ncrm accepted the right signature of a body without blanks and escapes: 200 in/,
    /^Have crm verify the bytes of the body as they arrive/,
    asked,
  ]),
  [
    'decodes the body as Latin-1 before it hashes it',
    verifying({ bytes: (body) => body.toString('latin1') }),
    /\ncrm accepted the right signature of a body without blanks and escapes: 200 in/,
    /^Have crm verify the bytes of the body as they arrive, .* decoded as another charset than UTF-8$/,
    7,
  ],
  [
    'hashes the JSON serialised again with the undecoded key',
    verifying({ key: PROD, bytes: stringified }),
    /\ncrm accepted the undecoded key of prod \(production\): 200 in/,
    /^Have crm decode the webhook key from base64/,
    8,
  ],
  [
    'hashes the JSON as Python serialises it with the undecoded key',
    verifying({ key: PROD, bytes: hashing({}) }),
    /\ncrm accepted the undecoded key of prod \(production\): 200 in/,
    /^Have crm decode the webhook key from base64/,
    12,
  ],
  [
    'reads the older header and hashes the JSON serialised again',
    verifying({ key: PROD, header: 'x-sd-content-hash', bytes: stringified }),
    /\ncrm accepted the older header X-SD-CONTENT-HASH: 200 in/,
    /it reads X-SD-CONTENT-HASH/,
    9,
  ],
  [
    'accepts the bytes of the body and the JSON serialised again',
    either(verifying({}), verifying({ bytes: stringified })),
    /^crm accepted a signature over the re-serialised JSON: 200 in/,
    /^Have crm verify the bytes of the body alone/,
    6,
  ],
  [
    'uses the key without decoding it',
    verifying({ key: PROD }),
    /^crm refused the key of prod .*\ncrm accepted the undecoded key of prod \(production\): 200 in/,
    /^Have crm decode the webhook key from base64/,
    6,
  ],
  [
    'uses the key both decoded and not',
    either(verifying({}), verifying({ key: PROD })),
    /^crm accepted the undecoded key of prod/,
    /^Have crm verify with the base64-decoded key alone/,
    6,
  ],
  [
    'uses the key without decoding it, and then refuses the content',
    (request) => (verifying({ key: PROD })(request) === 200 ? 422 : 401),
    /^crm refused the key of prod \(production\): 401 in \d+ ms$/,
    /^Have crm decode the webhook key from base64/,
    6,
  ],
  [
    'reads the header of the older document',
    verifying({ key: PROD, header: 'x-sd-content-hash' }),
    /\ncrm accepted the older header X-SD-CONTENT-HASH: 200 in/,
    /^Have crm verify X-SD-WEBHOOK-CONTENT-HASH with the base64-decoded key: it reads X-SD-CONTENT-HASH/,
    9,
  ],
  [
    'reads the older header with the decoded key',
    verifying({ header: 'x-sd-content-hash' }),
    /\ncrm accepted the older header/,
    /it reads X-SD-CONTENT-HASH/,
    10,
  ],
  [
    'reads the older header, and answers 400 when it is missing',
    (request) =>
      request.headers['x-sd-content-hash'] === undefined
        ? 400
        : verifying({ key: PROD, header: 'x-sd-content-hash' })(request),
    /\ncrm accepted the older header/,
    /it reads X-SD-CONTENT-HASH/,
    9,
  ],
  [
    'verifies with the key of UAT',
    verifying({ key: decoded(UAT) }),
    /^crm refused the key of prod .*\ncrm accepted the key of uat: 200 in/,
    /^Give crm the webhook key of prod \(production\): it verifies with the key of uat$/,
    6,
  ],
  [
    'knows the keys of both environments',
    either(verifying({}), verifying({ key: decoded(UAT) })),
    /^crm accepted the key of uat: 200 in \d+ ms$/,
    /^Have crm verify with the key of prod \(production\) alone: it also accepts the key of uat\. If .* isolation/,
    6,
  ],
  [
    'refuses everything',
    () => 403,
    /^crm refused the key of prod \(production\): 403 in \d+ ms$/,
    /^Check that crm verifies the body's bytes .* with the current webhook key of prod \(production\), not with that/,
    12,
  ],
  [
    'refuses everything, and a missing header with another status',
    ({ headers }) => (headers[HEADER] === undefined ? 400 : 401),
    /^crm refused the key of prod \(production\): 401 in \d+ ms$/,
    /^Check that crm verifies the body's bytes .* with the current webhook key/,
    12,
  ],
  [
    'is somewhere else',
    () => 404,
    /^crm refused the key of prod \(production\): 404 in \d+ ms$/,
    /^Check that the url of receiver crm is the one that is registered in the workspace of prod/,
    6,
  ],
  [
    'verifies, and then refuses what is in it',
    (request) => (verifying({})(request) === 200 ? 422 : 401),
    /^crm refused the key of prod \(production\): 422 in \d+ ms$/,
    /^Have crm answer 2xx to a probe .*verifies the signature but refuses the content/,
    6,
  ],
])('a receiver that %s fails with its own next step', async (_, receives, actual, remedy, asked) => {
  const judged = await diagnose(receives);
  expect(judged.status).toBe('fail');
  expect(judged.actual).toMatch(actual);
  expect(judged.remedy).toMatch(remedy);
  expect(judged.remedy).not.toContain('(then ');
  expect(judged.evidence.length).toBeGreaterThan(0);
  expect(judged.asked).toBe(asked);
});

test('no serialiser reproduces the bytes of the probes that every receiver gets', async () => {
  const bodies: Buffer[] = [];
  await diagnose((request) => {
    bodies.push(request.body);
    return verifying({})(request);
  });
  expect(bodies).toHaveLength(6);
  for (const body of bodies) {
    const value = parsed(body);
    const all = ([', ', ','] as const).flatMap((comma) =>
      ([': ', ':'] as const).flatMap((colon) =>
        [true, false].flatMap((ensureAscii) =>
          [true, false].map((sortKeys) =>
            dumps(value, { separators: [comma, colon], ensureAscii, sortKeys }),
          ),
        ),
      ),
    );
    expect(all).not.toContain(body.toString());
    // The same letters both raw and escaped, in texts that are equal.
    expect(body.toString()).toMatch(/\\u00fc.*ü/);
    // Blanks in some places only.
    expect(body.toString()).toMatch(/": \d.*":"/);
    expect(value.contract_title).toBe(value.contract_type);
  }
});
