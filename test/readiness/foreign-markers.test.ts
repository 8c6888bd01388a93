import { describe, expect, it } from 'vitest';
import { findMarker } from '../../src/readiness/foreign-markers.ts';

const word = (text: string, ...markers: string[]) =>
  findMarker(text, markers.length > 0 ? markers : ['uat'])?.word ?? null;

describe('a marker', () => {
  it.each([
    ['as a word of its own', 'NDA (UAT)', 'UAT'],
    ['between signs', 'northwind--uat.sandbox.my.example', 'northwind--uat'],
    ['before a digit', 'https://northwind--uat2.my.example', 'northwind--uat2'],
    ['before an underscore', 'UAT_4711', 'UAT_4711'],
    ['after a digit', 'crm2uat', 'crm2uat'],
    ['after a change of case', 'northwindUat', 'northwindUat'],
    ['before a change of case', 'uatInstance', 'uatInstance'],
    ['as capitals before a word', 'sfdcUATInstance', 'sfdcUATInstance'],
    ['as capitals in the plural', 'one of the UATs', 'UATs'],
    ['glued in a host name', 'https://northwinduat.my.salesforce.example/x', 'northwinduat'],
    ['glued at the start of a host name', 'uatnorthwind.example', 'uatnorthwind'],
    ['glued in an address', 'crmuat@northwind.example', 'crmuat'],
    ['glued in an id with digits', 'OPPUAT4711', 'OPPUAT4711'],
    ['glued in an id with an underscore', 'northwinduat_7', 'northwinduat_7'],
    ['glued in a name without blanks', 'northwinduat', 'northwinduat'],
    ['glued to letters with marks', 'münchenuat.example', 'münchenuat'],
  ])('is found %s', (_, text, found) => {
    expect(word(text)).toBe(found);
  });

  it.each([
    ['percent-encoded', 'northwind%2D%75at', 'northwind-uat'],
    ['percent-encoded twice', 'x%255F%2575at', 'x_uat'],
    ['percent-encoded beside broken bytes', '%FF%75%61%74', 'uat'],
    ['as decimal entities', 'a &#117;&#97;t', 'uat'],
    ['as a hexadecimal entity', '(&#x75;at)', 'uat'],
    ['after a named entity', 'sfdc&lowbar;uat', 'sfdc_uat'],
    ['with JSON escapes', '{\\"env\\":\\"\\u0075\\u0061t\\"}', 'uat'],
    ['behind an escaped line break', 'first\\nuat', 'uat'],
    ['before letters of another script', 'uat環境', 'uat環境'],
    ['in full-width letters as a word', 'ＮＤＡ ＵＡＴ', 'UAT'],
    ['with invisible characters', 'u\u200ba\u00adt', 'uat'],
    ['in punycode', 'https://xn--uat-mnchen-eeb.example', 'uat-münchen'],
  ])('is found %s', (_, text, found) => {
    expect(word(text)).toBe(found);
  });

  it.each([
    'graduate',
    'Graduate School',
    'GRADUATE',
    'the situation',
    'Guatemala',
    'graduate.school.example',
    'https://www.guatemala.example/graduates_2026',
    'evaluating',
    'kumquat.example',
    'Squat Gym Ltd',
    'Adequat GmbH',
    'adäquat',
    'antiquated_7',
    'U.A.T.',
    'ua t',
    '',
  ])('is not found in %j', (text) => {
    expect(word(text)).toBeNull();
  });

  it.each([
    ['https://latest.northwind.example', 'test'],
    ['Latest MSA', 'test'],
    ['contest2@northwind.example', 'test'],
    ['https://developer.salesforce.example', 'dev'],
    ['devices_4711', 'dev'],
    ['sandboxed', 'sandbox'],
    ['point-of-sale.example', 'int'],
    ['sites/12.html', 'sit'],
  ])('is not found in the ordinary word in %j (%s)', (text, marker) => {
    expect(word(text, marker)).toBeNull();
  });

  it.each([
    ['test_data', 'test data'],
    ['Test-Data', 'test data'],
    ['testdata', 'test data'],
    ['TestData', 'test data'],
    ['TESTDATA', 'test data'],
    ['the test  data of May', 'test data'],
    ['test.data@northwind.example', 'test data'],
    ['x%20test%20data', 'test data'],
    ['loadtestdata.example', 'test data'],
    ['test data', 'test_data'],
    ['northwind--preprod2', 'pre-prod'],
    ['pre prod', 'Pre-Prod'],
    ['UAT2', 'uat-2'],
  ])('is found in %j whatever joins the words of %j', (text, marker) => {
    expect(word(text, marker)).not.toBeNull();
  });

  it.each([
    ['contest data', 'test data'],
    ['test database', 'test data'],
    ['test of data', 'test data'],
    ['the latestdata feed', 'test data'],
    ['latest_data', 'test data'],
    ['latest-data.example', 'test data'],
    ['uat-21', 'uat-2'],
    ['northwinduat', '--uat'],
    ['uatx', 'uat-'],
  ])('is not found in %j for the words of %j', (text, marker) => {
    expect(word(text, marker)).toBeNull();
  });

  it.each([
    ['https://www.stagecoachbus.example', 'stage'],
    ['stagecoach_7', 'stage'],
    ['sales@stagecoach.example', 'stage'],
    ['STAGECOACH4711', 'stage'],
    ['stagecoach', 'stage'],
    ['testarossa.example', 'test'],
    ['demokratia-7', 'demo'],
    ['crm/trainline_9', 'train'],
    ['devlin.example', 'dev'],
  ])('is not found at the beginning of the name in %j (%s)', (text, marker) => {
    expect(word(text, marker)).toBeNull();
  });

  it.each([
    ['northwindstage.my.example', 'stage'],
    ['stage-coach.example', 'stage'],
    ['stage2.example', 'stage'],
    ['stageNorthwind', 'stage'],
    ['northwind--stage', 'stage'],
    ['northwindtest_7', 'test'],
    ['sandboxnorthwind.example', 'sandbox'],
    ['uatnorthwind.example', 'uat'],
  ])('is found in %j (%s)', (text, marker) => {
    expect(word(text, marker)).not.toBeNull();
  });

  it.each([
    ['StageCoach GmbH', 'stage'],
    ['BackStage Pass', 'stage'],
    ['DevOps Inc', 'dev'],
    ['DemoGraphics', 'demo'],
    ['The TrainLine', 'train'],
    ['ConTest Ltd', 'test'],
    ['MyBetaMax', 'beta'],
  ])('is not found in the name %j (%s)', (text, marker) => {
    expect(word(text, marker)).toBeNull();
  });

  it.each([
    ['TestCompany GmbH', 'test'],
    ['northwindDevInstance', 'dev'],
    ['NorthwindStage', 'stage'],
    ['Stage Coach', 'stage'],
    ['DEVNorthwind', 'dev'],
  ])('is found in %j (%s), which is no name', (text, marker) => {
    expect(word(text, marker)).not.toBeNull();
  });

  it.each([
    ['006xQAx000001ab', 'qa'],
    ['006000000UATbcd', 'uat'],
    ['006000000uatbcd', 'uat'],
    ['Zm9vYmFyQAzz', 'qa'],
    ['0061U00000QAb3dQAV', 'qa'],
    ['https://x.example/lightning/r/a0B5g00000UATxyEAG/view', 'uat'],
    ['k9QaX2vB7m', 'qa'],
  ])('is not found in the generated id in %j (%s)', (text, marker) => {
    expect(word(text, marker)).toBeNull();
  });

  it.each([
    ['northwinduat.my.salesforce.example', 'uat'],
    ['NwindUat2Crm7', 'uat'],
    ['2026NorthwindUat', 'uat'],
    ['crm-qa-2026-0047', 'qa'],
    ['OPPQA4711', 'qa'],
  ])('is found in %j (%s), which a person composed', (text, marker) => {
    expect(word(text, marker)).not.toBeNull();
  });

  it('is not found by accident in generated ids', () => {
    expect(word('0061qUaT4rZZx1qA9')).toBeNull();
    expect(word('9f86d081-884c-4acc-8d65-9a2feaa0c55a', 'acc')).toBeNull();
    expect(word('9f86d0818acc84c7d659a2feaa0c55ad015a3bf4', 'acc')).toBeNull();
    // A person composed this one.
    expect(word('northwindUAT2026')).toBe('northwindUAT2026');
  });

  it('may itself hold signs and digits', () => {
    expect(word('https://x--uat7.example', '--uat')).toBe('x--uat7');
    expect(word('org 4000', '4000')).toBe('4000');
    expect(word('org 14000', '4000')).toBeNull();
    expect(word('x--uat21.example', 'uat2')).toBeNull();
    expect(word('テスト契約', 'テスト契約')).toBe('テスト契約');
    expect(word('the Test Env here', 'test env')).toBe('Test Env');
    expect(word('a.b', 'a+b')).toBeNull();
    expect(word('(x', '(x')).toBe('(x');
  });

  it('is named as configured, the first of several', () => {
    expect(findMarker('my-sandbox-uat', ['prod', 'SandBox', 'uat'])).toEqual({
      marker: 'SandBox',
      word: 'my-sandbox-uat',
    });
  });

  it('is searched in a long hostile text within the time limit of a test', () => {
    const hostile = ['uatx', 'a%', '&#', '\\u', 'xn--', 'uat', '%75', 'aA']
      .map((part) => part.repeat(40_000))
      .join(' ');
    expect(word(hostile, 'nowhere', 'uatz', 'aaaaaaab')).toBeNull();
    expect(word(`${hostile} aaaaaaab`, 'nowhere', 'aaaaaaab')).toBe('aaaaaaab');
  });
});
