import { describe, expect, it } from 'vitest';
import { redact } from '../../../src/events/log/prepare-delivery.ts';
import { pack, packPayload, unpackPayload } from '../../../src/store/packed-json.ts';
import { addressMark } from '../../../src/text/ids.ts';
import fc, { runs } from '../../fast-check.ts';
import { activity, bytesOf, type Sample, samples, startReceiver } from './start-receiver.ts';

/** Keys whose values name people or organisations, or hold their text. */
const PERSONAL = new Set([
  'name',
  'email',
  'contract_title',
  'organization_name',
  'poc_name',
  'poc_email',
  'recipient_email',
  'to_recipients',
  'cc_recipients',
  'jurisdiction',
]);

/** Every personal text in a payload, at any depth. */
function personal(value: unknown, inside = false): string[] {
  if (typeof value === 'string') return inside ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    personal(inner, PERSONAL.has(key) || (inside && Array.isArray(value))),
  );
}

const personalTexts = (all: Sample[]): string[] =>
  // "SYSTEM" is not a person.
  [...new Set(all.flatMap(({ body }) => personal(JSON.parse(body.toString()))))].filter(
    (text) => text !== 'SYSTEM',
  );

interface Kept {
  payload: Buffer | null;
}
const payloads = 'select payload from events order by key';

describe('log.payloads: redacted', () => {
  it('the database contains no name, address, title or organisation of any sample, packed or not', async (ctx) => {
    const all = samples(ctx);
    const texts = personalTexts(all);
    expect(texts.length).toBeGreaterThan(8);
    const { deliver, rows, config } = await startReceiver({ payloads: 'redacted' });
    for (const { body } of all) expect((await deliver(body)).status).toBe(200);
    const raw = bytesOf(config.database);
    const inflated = rows<Kept>(payloads)
      .map(({ payload }) => JSON.stringify(unpackPayload(payload ?? Buffer.alloc(0))))
      .join('\n');
    for (const text of texts) {
      const forms = [text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text)];
      for (const form of forms) {
        expect({ text, inRows: inflated.includes(form) }).toEqual({ text, inRows: false });
        expect({ text, inFile: raw.includes(form) }).toEqual({ text, inFile: false });
      }
    }
    // Prove that the searched bytes do contain the fields that are kept.
    expect(raw.includes('CONTRACT_EXECUTED')).toBe(true);
    expect(inflated).toContain('"contract_status":"EXECUTED"');
    expect(inflated).toContain('deal-122');
  });

  it('identifiers, activity, times and status are kept', async () => {
    const { deliver, rows } = await startReceiver({ payloads: 'redacted' });
    await deliver(
      activity(1, {
        contract_status: 'EXECUTED',
        contract_title: 'Secret deal',
        counterparties: [{ type: 'Individual', poc_name: 'Ana', counterparty_id: 7 }, 'Ana Lima', ['Ana']],
        entity: 'Ana Lima',
        external_metadata: { id: 'deal-1', record_data: { owner: 'Ana Lima' } },
        surprise: 'Ana Lima',
      }),
    );
    const [kept] = rows<Kept>(payloads);
    expect(unpackPayload(kept?.payload ?? Buffer.alloc(0))).toEqual({
      activity: 'CONTRACT_EXECUTED',
      activity_data: { timestamp: '2026-09-17T08:53:52.201442Z' },
      contract_id: 1,
      contract_status: 'EXECUTED',
      counterparties: [{ type: 'Individual', counterparty_id: 7 }, null, null],
      external_metadata: { id: 'deal-1' },
    });
  });
});

describe('log.payloads: none', () => {
  it('only the ids that lead to an event are kept', async () => {
    const { deliver, rows, config, count } = await startReceiver({ payloads: 'none' });
    const body = activity(481_516, {
      contract_status: 'A-STATUS-OF-ITS-OWN',
      external_metadata: { id: 'deal-122' },
    });
    expect((await deliver(body)).status).toBe(200);
    expect(rows(payloads)).toEqual([{ payload: null }]);
    expect(bytesOf(config.database).includes('A-STATUS-OF-ITS-OWN')).toBe(false);
    expect(count("identifiers where value = 'deal-122'")).toBe(1);
  });
});

describe('log.payloads: full', () => {
  it('the exact bytes are kept, so that their signature can be computed again', async (ctx) => {
    const bodies = [
      ...samples(ctx).map(({ body }) => body),
      Buffer.from('{ "a" : 1,\r\n\t"a": "\\u00e4ä" }\n'),
      Buffer.from([0, 255, 254, 1]),
      Buffer.alloc(0),
    ];
    const { deliver, rows } = await startReceiver({ payloads: 'full' });
    for (const body of bodies) expect((await deliver(body)).status).toBe(200);
    expect(rows<Kept>(payloads).map(({ payload }) => payload)).toEqual(bodies);
  });
});

/** The path of each value; list positions are left out. */
function paths(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((entry) => paths(entry, path));
  if (typeof value !== 'object' || value === null) return value === undefined ? [] : [path];
  return Object.entries(value).flatMap(([key, inner]) => paths(inner, `${path}/${key}`));
}

/** The allowed paths, written a second time: the docs promise them. */
const allowed = new Set([
  '/activity',
  '/activity_data/timestamp',
  '/activity_data/email_event_data/email_mode',
  '/activity_data/email_event_data/occured_at',
  '/contract_id',
  '/contract_kind',
  '/contract_status',
  '/contract_type',
  '/contract_type_id',
  '/contract_type_name',
  '/contract_template_id',
  '/contract_reference_id',
  '/created_at',
  '/counterparties/type',
  '/counterparties/counterparty_id',
  '/entity/reference_id',
  '/external_metadata/id',
  '/external_metadata/integration_name',
  '/external_metadata/record_type',
  '/external_metadata/object_configuration_id',
  '/business_user/mark',
]);
/** Paths at which nulls may remain, in place of dropped values. */
const emptied = (path: string): boolean =>
  [
    '',
    '/counterparties',
    '/entity',
    '/external_metadata',
    '/activity_data',
    '/activity_data/email_event_data',
  ].includes(path);

describe('redact', () => {
  const known = [...new Set([...allowed].flatMap((path) => path.split('/').slice(1)))];
  const keys = fc.oneof(
    fc.constantFrom(
      ...known,
      ...PERSONAL,
      'performed_by',
      'business_user',
      '__proto__',
      'constructor',
      'toString',
    ),
    fc.string(),
  );
  const { payload } = fc.letrec<{ payload: unknown }>((tie) => ({
    payload: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.constantFrom('Ana Lima', 'ana@northwind.example', 7, null, true),
      fc.array(tie('payload'), { maxLength: 4 }),
      fc
        .array(fc.tuple(keys, tie('payload')), { maxLength: 8 })
        // As JSON.parse does, with "__proto__" as an ordinary key.
        .map((entries) => Object.fromEntries(entries)),
    ),
  }));

  it('redact never keeps a value outside the allowed paths', () => {
    fc.assert(
      fc.property(payload, (value) => {
        const kept = redact(value, 'evt_1');
        const json = kept === undefined ? null : JSON.parse(JSON.stringify(kept));
        for (const path of paths(json))
          if (!allowed.has(path)) expect({ path, emptied: emptied(path) }).toEqual({ path, emptied: true });
        expect(json?.business_user?.mark ?? 'usr_00000000000000000000000000').toMatch(/^usr_[0-9a-z]{26}$/);
        // A value in place of an object is dropped.
        for (const path of ['entity', 'external_metadata', 'activity_data', 'counterparties'])
          expect(typeof (json?.[path] ?? null)).toBe('object');
      }),
      { numRuns: runs(1_000), endOnFailure: true },
    );
  });

  it('redact is idempotent and works at any depth', () => {
    fc.assert(
      fc.property(payload, (value) => {
        const once = JSON.stringify(redact(value, 'evt_1') ?? null);
        expect(JSON.stringify(redact(JSON.parse(once), 'evt_1') ?? null)).toBe(once);
      }),
      { numRuns: runs(300), endOnFailure: true },
    );
    let deep: unknown = 'Ana Lima';
    for (let depth = 0; depth < 100_000; depth += 1) deep = depth % 2 ? [deep] : { counterparties: deep };
    expect(JSON.stringify(redact(deep, 'evt_1'))).not.toContain('Ana');
  });
});

describe('the mark of a business user', () => {
  it('tells whether it is a given address, is different in every event, and cannot be forged by a payload', () => {
    const marked = (email: unknown, event: string) =>
      (redact({ business_user: { name: 'Ana Lima', email } }, event) as { business_user: { mark: unknown } })
        .business_user.mark;
    expect(marked(' Ana@Northwind.example ', 'evt_1')).toBe(addressMark('evt_1', 'ana@northwind.example'));
    expect(marked('ana@northwind.example', 'evt_2')).not.toBe(marked('ana@northwind.example', 'evt_1'));
    expect(marked(undefined, 'evt_1')).toBeNull();
    expect(redact({ business_user: { mark: 'Ana Lima' } }, 'evt_1')).toEqual({
      business_user: { mark: null },
    });
  });
});

describe('packed payloads', () => {
  const payload = fc.oneof(
    fc.object(),
    fc.array(fc.object(), { maxLength: 3 }),
    fc.constant(null),
    fc.constant({ contract_type_name: 'x'.repeat(10_000) }),
  );

  it('a payload of any size is read as it was written, also one from an earlier version', () => {
    fc.assert(
      fc.property(payload, (value) => {
        const json = JSON.stringify(value);
        expect(JSON.stringify(unpackPayload(packPayload(value)))).toBe(json);
        expect(unpackPayload(pack(value))).toEqual(JSON.parse(json));
      }),
    );
    expect(packPayload({ contract_type_name: 'x'.repeat(10_000) }).length).toBeLessThan(200);
  });
});
