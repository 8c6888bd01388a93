import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it, test } from 'vitest';
import { readWebhookPayload } from '../../src/spotdraft/webhook-payload.ts';
import fc, { runs } from '../fast-check.ts';

const read = (body: string | Buffer) => readWebhookPayload(Buffer.from(body));
const ids = (body: string | Buffer): string[] =>
  read(body).identifiers.map(({ kind, value }) => `${kind} ${value}`);

const ordinary = JSON.stringify({
  activity: 'CONTRACT_EXECUTED',
  activity_data: { timestamp: '2026-11-05T09:00:00Z' },
  contract_id: 700_010,
  contract_reference_id: 'REF-é',
  external_metadata: { id: '0061234567890AB', record_type: 'Opportunity' },
});
const all = ['time 2026-11-05T09:00:00Z', 'contract 700010', 'reference REF-é', 'external 0061234567890AB'];

test('an ordinary payload is read', () => {
  expect(ids(ordinary).toSorted()).toEqual(all.toSorted());
  expect(read(ordinary)).toMatchObject({
    activity: 'CONTRACT_EXECUTED',
    contractId: 700_010,
    occurredAt: Date.parse('2026-11-05T09:00:00Z'),
    unread: null,
  });
});

const utf32 = (text: string, order: 'LE' | 'BE'): Buffer =>
  Buffer.concat(
    [...text].map((each) => {
      const four = Buffer.alloc(4);
      if (order === 'LE') four.writeUInt32LE(each.codePointAt(0) ?? 0);
      else four.writeUInt32BE(each.codePointAt(0) ?? 0);
      return four;
    }),
  );

describe('bytes', () => {
  const text = Buffer.from(ordinary);
  test.each<[string, Buffer]>([
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${ordinary}`)],
    ['UTF-16, little end first, with a mark', Buffer.from(`\uFEFF${ordinary}`, 'utf16le')],
    ['UTF-16, big end first, with a mark', Buffer.from(`\uFEFF${ordinary}`, 'utf16le').swap16()],
    ['UTF-16, little end first', Buffer.from(ordinary, 'utf16le')],
    ['UTF-16, big end first', Buffer.from(ordinary, 'utf16le').swap16()],
    [
      'UTF-16 cut in a character',
      Buffer.concat([Buffer.from(`\uFEFF${ordinary}`, 'utf16le'), Buffer.from(' ')]),
    ],
    ['UTF-32, little end first, with a mark', utf32(`\uFEFF${ordinary}`, 'LE')],
    ['UTF-32, big end first, with a mark', utf32(`\uFEFF${ordinary}`, 'BE')],
    ['UTF-32, little end first', utf32(ordinary, 'LE')],
    ['UTF-32, big end first', utf32(ordinary, 'BE')],
    ['gzip', gzipSync(text)],
    ['gzip twice', gzipSync(gzipSync(text))],
    ['gzip of UTF-16', gzipSync(Buffer.from(`\uFEFF${ordinary}`, 'utf16le'))],
    ['zstd', zstdCompressSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate at the lowest level', deflateSync(text, { level: 1 })],
    ['deflate without a header', deflateRawSync(text)],
    ['brotli', brotliCompressSync(text)],
    ['blanks and line ends around', Buffer.from(`\r\n\t ${ordinary} \n`)],
  ])('%s is read completely', (_what, body) => {
    expect(ids(body).toSorted()).toEqual(all.toSorted());
    expect(read(body)).toMatchObject({ contractId: 700_010, unread: null, json: { contract_id: 700_010 } });
  });

  test.each<[string, string | Buffer, string, string[]]>([
    ['nothing', '', 'empty', []],
    ['gzip of nothing', gzipSync(''), 'empty', []],
    ['blanks', ' \n', 'not_json', []],
    ['XML', '<contract_id>5</contract_id>', 'not_json', []],
    ['half a payload', ordinary.slice(0, 110), 'not_json', ['time 2026-11-05T09:00:00Z', 'contract 700010']],
    ['a payload cut in an id', '{"contract_id":5,"contract_reference_id":700', 'not_json', ['contract 5']],
    ['a form', 'payload={"contract_id":"5"}', 'not_json', ['contract 5']],
    ['two payloads', '{"contract_id":5}\n{"contract_id":6}', 'not_json', ['contract 5', 'contract 6']],
    ['a number that JSON does not know', '{"contract_id":0x2A,"score":NaN}', 'not_json', ['reference 0x2A']],
    ['keys without quotes', '{contract_id: 5, contract_reference_id: null}', 'not_json', ['contract 5']],
    ['a text without an end', '{"contract_id":5,"note":"\\', 'not_json', ['contract 5']],
    [
      'Latin-1',
      Buffer.from('{"contract_id":5,"contract_reference_id":"é"}', 'latin1'),
      'not_text',
      ['contract 5', 'reference é'],
    ],
    ['bytes in no encoding', Buffer.from([0xc3, 0x28, 0xa0, 0x80]), 'not_text', []],
    ['a bomb', gzipSync(Buffer.alloc(20_000_000, ' ')), 'too_large', []],
    ['no contract', '{"activity":"CONTRACT_EXECUTED"}', 'no_contract', []],
    ['null', 'null', 'no_contract', []],
    ['a contract without a number', '{"contract_id":null}', 'no_contract', []],
    [
      'an id of unknown meaning',
      '{"event":{"id":"abc-1","orderId":77}}',
      'no_contract',
      ['named id abc-1', 'named orderId 77'],
    ],
  ])('%s is unread, and its ids are kept', (_what, body, unread, expected) => {
    expect(read(body).unread).toBe(unread);
    expect(ids(body).toSorted()).toEqual(expected.toSorted());
  });

  it('more ids than are kept are counted as unread', () => {
    const many = JSON.stringify(Array.from({ length: 1_001 }, (_, index) => ({ contract_id: index + 1 })));
    expect(read(many)).toMatchObject({ unread: 'too_many_ids', contractId: null });
    expect(ids(many)).toHaveLength(1_000);
  });

  it('an event of a counterparty needs no contract', () => {
    expect(read('{"activity":"COUNTER_PARTY_CREATED"}')).toMatchObject({ unread: null, contractId: null });
  });
});

test.each([
  ['contract_executed', 'CONTRACT_EXECUTED'],
  ['Contract_Voided', 'CONTRACT_VOIDED'],
  [' CONTRACT_SIGNED\n', 'CONTRACT_SIGNED'],
  ['contractCreated', 'CONTRACT_CREATED'],
  ['counter-party-created', 'COUNTER_PARTY_CREATED'],
  ['contract_archived', 'contract_archived'],
])('the activity “%s” is %s', (given, activity) => {
  expect(read(JSON.stringify({ activity: given, contract_id: 5 })).activity).toBe(activity);
  expect(read(JSON.stringify([{ activity: given, contract_id: 5 }])).activity).toBe(activity);
});

describe('ids that a payload only names', () => {
  const own = { activity: 'CONTRACT_EXECUTED', contract_id: 5 };
  test.each<[string, unknown, string[]]>([
    [
      'of a type, a workflow and related contracts',
      {
        ...own,
        contract_type_id: 135,
        workflow_id: 357,
        parent_contract_id: 'T-88',
        related_contract_ids: [9, 10],
      },
      [
        'named contract_type_id 135',
        'named workflow_id 357',
        'named parent_contract_id T-88',
        'named related_contract_ids 9',
        'named related_contract_ids 10',
      ],
    ],
    [
      'in other spellings of keys',
      { ...own, MessageId: 'm1', 'invoice-number': 'inv', poNo: '77', order_ref: 'r', uuid: 'u' },
      [
        'named MessageId m1',
        'named invoice-number inv',
        'named poNo 77',
        'named order_ref r',
        'named uuid u',
      ],
    ],
    [
      'inside external metadata',
      {
        ...own,
        external_metadata: {
          id: 'A',
          record_data: {
            quote_id: 'q-95152',
            OpportunityId: '006Ab00000Zzz98',
            deal: 'deal-95153',
            stage: 'sent',
          },
        },
      },
      [
        'external A',
        'named quote_id q-95152',
        'named OpportunityId 006Ab00000Zzz98',
        'named deal deal-95153',
      ],
    ],
    [
      'of an envelope',
      { specversion: '1.0', id: 'ce-1', source: '/workspaces/812345', subject: 'x/77', data: own },
      ['named id ce-1', 'named source /workspaces/812345', 'named source 812345', 'named subject x/77'],
    ],
    ['around a payload as text', { MessageId: 'a-1', Message: JSON.stringify(own) }, ['named MessageId a-1']],
    [
      'as parts of an external id',
      { ...own, external_metadata: [{ id: 'PO 95130 / A' }, { id: 'sf/006/95132' }] },
      ['external PO 95130 / A', 'named id 95130', 'external sf/006/95132', 'named id 95132'],
    ],
    [
      'in links',
      {
        ...own,
        contract_link: 'https://app.spotdraft.com/contracts/v2/600007?tab=1',
        external_metadata: { id: 'https://acme.my.salesforce.com/006Ab00000Xyz12/view' },
      },
      [
        'named contract_link 600007',
        'external https://acme.my.salesforce.com/006Ab00000Xyz12/view',
        'named id 006Ab00000Xyz12',
      ],
    ],
    [
      'in a title',
      { ...own, contract_title: 'Amendment of t-95999 (H-123)' },
      ['named contract_title T-95999', 'named contract_title H-123'],
    ],
    [
      'as keys',
      { ...own, related: { 'deal-94124': { x: 1 }, 4711: 'signed' } },
      ['named key deal-94124', 'named key 4711'],
    ],
    [
      'as keys of contracts',
      { contracts: { 4711: {}, 'T-4712': {} } },
      ['contract 4711', 'contract 4712', 'reference T-4712'],
    ],
    ['as the composite id of the contract', { ...own, composite_id: 'T-99' }, ['reference T-99']],
  ])('%s are kept', (_what, body, expected) => {
    const found = ids(JSON.stringify(body)).filter((each) => each !== 'contract 5');
    expect(found.toSorted()).toEqual(expected.toSorted());
    // What is no JSON is read in the same way.
    const cut = ids(`${JSON.stringify(body)},`).filter((each) => each !== 'contract 5');
    expect(cut.toSorted()).toEqual(expected.toSorted());
  });

  it('neither people nor the secrets in links are kept as ids', () => {
    const body = JSON.stringify({
      contract_id: 5,
      signer: { phone_number: '+41790000000', email_id: 'ana.lima@northwind.example', owner_id: 'Ana Lima' },
      download_url:
        'https://files.example/d/9fQ2xLk0bSecretTokenValue77?X-Amz-Signature=deadbeef0123456789deadbeef01',
      contract_title: 'Lima-2026',
      workflow_id: null,
      task_id: 'N/A',
      is_paid: true,
    });
    expect(ids(body)).toEqual(['contract 5']);
  });

  it('never make an event one of the contract that it names', () => {
    expect(read('{"contract_id":5,"parent_contract_id":6,"workflow_id":7}')).toMatchObject({ contractId: 5 });
  });

  it('go first when there are too many, and the payload is counted as unread', () => {
    const body = JSON.stringify({
      lines: Array.from({ length: 2_000 }, (_, id) => ({ id: id + 1 })),
      contract_id: 5,
    });
    expect(read(body).unread).toBe('too_many_ids');
    expect(ids(body)).toHaveLength(1_000);
    expect(ids(body)[0]).toBe('contract 5');
  });

  test.each([
    ['a character of no width inside', 'deal\u200b-95124', 'deal-95124'],
    ['full width', 'ｄｅａｌ－９５１２８', 'deal-95128'],
    ['digits of another script', '٧٤٥٥٨١-ab', '745581-ab'],
    ['a sharp s', 'straße-745580', 'strasse-745580'],
    ['a Turkish capital', 'İSTANBUL-745579', 'istanbul-745579'],
    ['a dotless i', 'kapı-1', 'kapi-1'],
    ['a soft hyphen and a hyphen that does not break', 'a\u00ad\u2011b1', 'a-b1'],
    ['a curly quote', 'O\u2019Neil-745572', "o'neil-745572"],
    ['a control character inside', 'deal-\u0000-97017', 'deal--97017'],
    ['a byte order mark inside', 'x\ufeffy-1', 'xy-1'],
  ])('an id with %s is kept in a plain form too', (_what, id, plain) => {
    expect(ids(JSON.stringify({ contract_id: 5, external_metadata: { id } }))).toEqual(
      expect.arrayContaining([`external ${id}`, `external ${plain}`]),
    );
  });
});

describe('ids of a contract', () => {
  test.each<[string, string, number | null, string[]]>([
    ['a composite id', '{"contract_id":"T-700010"}', null, ['contract 700010', 'reference T-700010']],
    [
      'a composite id in small letters',
      '{"contract_id":"h-700010"}',
      null,
      ['contract 700010', 'reference H-700010', 'reference h-700010'],
    ],
    ['a number as text', '{"contract_id":"700010"}', 700_010, ['contract 700010']],
    ['blanks around', '{"contract_id":" 700010\\n"}', 700_010, ['contract 700010']],
    ['characters of no width around', '{"contract_id":"\\u200b700010\\u00a0"}', 700_010, ['contract 700010']],
    [
      'digits of another width',
      '{"contract_id":"７０００１０"}',
      700_010,
      ['contract 700010', 'reference ７０００１０'],
    ],
    [
      'digits of another script',
      '{"contract_id":"٧٠٠٠١٠"}',
      700_010,
      ['contract 700010', 'reference ٧٠٠٠١٠'],
    ],
    ['zeros in front', '{"contract_id":"000700010"}', 700_010, ['contract 700010', 'reference 000700010']],
    ['a fraction of zero', '{"contract_id":700010.0}', 700_010, ['contract 700010']],
    ['an exponent', '{"contract_id":7e5}', 700_000, ['contract 700000']],
    [
      'the largest exact number',
      '{"contract_id":9007199254740991}',
      2 ** 53 - 1,
      ['contract 9007199254740991'],
    ],
    ['a number above 2^53', '{"contract_id":9007199254740993}', null, ['reference 9007199254740993']],
    [
      'a number of 20 digits as text',
      '{"contract_id":"12345678901234567891"}',
      null,
      ['reference 12345678901234567891'],
    ],
    [
      'a number above 2^53 with a fraction',
      '{"contract_id":9007199254740993.0}',
      null,
      ['reference 9007199254740993'],
    ],
    [
      'a number above 2^53 with an exponent',
      '{"contract_id":9.007199254740993e15}',
      null,
      ['reference 9007199254740993'],
    ],
    ['a number beyond all measure', '{"contract_id":1e400}', null, ['reference 1e400']],
    [
      'a link',
      '{"contract_id":"https://app.spotdraft.com/contracts/v2/720363"}',
      null,
      ['contract 720363', 'reference https://app.spotdraft.com/contracts/v2/720363'],
    ],
    ['a repeated key', '{"contract_id":1,"contract_id":2}', 2, ['contract 1', 'contract 2']],
    [
      'a repeated key with an escape',
      '{"contract_id":1,"contract\\u005fid":2}',
      2,
      ['contract 1', 'contract 2'],
    ],
    ['a repeated object', '{"contract":{"id":1},"contract":{"id":2}}', null, ['contract 1', 'contract 2']],
    [
      'a list of events',
      '[{"contract_id":1},{"contract_id":"T-2"}]',
      null,
      ['contract 1', 'contract 2', 'reference T-2'],
    ],
    ['a list of ids', '{"contract_ids":[1,"2"]}', null, ['contract 1', 'contract 2']],
    ['an object in place of the id', '{"contract_id":{"value":5}}', 5, ['contract 5']],
    ['an event in an envelope', '{"data":{"event":{"contract_id":5}}}', 5, ['contract 5']],
    ['the contract as an object', '{"contract":{"id":5}}', 5, ['contract 5']],
    ['another spelling', '{"contractId":5}', 5, ['contract 5']],
    ['a payload as text', JSON.stringify('{"contract_id":5}'), 5, ['contract 5']],
    ['a payload as text in an envelope', JSON.stringify({ body: '{"contract_id":5}' }), 5, ['contract 5']],
  ])('%s is read', (_what, body, contractId, expected) => {
    expect(read(body)).toMatchObject({ contractId, unread: null });
    expect(ids(body).toSorted()).toEqual(expected.toSorted());
  });

  test.each<[string, string, string]>([
    [
      'a list',
      '{"contract_id":1,"external_metadata":[{"id":"A"},{"id":9007199254740993}]}',
      'contract 1, external 9007199254740993, external A',
    ],
    [
      'an object per system',
      '{"contract_id":1,"external_metadata":{"salesforce":{"record_id":" A "}}}',
      'contract 1, external A',
    ],
    ['text', '{"contract_id":1,"external_metadata":"{\\"id\\":\\"A\\"}"}', 'contract 1, external A'],
    [
      'a repeated key',
      '{"contract_id":1,"external_metadata":{"id":"A"},"external_metadata":{"id":"B"}}',
      'contract 1, external A, external B',
    ],
    [
      'another Unicode form',
      '{"contract_id":1,"contract_reference_id":"e\\u0301"}',
      'contract 1, reference e\u0301, reference é',
    ],
  ])('external ids and references are read from %s', (_what, body, expected) => {
    expect(ids(body).toSorted().join(', ')).toBe(expected);
    expect(read(body).unread).toBeNull();
  });

  it('text of a person that looks like an id is not one', () => {
    const body = JSON.stringify({
      contract_id: 5,
      contract_title: '{"contract_id":6}',
      note: '"contract_id":7,',
    });
    expect(ids(body)).toEqual(['contract 5']);
  });
});

describe('several ids in one field', () => {
  const events = { activity: 'CONTRACT_EXECUTED', contract_id: 5 };
  test.each<[unknown, string[]]>([
    [{ contract_id: '7136,7137' }, ['contract 7136', 'contract 7137']],
    [
      { contract_id: 'T-7134 / T-7135' },
      ['contract 7134', 'reference T-7134', 'contract 7135', 'reference T-7135'],
    ],
    [
      { contract_ids: '1;2 | 12345678901234567890' },
      ['contract 1', 'contract 2', 'reference 12345678901234567890'],
    ],
    [{ contractId: 'contract 7136 (old: 7137), version 2' }, ['contract 7136', 'contract 7137']],
    [{ contract_id: '７１３６、７１３７' }, ['contract 7136', 'contract 7137']],
    [{ contract_id: ['7136 and 7137', 8] }, ['contract 7136', 'contract 7137', 'contract 8']],
    [{ contract_id: "['7136', 'T-7137']" }, ['contract 7136', 'contract 7137', 'reference T-7137']],
    [{ contract: 'T-7134/T-7135' }, ['contract 7134', 'contract 7135']],
    [
      { contract_id: 'https://a.example/contracts/v2/71, https://a.example/contracts/v2/72' },
      ['contract 71', 'contract 72'],
    ],
    [
      { contract_id: '7136-7137' },
      ['reference 7136-7137', 'named contract_id 7136', 'named contract_id 7137'],
    ],
    [{ contract_id: 'REF-77, 7136' }, ['named contract_id REF-77', 'contract 7136']],
    [
      { ...events, contract_reference_id: 'T-7134 / R-77135' },
      ['reference T-7134', 'named contract_reference_id R-77135'],
    ],
    [{ ...events, external_metadata: { id: 'D1, D2' } }, ['external D1, D2', 'named id D1', 'named id D2']],
    [{ ...events, counterparty_id: '71|72' }, ['named counterparty_id 71', 'named counterparty_id 72']],
    [
      { ...events, order_ids: Array.from({ length: 90 }, (_, index) => index + 1).join(', ') },
      ['named order_ids 1', 'named order_ids 90'],
    ],
  ])('each of %j is kept', (body, expected) => {
    expect(ids(JSON.stringify(body))).toEqual(expect.arrayContaining(expected));
    expect(read(JSON.stringify(body)).unread).toBeNull();
    expect(ids(`${JSON.stringify(body)},`)).toEqual(expect.arrayContaining(expected));
  });

  it('make no event one of a single contract, nor a title an id', () => {
    expect(read('{"contract_id":"7136,7137"}').contractId).toBeNull();
    expect(read('{"contract_id":"contract 7136"}').contractId).toBe(7_136);
    expect(ids('{"contract_id":5,"contract":"Amendment 3 to 7136"}')).toEqual(['contract 5']);
    expect(ids('{"contract_id":5,"owner_id":"ana@x.example, bo@x.example"}')).toEqual(['contract 5']);
  });
});

describe('ids in pairs and lists', () => {
  const own = { contract_id: 5, link: 'https://a.example/' };
  test.each<[unknown, string[]]>([
    [{ custom: [{ key: 'sf_opportunity', value: '0065g00000ABCDE' }] }, ['sf_opportunity 0065g00000ABCDE']],
    [{ fields: [{ name: 'Deal number', value: 'D-99812' }] }, ['Deal_number D-99812']],
    [{ fields: [{ value: 99_812, label: 'Deal ID' }] }, ['Deal_ID 99812']],
    [
      { fields: { field: 'order_ref', title: 'Order', values: ['x1', 'x2'] } },
      ['order_ref x1', 'order_ref x2'],
    ],
    [{ answers: [{ question: 'Contract ID', stringValue: '7136' }] }, ['Contract_ID 7136']],
    [{ tags: ['JIRA-1234', 'legal'] }, ['tags JIRA-1234']],
    [{ labels: [{ name: 'JIRA-1235' }] }, ['name JIRA-1235']],
    [{ tag: 'sales, JIRA-1236' }, ['tag JIRA-1236']],
    [{ data: { related: [['JIRA-1237']] } }, ['related JIRA-1237']],
    [{ external_metadata: { deal: 'deal-95153' } }, ['deal deal-95153']],
  ])('those of %j are kept as named', (body, expected) => {
    const found = ids(JSON.stringify({ ...own, ...(body as object) }));
    expect(found.toSorted()).toEqual(['contract 5', ...expected.map((each) => `named ${each}`)].toSorted());
  });

  it('other values of pairs and lists, and numbers of people, are not ids', () => {
    const body = {
      ...own,
      custom: [
        { name: 'Amount', value: 50_000 },
        { name: 'Phone number', value: '+41790000000' },
        { label: 'Note', value: 'Lima, 2026' },
      ],
      passports: ['AB-123456'],
      amounts: [100_000, '200000'],
      signers: [{ name: 'Lima-2026' }],
    };
    expect(ids(JSON.stringify(body))).toEqual(['contract 5']);
  });
});

/** A value that holds one id in some shape. */
const id = fc.oneof(
  fc.integer({ min: 1, max: 2 ** 31 }).map(String),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 80n }).map(String),
  fc.integer({ min: 1, max: 10 ** 6 }).map((number) => `T-${number}`),
  fc.stringMatching(/^[A-Za-z][\w-]{0,20}$/),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).map((text) => `x${text}x`),
);
const written = (value: string, asNumber: boolean): string =>
  asNumber && /^[1-9]\d*$/.test(value) ? value : JSON.stringify(` ${value}\n`);
const member = fc.tuple(
  fc.constantFrom('contract_id', 'contract_reference_id', 'contractId', 'external_id'),
  id,
  fc.boolean(),
);
const encodings: ((text: string) => Buffer)[] = [
  (text) => Buffer.from(text),
  (text) => Buffer.from(`\uFEFF${text}`),
  (text) => Buffer.from(`\uFEFF${text}`, 'utf16le'),
  (text) => gzipSync(text),
  (text) => Buffer.from(text.slice(0, -1)),
  (text) => Buffer.from(`[${text}]`),
  (text) => Buffer.from(`{"data":${text}}`),
];

it('every id of a payload is kept, exactly, or the payload is counted as unread', () => {
  fc.assert(
    fc.property(
      fc.array(member, { minLength: 1, maxLength: 6 }),
      fc.constantFrom(...encodings),
      (members, encode) => {
        const text = `{${members.map(([key, value, asNumber]) => `"${key}": ${written(value, asNumber)}`).join(', ')}}`;
        const { identifiers, unread } = readWebhookPayload(encode(text));
        const found = new Set(identifiers.map(({ value }) => value));
        for (const [, value] of members)
          expect({ value, known: found.has(value) || unread !== null }).toEqual({ value, known: true });
      },
    ),
    { numRuns: runs(400) },
  );
});

it('any bytes are read in linear time without an error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const { unread, identifiers } = readWebhookPayload(bytes);
      expect(unread !== null || identifiers.length > 0).toBe(true);
    }),
    { numRuns: runs(300) },
  );
  for (const unit of ['\\"', '"', '[', '{"a":', ':', ' 1', '"\\']) {
    const started = performance.now();
    readWebhookPayload(Buffer.from(unit.repeat(262_144 / unit.length)));
    expect({ unit, slow: performance.now() - started > 2_000 }).toEqual({ unit, slow: false });
  }
});
