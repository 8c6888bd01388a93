import { describe, expect, it } from 'vitest';
import { renderMessage } from '../../../src/cli/preview/render.ts';
import { makeDigest } from '../../../src/digests/digest/digest.ts';
import type { DigestFacts, OpenDifference } from '../../../src/digests/digest/digest-content.ts';
import type { Change } from '../../../src/inspect/read-history.ts';
import type { CheckResult, Status } from '../../../src/readiness/report.ts';
import { digestMessage } from '../../../src/slack/blocks/digest.ts';
import type { StoredDigest } from '../../../src/store/digests.ts';
import { comparedPlaces } from '../../../src/workspace/diff/compared-places.ts';
import {
  aCheck,
  aDifference,
  anEnvironment,
  aReport,
  DAY_MS,
  gathered,
  HOUR_MS,
  NOW,
  scheduled,
  withDifferences,
} from './digests.ts';

/** Makes one digest a day, each compared with the one before, and returns their messages as text. */
function days(...facts: DigestFacts[]): string[] {
  let before: StoredDigest | null = null;
  return facts.map((of, index) => {
    const at = NOW + index * DAY_MS;
    const made = makeDigest({ report: scheduled(), firedFor: at, late: false }, { ...of, at }, before);
    const day = new Date(at).toISOString().slice(0, 10);
    // As the store returns it.
    const state = JSON.parse(JSON.stringify(made.state));
    before = { firedFor: at, madeAt: at, day, message: 'obx_1', state };
    return renderMessage(digestMessage(made.digest), { width: 400, color: false });
  });
}

const prodWith = (...checks: CheckResult[]): DigestFacts =>
  gathered({ environments: [anEnvironment('prod', { report: { known: aReport('prod', checks) } })] });

const ids = Array.from({ length: 18 }, (_, index) => `config.check-${index}`);
const all = (status: Status, others: Record<string, Status> = {}): DigestFacts =>
  prodWith(...ids.map((id) => aCheck(id, others[id] ?? status)));

describe('after an outage', () => {
  const failed = { 'config.check-3': 'fail', 'config.check-11': 'warn' } as const;

  it('checks that pass again are one line, and only those that had failed are resolved', () => {
    const texts = days(all('pass', failed), all('unknown'), all('unknown'), all('pass'));
    const text = texts.at(-1) ?? '';
    expect(text).toMatch(
      /Resolved: 2\n.*config\.check-3` failed before\n.*config\.check-11` warned before\n/,
    );
    expect(text).toContain('Readable again: 16 checks, which pass (prod (production) 16)');
    expect(text).not.toContain('more in the thread');
    expect(text).not.toContain('was unknown before');
  });

  it('a check that passed before it and fails now is new; one that fails as before is not', () => {
    const [, , text] = days(
      all('pass', { 'config.check-3': 'fail' }),
      all('unknown'),
      all('pass', { 'config.check-3': 'fail', 'config.check-4': 'fail' }),
    );
    expect(text).toContain('Failing checks: 2, 1 new');
    expect(text).toMatch(/config\.check-4 asks for is there \(failed, new\)/);
    expect(text).toMatch(/config\.check-3 asks for is there \(still failing, day 3\)/);
    expect(text).toContain('Readable again: 16');
  });

  it.each<[string, DigestFacts]>([
    [
      'checks that wait for credentials',
      prodWith(
        aCheck('credentials.accepted', 'fail', { item: 'credentials' }),
        ...ids.map((id) => aCheck(id, 'skipped', { waitsFor: 'credentials.accepted' })),
      ),
    ],
    [
      'a check that could not run',
      gathered({ environments: [anEnvironment('prod', { report: { unknown: 'the check failed' } })] }),
    ],
  ])('memory outlasts %s', (_what, lost) => {
    const [, , text] = days(
      all('pass', { 'config.check-3': 'fail' }),
      lost,
      all('pass', { 'config.check-5': 'fail' }),
    );
    expect(text).toMatch(/Resolved: 1\n.*config\.check-3/);
    expect(text).toMatch(/config\.check-5 asks for is there \(failed, new\)/);
    expect(text).toContain('Readable again: 16');
  });
});

describe('a check in its first judgement', () => {
  it.each<[string, DigestFacts]>([
    ['could not be read at the first digest', all('unknown')],
    ['waited for another check', prodWith(...ids.map((id) => aCheck(id, 'skipped', { waitsFor: 'x' })))],
    ['was not asked for', all('skipped')],
    [
      'was in no section of the report',
      gathered({ environments: [anEnvironment('prod', { report: null })] }),
    ],
  ])('is not new when it %s before', (_how, first) => {
    const [, text, later] = days(first, all('pass', { 'config.check-3': 'fail' }), all('pass'));
    expect(text).toContain('Failing checks: 1\n');
    expect(text).toMatch(/config\.check-3 asks for is there \(failed, first time in this digest\)/);
    expect(later).toMatch(/Resolved: 1\n/);
  });

  it('is new when its waiver ends', () => {
    const [, text] = days(
      all('pass', { 'config.check-3': 'waived' }),
      all('pass', { 'config.check-3': 'fail' }),
    );
    expect(text).toContain('Failing checks: 1, 1 new');
  });
});

const item = 'templates/Order Form';
const renamed = (to: string): OpenDifference =>
  aDifference(`${item}/name`, { left: 'Order Form', right: to, fingerprint: to });
const missing = aDifference(item, { kind: 'missing', left: { name: 'Order Form' }, right: null });
const extra = (name: string): OpenDifference =>
  aDifference(`templates/${name}`, { kind: 'extra', left: null, right: { name } });

describe('a difference that drifts further', () => {
  it.each<[string, OpenDifference[], OpenDifference[]]>([
    ['a renamed item whose content changes too', [renamed('Form')], [missing, extra('Form')]],
    ['a renamed item with another name', [renamed('Form')], [renamed('Forms')]],
    ['a renamed item with another name and content', [renamed('Form')], [missing, extra('Forms')]],
    [
      'a renamed item that is renamed on the left',
      [renamed('Form')],
      [{ ...renamed('Form'), path: 'templates/Order/name' }],
    ],
    ['one item missing and one extra that prove to be one', [missing, extra('Form')], [renamed('Form')]],
    ['a field of an item that goes missing', [aDifference(`${item}/fields/date/type`)], [missing]],
    [
      'an option of a field that goes missing',
      [aDifference(`${item}/fields/a/options/1/label`)],
      [{ ...missing, path: `${item}/fields/a` }],
    ],
  ])('is not resolved: %s', (_what, before, now) => {
    const [, text] = days(withDifferences(before), withDifferences(now));
    expect(text).not.toContain('✅ Resolved');
    expect(text).toMatch(/Differences .*, [12] changed/);
  });

  it.each<[string, OpenDifference[], OpenDifference[]]>([
    ['the name is the same again', [renamed('Form')], []],
    [
      'another item differs',
      [renamed('Form')],
      [aDifference('templates/NDA/name', { left: 'NDA', right: 'N.D.A.' })],
    ],
    ['a missing item exists, with other fields', [missing], [aDifference(`${item}/fields/date/type`)]],
    [
      'a neighbour of a similar name is missing',
      [aDifference(`${item}/fields/a/type`)],
      [{ ...missing, path: 'templates/Order' }],
    ],
  ])('is resolved when %s', (_what, before, now) => {
    expect(days(withDifferences(before), withDifferences(now))[1]).toContain('✅ Resolved: 1');
  });

  it('is not resolved when an extra item only gets another name', () => {
    const change: Change = {
      at: NOW + HOUR_MS,
      notBefore: NOW,
      from: 'a',
      to: 'b',
      differences: [aDifference('templates/Form/name', { left: 'Form', right: 'Paper' })],
    };
    const now = withDifferences([extra('Paper')], {
      environments: [anEnvironment('prod', { changes: { known: { changes: [change], notRead: [] } } })],
    });
    const [, text] = days(withDifferences([extra('Form')]), now);
    expect(text).not.toContain('✅ Resolved');
    expect(text).toContain('0 new, 1 changed');
  });
});

describe('a place that joins the comparison', () => {
  const content = { version: 1, templates: { known: [{ name: 'A' }] }, roles: { known: [] } } as const;
  const fields = (list: string[]) => [
    { template: 'A', fields: { known: list.map((variable) => ({ variable, options: [] })) } },
  ];
  const withPlaces = (open: OpenDifference[], compared: string[] | undefined, unread: string[] = []) => {
    const facts = withDifferences(open);
    const notCompared = unread.map((path) => ({ path, reason: 'the answer was 403' }));
    return {
      ...facts,
      pairs: facts.pairs.map((pair) => ({
        ...pair,
        drift: { known: { open, notCompared, ...(compared ? { compared } : {}) } },
      })),
    };
  };
  const bare = comparedPlaces(content as never, content as never);
  const full = { ...content, templateFields: fields(['x']), featureFlags: { known: { beta: true } } };
  const whole = comparedPlaces(full as never, full as never);

  it.each([
    ['templates/A/fields/x', bare, whole, []],
    ['templates/A/fields/x/type', bare, whole, []],
    ['featureFlags/beta', bare, whole, []],
    ['templates/A/fields/x/type', whole, whole, ['templates/A/fields']],
    ['workflows/W/approvals/a', whole, whole, ['workflows']],
    ['roles/R', undefined, whole, ['*/nothing', 'roles']],
  ])('has no new difference: %s', (path, before, now, unread) => {
    const [, text] = days(withPlaces([], before, unread), withPlaces([aDifference(path)], now));
    expect(text).toContain('Differences still open');
    expect(text).not.toContain('new');
  });

  it.each([
    ['templates/B', bare],
    ['templates/A/name', bare],
    ['roles/R', bare],
    ['templates/A/fields/y', whole],
    ['featureFlags/beta', whole],
    // Digests of older versions did not list what they compared.
    ['templates/A/fields/y', undefined],
  ])('has new differences later: %s', (path, before) => {
    const [, text] = days(withPlaces([], before), withPlaces([aDifference(path)], whole));
    expect(text).toContain('1 new, 0 changed');
  });

  it('compared once and lost for a day has new differences afterwards', () => {
    const open = [aDifference('templates/A/fields/x')];
    const lost = withPlaces([], bare, ['templates/*/fields']);
    expect(days(withPlaces([], whole), lost, withPlaces(open, whole))[2]).toContain('1 new, 0 changed');
    expect(days(lost, lost, withPlaces(open, whole))[2]).not.toContain('1 new');
  });
});

it('a difference that went and came back within a period has one line', () => {
  const at = (hour: number, changes: Partial<OpenDifference>): Change => ({
    at: NOW + hour * HOUR_MS,
    notBefore: NOW,
    from: 'a',
    to: 'b',
    differences: [aDifference('roles/Legal', { left: null, right: null, ...changes })],
  });
  const type = { path: 'templates/A/fields/x/type' };
  // Newest first.
  const changes = [
    at(9, { path: 'roles/New', kind: 'extra', right: 'New' }),
    at(8, { path: 'templates/B/name', left: 'B', right: 'A' }),
    at(7, { ...type, kind: 'changed', left: 'int', right: 'date' }),
    at(6, { ...type, kind: 'changed', left: 'string', right: 'int' }),
    at(5, { path: 'templates/A/name', left: 'A', right: 'B' }),
    at(4, { kind: 'extra', right: 'Legal' }),
    at(3, { kind: 'missing', left: 'Legal' }),
    at(2, { kind: 'extra', right: 'Legal' }),
    at(1, { kind: 'missing', left: 'Legal' }),
  ];
  const environments = [anEnvironment('prod', { changes: { known: { changes, notRead: [] } } })];
  const [, text = ''] = days(gathered(), gathered({ environments }));
  expect(text).toContain('Changed since the last digest: 5\n');
  expect(text.match(/`roles\/Legal` gone, and back on/g)).toHaveLength(1);
  expect(text.match(/`templates\/A\/name` A → B, and back on/g)).toHaveLength(1);
  expect(text.match(/templates\/A\/fields\/x\/type` \w+ → \w+ \(/g)).toHaveLength(2);
});
