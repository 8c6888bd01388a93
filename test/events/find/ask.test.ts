import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Environment } from '../../../src/config/config.ts';
import { type Answers, ask } from '../../../src/events/find/ask.ts';
import { targetsOf } from '../../../src/events/find/contract-target.ts';
import { find } from '../../../src/events/find/find.ts';
import { searchTitles } from '../../../src/events/find/title-search.ts';
import { prepareDelivery } from '../../../src/events/log/prepare-delivery.ts';
import { type Database, openDatabase } from '../../../src/store/database.ts';
import { openEventLogWriter } from '../../../src/store/event-log.ts';
import type { ReportedCall } from '../../../src/store/reported.ts';
import type { OutcomeRow } from '../../../src/store/tables/event-log.ts';
import { idForms } from '../../../src/text/decoded-text.ts';
import { there } from '../../environment.ts';
import { createDatabase, plainCall } from '../../event-log.ts';
import fc, { runs } from '../../fast-check.ts';

const at = Date.UTC(2026, 10, 30, 9);
const app = 'https://app.spotdraft.com/contracts/v2';
/** Shorter than a contract's number may be, so that no prefix matches. */
const [acme, globex, cafe] = [720_363, 4_322, 555_001];

const deliveries = [
  {
    environment: 'prod',
    contract_id: acme,
    contract_title: 'Mutual NDA 2026 - Acme GmbH',
    contract_reference_id: 'SD-Acme-4815',
    external_metadata: { id: 'Order–Service 9' },
    counterparties: [{ organization_name: 'Acme GmbH', poc_name: 'Priya Nair' }],
  },
  {
    environment: 'prod',
    contract_id: globex,
    contract_title: 'DPA',
    external_metadata: { id: 'deal-122' },
    counterparties: [{ organization_name: 'Globex  Ltd', poc_name: 'O’Brien – Sons' }],
  },
  {
    environment: 'uat',
    contract_id: cafe,
    contract_title: 'Café Müller lease'.normalize('NFD'),
    external_metadata: { id: 'Müller-77'.normalize('NFD') },
  },
  ...[5550, 5551, 5552].map((contract_id) => ({ environment: 'prod', contract_id })),
  ...[5553, 5554].map((contract_id) => ({
    environment: 'prod',
    contract_id,
    contract_reference_id: 'SD-Shared',
    activity_data: { timestamp: new Date(at).toISOString() },
  })),
];

const call = (own_id: string, more: Partial<ReportedCall> = {}): ReportedCall => ({
  ...plainCall,
  call_id: `call_${own_id}`,
  at: at - 86_400_000,
  method: 'POST',
  status: 201,
  own_id,
  ...more,
});

const outcome = (own_id: string, more: Partial<OutcomeRow>): OutcomeRow => ({
  id: `out_${own_id}`,
  own_id,
  environment: 'prod',
  at,
  status: 'failed',
  attempt: 1,
  event_id: null,
  contract_id: null,
  activity: null,
  occurred_at: null,
  request_id: null,
  code: 'CRM_DOWN',
  message: null,
  ...more,
});

type Payloads = 'none' | 'redacted' | 'full';

async function openLog(payloads: Payloads): Promise<Database> {
  const file = join(mkdtempSync(join(tmpdir(), 'envcheck-')), 'log.db');
  await createDatabase(file);
  const log = openEventLogWriter(file);
  log.write(
    deliveries.map(({ environment, ...body }, index) =>
      prepareDelivery(
        {
          environment,
          receivedAt: at,
          requestId: `Request-${index}-Ab`,
          source: '127.0.0.1',
          rejection: null,
          signedWith: null,
          headerEventId: null,
          body: Buffer.from(JSON.stringify({ activity: 'CONTRACT_EXECUTED', ...body })),
        },
        { payloads, eventIdFields: {} },
      ),
    ),
  );
  log.reported.calls([
    call('T-991'),
    call('other', { external_id: 'H-888777' }),
    call('T-4322'),
    call('order 12 of May', { request_id: 't-77001' }),
  ]);
  log.reported.outcomes([
    outcome('T-5550', {}),
    outcome('sync-1', { event_id: 'T-5551' }),
    outcome('5552', {}),
    outcome('of-5553', { contract_id: 5553, activity: 'CONTRACT_EXECUTED', occurred_at: at }),
  ]);
  log.close();
  return openDatabase(file);
}

const open = new Map<Payloads, Database>();
beforeAll(async () => {
  for (const payloads of ['none', 'redacted', 'full'] as const) open.set(payloads, await openLog(payloads));
});
afterAll(async () => {
  for (const db of open.values()) await db.destroy();
});

const config = {
  environments: ['uat', 'prod'].map((name) => ({ name, receivers: [] }) as unknown as Environment),
  externalMetadata: null,
};

function asked(
  text: string,
  payloads: Payloads = 'redacted',
  environment: string | null = null,
  db = there(open.get(payloads)),
) {
  return ask(
    db,
    { text, environment },
    {
      conventions: [/^006[A-Za-z0-9]{12,15}$/],
      environments: ['uat', 'prod'],
      payloads,
      find: (query) =>
        find(db, query, {
          keepMs: 90 * 86_400_000,
          now: at,
          environments: [
            { name: 'uat', production: false },
            { name: 'prod', production: true },
          ],
          pairs: [],
        }),
    },
  );
}

/** Contracts of the events of each answer. */
const contractsOf = ({ answered }: Answers) =>
  answered.map(({ result }) => result.events.map((event) => event.contract_id));
const ownIdsOf = ({ answered }: Answers) =>
  answered.map(({ result }) => result.calls.map(({ own_id }) => own_id));

describe('one id with something around it', () => {
  it.each([
    `T-${acme}`,
    `<${app}/${acme}>`,
    `<${app}/${acme}|Mutual NDA - T-${acme}>`,
    `<${app}/${acme}?tab=activity#top|app.spotdraft.com/contracts/v2/${acme}>`,
    `&lt;${app}/${acme}&gt;`,
    `HTTPS://APP.SPOTDRAFT.COM/contracts/v2/${acme}/`,
    `[the contract](${app}/${acme})`,
    `https://safe.example/?url=${encodeURIComponent(`${app}/${acme}`)}&x=1`,
    `#${acme}`,
    `"T-${acme}",`,
    `(T-${acme})`,
    `*T-${acme}*`,
    `\`t-${acme}\`.`,
    `_*T-${acme}*_!`,
    `‹T\u2011${acme}›`,
    `T\u2013${acme}`,
    `\uff34\uff0d\uff17\uff12\uff10\uff13\uff16\uff13`,
    `T-720\u200b363\ufeff`,
    `contract ${acme}`,
    `Contract: T-${acme}.`,
    `CONTRACT\u00a0#${acme}`,
    `contract no. ${acme}`,
    `"contract_id": ${acme},`,
    `contractId=${acme}`,
    `please look at contract ${acme}, it hangs since 9`,
    'sd-acme-4815',
    'SD-ACME-4815;',
    'SD\u2010Acme\u20104815',
    'sd-acme-48',
    'order-service 9',
    'REQUEST-0-AB',
    'request_id: request-0-ab',
    `${acme}✅`,
    `☑️ ${acme} 🎉`,
    `${acme}®`,
    `№${acme}`,
    `nº${acme}`,
    `→${acme}`,
    `${acme}²`,
    `${acme}¹⁾`,
    `①${acme}`,
    '720 363',
    '720\u2009363',
    '720\u00a0363',
    '720\u202f363,',
    'T-720 363',
    "720'363",
    '720,363',
    '720.363',
    'contract 720 363 hangs',
    `0${acme}`,
    `T-000${acme}`,
    `${acme}`.padStart(19, '0'),
    '\uff17\uff12\uff10\uff13\uff16\uff13',
    '\u0667\u0662\u0660\u0663\u0666\u0663',
    '\u{1d7d5}\u{1d7d0}\u{1d7ce}\u{1d7d1}\u{1d7d4}\u{1d7d1}',
    `\u001b[31m${acme}\u001b[0m`,
    `\ufdfa ${acme}`,
    `{"event":{"data":{"contract_id":${acme},"status":"EXECUTED"}},"attempt":2}`,
    `[{"id": "${acme}", "kind": "contract"}]`,
    `level=warn ts=1764493200 contract=${acme} retry=3`,
    `msg="sync failed" contract_id="${acme}" dur=12ms`,
    `2026-11-30 09:00:00,123 ERROR [worker-3] c.a.Sync - contract ${acme} failed`,
    `SyncError: contract[${acme}] not found\n    at sync (/app/src/sync.js:12:5)\n    at file:///app/main.mjs:120:17`,
    `Traceback (most recent call last):\n  File "/srv/sync.py", line 88, in run\nKeyError: 'T-${acme}'`,
    `[T-${acme}](${app}/${acme} "Mutual NDA")`,
    `![picture](https://cdn.example/1.png) [${acme}](https://x.example)`,
    `mailto:legal@example.com?subject=Contract%20T-${acme}&cc=a%40b.example`,
    `<mailto:legal@example.com?subject=T-${acme}|legal@example.com>`,
    encodeURIComponent(encodeURIComponent(`${app}/${acme}`)),
    `https://crm.example/open?back=${encodeURIComponent(`/contract?contract_id=${acme}`)}`,
    `Mutual_NDA_T-${acme}_final.docx`,
    `contract-${acme}`,
    `Contract_${acme}.pdf`,
    `T${acme}`,
    `h${acme}.docx`,
    `${acme}.pdf`,
    `${acme}_Order_Form.pdf`,
    `Mutual_NDA_${acme}_v2.docx`,
    `Mutual NDA ${acme}.pdf`,
    `see contract-${acme} please`,
    `https://files.example/nda/${acme}.pdf`,
    `T_${acme}`,
    `h_${acme}.pdf`,
    `NDA-${acme}-signed.pdf`,
    `T-${acme}-signed.pdf`,
    `2026-11-30-${acme}.docx`,
    `No.${acme}`,
    `Nr.${acme}`,
    `Contrat n° ${acme} du 30/11/2026`,
    `${acme}-1`,
    `T-${acme}-v2`,
    `${acme}_v3`,
    'SD Acme 4815',
    'sd_acme_4815',
    'Order_Service_9',
  ])('%j finds the contract', async (text) => {
    const answers = await asked(text);
    expect({ contracts: contractsOf(answers), leftOut: answers.leftOut }).toEqual({
      contracts: [[acme]],
      leftOut: 0,
    });
  });

  it('words of any length have limited work, and no id in them is lost', async () => {
    const long = `https://safe.example/?token=${'ab'.repeat(900)}&url=${app}/${acme}`;
    expect(contractsOf(await asked(long))).toEqual([[acme]]);
    const phrases = '\ufdfa'.repeat(20_000);
    expect(idForms(phrases)).toHaveLength(phrases.length);
    const started = performance.now();
    expect(contractsOf(await asked(`${phrases} contract ${acme}`))).toEqual([[acme]]);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it.each(['Müller-77', 'MÜLLER-77'.normalize('NFD'), '»müller-77«', 'muller-77'])(
    '%j finds an id that was stored decomposed, if only its form differs',
    async (text) => {
      expect(contractsOf(await asked(text))).toEqual([text === 'muller-77' ? [] : [cafe]]);
    },
  );

  it('an id with blanks is found as it was stored', async () => {
    expect(ownIdsOf(await asked('order 12 of May'))).toEqual([['order 12 of May']]);
    expect(ownIdsOf(await asked('“Order 12 of may”'))).toEqual([['order 12 of May']]);
  });
});

it('no answer says never about an id that the log holds, whatever stands around it', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'envcheck-')), 'log.db');
  await createDatabase(file);
  const [log, db] = [openEventLogWriter(file), openDatabase(file)];
  const grouped = (blank: string) => (id: string) =>
    /^\d{4,}$/.test(id) ? id.replace(/\B(?=(?:\d{3})+$)/g, blank) : id;
  const otherDigits = (zero: number) => (id: string) =>
    /^\d+$/.test(id) ? id.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit))) : id;
  const around = fc.constantFrom<((id: string) => string)[]>(
    (id) => id,
    (id) => `✅${id}™`,
    (id) => `① ${id}²`,
    (id) => `*<mailto:a@b.example?subject=${id}|${id}>*`,
    (id) => `[${id}](https://crm.example/${encodeURIComponent(id)})`,
    (id) => `https://crm.example/?back=${encodeURIComponent(encodeURIComponent(`/x?id=${id}`))}`,
    (id) => JSON.stringify({ event: { ids: [id], note: 'failed' } }),
    (id) => JSON.stringify(JSON.stringify({ id, retries: 3 })),
    (id) => `level=error ts=2026-11-30T09:00:00Z id=${id} msg="sync failed"`,
    (id) => `2026-11-30 09:00:00,1 WARN [main] Sync - ${id}: failed\n\tat Sync.run(Sync.java:12)`,
    (id) => `\u001b[33m${id}\u001b[0m \ufdfa`,
    (id) => (/^\d+$/.test(id) ? `000${id}` : id),
    ...['\u2009', '\u00a0', '\u202f', ' ', "'"].map(grouped),
    ...[0xff10, 0x0660, 0x0966, 0x1d7ec].map(otherDigits),
  );
  const id = fc.oneof(
    fc.integer({ min: 1_000, max: 10 ** 9 }).map(String),
    fc.integer({ min: 1_000, max: 10 ** 9 }).map((number) => `T-${number}`),
    fc.stringMatching(/^[A-Za-z]{2,9}[-_]\d{2,9}[A-Z]?$/),
  );
  await fc.assert(
    fc.asyncProperty(id, around, async (own, decorated) => {
      const body = Buffer.from(JSON.stringify({ activity: 'CONTRACT_SIGNED', contract_id: own }));
      const delivery = { environment: 'prod', receivedAt: at, requestId: 'r', source: '127.0.0.1', body };
      log.write([
        prepareDelivery(
          { ...delivery, rejection: null, signedWith: null, headerEventId: null },
          { payloads: 'redacted', eventIdFields: {} },
        ),
      ]);
      const { answered } = await asked(decorated(own), 'redacted', null, db);
      const known = answered.filter(({ result }) => result.identifiers.some(({ value }) => value === own));
      expect({ text: decorated(own), known: known.length }).toEqual({ text: decorated(own), known: 1 });
      expect(known[0]?.result.answer).not.toContain('never');
    }),
    { numRuns: runs(60) },
  );
  log.close();
  await db.destroy();
});

describe('ids of the integration in the form of a contract', () => {
  it('they are found, in any case and with marks', async () => {
    expect(ownIdsOf(await asked('T-991'))).toEqual([['T-991']]);
    expect(ownIdsOf(await asked('*t-991*,'))).toEqual([['T-991']]);
    expect(ownIdsOf(await asked('H-888777'))).toEqual([['other']]);
    expect(ownIdsOf(await asked('H-88877'))).toEqual([['other']]);
    expect(ownIdsOf(await asked('T-77001'))).toEqual([['order 12 of May']]);
    for (const text of ['T-991', 'H-888777'])
      expect((await asked(text)).answered).toMatchObject([{ result: { guess: null, found: true } }]);
  });

  it('they are shown with the contract of that number, and the answer says which is which', async () => {
    const answers = await asked('T-4322');
    expect(ownIdsOf(answers)).toEqual([['T-4322']]);
    expect(contractsOf(answers)).toEqual([[globex]]);
    expect(answers.answered[0]?.result).toMatchObject({
      ambiguous: false,
      guess: expect.stringMatching(/^T-4322 is the id of call in the log\. Contract 4322 is shown too: /),
    });
  });
});

describe('an id of the integration that is the number of a contract too', () => {
  it.each([
    ['T-5550', 5550],
    ['T-5551', 5551],
    ['5552', 5552],
  ])('the outcome %s is not taken for one of contract %i', async (id, contract) => {
    const { answered } = await asked(id);
    const failed =
      'your integration failed to process an event (CRM_DOWN); the webhook itself is not in the log';
    const arrived = 'CONTRACT_EXECUTED arrived and was verified; your integration reported no outcome.';
    expect(answered[0]?.result.answer).toBe(
      id === String(contract)
        ? `${arrived} ${id} is also the id of an outcome: ${failed}.`
        : `In prod (production): ${failed}; in prod (production), contract ${contract}: ${arrived}`,
    );
    const contracts = answered.flatMap(({ result }) => targetsOf(result, null, config));
    expect(contracts).toMatchObject([{ internal: contract, composite: null, story: { contract } }]);
  });

  it('an outcome alone leads to no contract, and a number only to contracts', async () => {
    const { answered } = await asked('T-991');
    for (const { result } of answered) expect(targetsOf(result, null, config)).toEqual([]);
    const own = await asked('H-5552');
    expect(own.answered[0]?.result).toMatchObject({ outcomes: [], events: [{ contract_id: 5552 }] });
  });
});

describe('a reference id of two contracts', () => {
  it('has an answer about each, and no row of one in the story of the other', async () => {
    const { answered } = await asked('SD-Shared');
    const [{ result } = { result: null }] = answered;
    expect(
      result?.stories.map(({ contract, events, outcomes }) => [contract, events.length, outcomes.length]),
    ).toEqual([
      [5554, 1, 0],
      [5553, 1, 1],
    ]);
    expect(result?.answer).toBe(
      'In prod (production), contract 5553: CONTRACT_EXECUTED arrived and was verified, but your integration failed to process it (CRM_DOWN); in prod (production), contract 5554: CONTRACT_EXECUTED arrived and was verified; your integration reported no outcome.',
    );
    expect(result && targetsOf(result, null, config)).toMatchObject([{ internal: 5554 }, { internal: 5553 }]);
  });
});

describe('several ids', () => {
  it.each([
    [`T-${acme} deal-122`, [[acme], [globex]]],
    [`T-${acme},deal-122;4322`, [[acme], [globex], [globex]]],
    [`contracts ${acme} and 999999`, [[acme], []]],
    ['deal-122 deal-999', [[globex], []]],
    [`*T-${acme}* is done but <${app}/${globex}|this one> hangs at 12:30`, [[acme], [globex]]],
    [`deal-122 deal-122 https://crm.example/deals/deal-122/view`, [[globex]]],
    ['https://crm.example/lightning/r/deal-122/view', [[globex]]],
  ])('%j has one answer for each', async (text, contracts) => {
    expect(contractsOf(await asked(text))).toEqual(contracts);
  });

  it('more ids than are answered at once are counted', async () => {
    const text = Array.from({ length: 33 }, (_, index) => `deal-${index + 500}`).join(' ');
    const { answered, leftOut } = await asked(text);
    expect([answered.length, leftOut]).toEqual([20, 13]);
    const words = Array.from({ length: 450 }, (_, index) => `deal-${index + 500}`).join('\n');
    const many = await asked(words);
    expect([many.answered.length, many.leftOut]).toEqual([20, 430]);
    const inOneWord = await asked(Array.from({ length: 26 }, (_, index) => `deal-${index + 500}`).join('/'));
    expect(inOneWord.leftOut).toBe(6);
  });
});

describe('several ids in one word', () => {
  it.each([
    [`${acme}/${globex}`, [[acme], [globex]]],
    [`T-${acme}/T-${globex}`, [[acme], [globex]]],
    [`${acme}&${globex}`, [[acme], [globex]]],
    [`contracts ${acme}=${globex}?`, [[acme], [globex]]],
    [`id:${acme}/id:${globex}`, [[acme], [globex]]],
    [`${acme}/999999`, [[acme], []]],
    [`id=deal-122`, [[globex]]],
    [`${acme}→${globex}`, [[acme], [globex]]],
    [`${acme}✅${globex}❌`, [[acme], [globex]]],
  ])('%j is as many answers', async (text, contracts) => {
    expect(contractsOf(await asked(text))).toEqual(contracts);
  });
});

describe('titles and counterparties', () => {
  it.each([
    ['Mutual NDA 2026', [acme]],
    ['acme gmbh', [acme]],
    ['ACME', [acme]],
    ['Globex Ltd', [globex]],
    ['Priya Nair', [acme]],
    ['café müller', [cafe]],
    ['ＮＤＡ', [acme]],
    ['cafe muller', [cafe]],
    ["O'Brien", [globex]],
    ['o’brien & sons', [globex]],
    ['O\u2032Brien\u00a0\u2013 Sons', [globex]],
    ['nda 2026 acme', [acme]],
  ])('%j finds the contract where payloads are kept', async (text, contracts) => {
    const answers = await asked(text, 'full');
    expect(contractsOf(answers)).toEqual([contracts]);
    expect(answers.note).toBe(`1 contract has “${text}” in the title or counterparty.`);
  });

  it.each([
    'Re: Mutual NDA 2026 - Acme GmbH',
    'FWD: AW: mutual nda 2026 acme',
    '[SpotDraft] TR : Mutual NDA 2026',
  ])('the subject %j of a mail finds the contract with its title', async (text) => {
    expect(contractsOf(await asked(text, 'full'))).toEqual([[acme]]);
  });

  it.each(['Acme GmbH', 'Northwind lease 2026', 'the NDA of 30 pages', 'gutenberg'])(
    '%j is no id, so no answer says that it was never received',
    async (text) => {
      for (const payloads of ['none', 'redacted'] as const) {
        const { answered, note } = await asked(text, payloads);
        expect(answered.map(({ result }) => result.answer)).toEqual([`The log has no id “${text}”.`]);
        expect(note).toContain('cannot be searched');
      }
    },
  );

  it('a text that no title has, a short text and another environment find nothing and say so', async () => {
    const none = await asked('Initech', 'full');
    expect(none).toMatchObject({
      answered: [{ result: { found: false } }],
      note: 'No contract has “Initech” in its title or counterparty.',
    });
    expect((await asked('Ac', 'full')).note).toBeNull();
    expect(contractsOf(await asked('Acme', 'full', 'uat'))).toEqual([[]]);
    expect((await asked('deal-999', 'full')).note).toBeNull();
  });

  it('a title is found behind many newer events of another environment', async () => {
    const db = await openLog('full');
    await sql`insert into events (id, environment, activity, received_at, payload, payload_kind)
      with recursive n(i) as (select 1 union all select i + 1 from n where i < 20001)
      select 'evt_' || i, 'uat', 'CONTRACT_CREATED', ${at} + i, cast('{}' as blob), 'raw' from n`.execute(db);
    expect((await searchTitles(db, 'acme', ['uat', 'prod'])).contracts).toEqual([
      { environment: 'prod', contractId: String(acme) },
    ]);
    expect(await searchTitles(db, 'initech', ['uat'])).toMatchObject({
      contracts: [],
      reach: 'newest',
      cut: ['uat'],
    });
    await sql`update events set payload_kind = 'redacted' where environment = 'prod' and contract_id = ${globex}`.execute(
      db,
    );
    const { note } = await asked('initech', 'full', null, db);
    expect(note).toBe(
      'No contract has “initech” in its title or counterparty. Only the newest 20,000 events of uat were searched. 1 of the 20,007 searched events keep no title.',
    );
    await db.destroy();
  });

  it.each(['none', 'redacted'] as const)('they cannot be searched with payloads: %s', async (payloads) => {
    const answers = await asked('Acme GmbH', payloads);
    expect(contractsOf(answers)).toEqual([[]]);
    expect(answers.note).toContain(`\`log.payloads: ${payloads}\` does not keep them`);
    expect((await asked('deal-999', payloads)).note).toBeNull();
  });
});
