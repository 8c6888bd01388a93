import { describe, expect, it } from 'vitest';
import { type Command, parseCommand } from '../../src/slack/commands/parse.ts';
import { sinceProblem } from '../../src/time/since.ts';
import fc, { runs } from '../fast-check.ts';

const environments = ['uat', 'prod', 'eu-prod'];
const NOW = Date.UTC(2026, 11, 24);
const parse = (typed: string): Command =>
  parseCommand(typed, { environments, timeProblem: (text) => sinceProblem(text, NOW) });
const report = (environment: string, isPrivate = false): Command => ({
  kind: 'report',
  environment,
  isPrivate,
});

const find = (id: string, more: object = {}): Command => ({
  kind: 'find',
  id,
  environment: null,
  isShared: false,
  ...more,
});
const events = (environment: string, more: object = {}): Command => ({
  kind: 'events',
  environment,
  since: null,
  until: null,
  activity: null,
  failed: false,
  isShared: false,
  ...more,
});

const failures = (environment: string, more: object = {}): Command => ({
  kind: 'failures',
  environment,
  all: false,
  isShared: false,
  ...more,
});

const diff = (left: string, right: string | null, more: object = {}): Command => ({
  kind: 'diff',
  left,
  right,
  since: null,
  isPrivate: false,
  ...more,
});
const plan = (model: string, target: string, isPrivate = false): Command => ({
  kind: 'plan',
  model,
  target,
  isPrivate,
});
const history = (environment: string, isPrivate = false): Command => ({
  kind: 'history',
  environment,
  isPrivate,
});

const DAY_MS = 86_400_000;
const keep = (id: string, keepMs: number, reason: string, environment: string | null = null): Command => ({
  kind: 'keep',
  request: { id, environment, keepMs, reason },
});

describe('a typed command', () => {
  it.each<[typed: string, meant: Command]>([
    ['', { kind: 'overview' }],
    ['  \t ', { kind: 'overview' }],
    ['check', { kind: 'overview' }],
    ['status', { kind: 'overview' }],
    ['--share', { kind: 'overview' }],
    ['failures prod', failures('prod')],
    ['prod failure', failures('prod')],
    ['errors PROD --all', failures('prod', { all: true })],
    ['failures --share uat', failures('uat', { isShared: true })],
    ['failures uat --share --private', failures('uat')],
    ['help', { kind: 'help' }],
    ['HELP', { kind: 'help' }],
    ['?', { kind: 'help' }],
    ['help prod', { kind: 'help' }],
    ['prod', report('prod')],
    ['  PrOd ', report('prod')],
    ['eu-prod', report('eu-prod')],
    ['check prod', report('prod')],
    ['prod check', report('prod')],
    ['status\tprod', report('prod')],
    ['prod --private', report('prod', true)],
    ['--PRIVATE prod', report('prod', true)],
    ['--private check prod', report('prod', true)],
    ['prod --share', report('prod')],
    ['find T-481516', find('T-481516')],
    ['Lookup `006AbC`', find('`006AbC`')],
    ['find one-id  other-id', find('one-id other-id')],
    ['find NDA for prod team', find('NDA for prod team')],
    ['trace evt_abc --share', find('evt_abc', { isShared: true })],
    ['prod find T-1', find('T-1', { environment: 'prod' })],
    ['find PROD T-1', find('T-1', { environment: 'prod' })],
    ['find T-1 prod', find('T-1', { environment: 'prod' })],
    ['events prod', events('prod')],
    ['prod events --failed', events('prod', { failed: true })],
    ['events prod --since 09:10 --until=9:30', events('prod', { since: '09:10', until: '9:30' })],
    ['events prod --until 2026-11-30T10:00', events('prod', { until: '2026-11-30T10:00' })],
    [
      'events --since 3d uat --activity contract_executed --share',
      events('uat', { since: '3d', activity: 'CONTRACT_EXECUTED', isShared: true }),
    ],
    ['events uat —since=2026-11-01', events('uat', { since: '2026-11-01' })],
    ['webhooks prod', { kind: 'webhooks', environment: 'prod' }],
    ['Prod Webhooks', { kind: 'webhooks', environment: 'prod' }],
    ['webhook uat --private', { kind: 'webhooks', environment: 'uat' }],
    ['diff uat prod', diff('uat', 'prod')],
    ['Drift UAT Prod', diff('uat', 'prod')],
    ['compare uat with prod --private', diff('uat', 'prod', { isPrivate: true })],
    ['uat diff prod', diff('uat', 'prod')],
    ['diff uat vs prod', diff('uat', 'prod')],
    ['diff uat and prod', diff('uat', 'prod')],
    ['uat vs. prod', diff('uat', 'prod')],
    ['uat and prod --private', diff('uat', 'prod', { isPrivate: true })],
    ['diff uat → prod', diff('uat', 'prod')],
    ['diff prod --since yesterday', diff('prod', null, { since: 'yesterday' })],
    ['prod diff —since 3d', diff('prod', null, { since: '3d' })],
    ['diff prod –since=2026-11-01', diff('prod', null, { since: '2026-11-01' })],
    ['diff prod since 2026-11-01T10:00:00Z', diff('prod', null, { since: '2026-11-01T10:00:00Z' })],
    ['diff prod 3d', diff('prod', null, { since: '3d' })],
    ['diff prod a1b2c3d4', diff('prod', null, { since: 'a1b2c3d4' })],
    ['prod --since yesterday', diff('prod', null, { since: 'yesterday' })],
    ['plan uat prod', plan('uat', 'prod')],
    ['uat plan for', { kind: 'mistake', text: expect.any(String), suggestion: null }],
    ['plan uat → eu-prod --private', plan('uat', 'eu-prod', true)],
    ['history prod', history('prod')],
    ['PROD history --private', history('prod', true)],
    ['changes prod', history('prod')],
    ['waivers', { kind: 'waivers', environment: null }],
    ['prod waivers', { kind: 'waivers', environment: 'prod' }],
    ['keep', { kind: 'keep', request: null }],
    ['keep prod', { kind: 'keep', request: null }],
    ['keep T-720363 90d incident 7', keep('T-720363', 90 * DAY_MS, 'incident 7')],
    ['KEEP prod 481516 72H the 3d outage', keep('481516', 3 * DAY_MS, 'the 3d outage', 'prod')],
    ['prod keep evt_abc 30m x', keep('evt_abc', 30 * 60_000, 'x', 'prod')],
    ['keep evt_abc UAT 90 days “INC 7”', keep('evt_abc', 90 * DAY_MS, '“INC 7”', 'uat')],
    // Words that are no environment belong to what was pasted.
    ['find contract 7', { kind: 'find', id: 'contract 7', environment: null, isShared: false }],
    ['find prdo', { kind: 'find', id: 'prdo', environment: null, isShared: false }],
    ['find deal prdo 7', { kind: 'find', id: 'deal prdo 7', environment: null, isShared: false }],
    ['keep T-1 2w x', keep('T-1', 14 * DAY_MS, 'x')],
    ['keep T-1 3 weeks x', keep('T-1', 21 * DAY_MS, 'x')],
    ['keep Order Form 90d x', keep('Order Form', 90 * DAY_MS, 'x')],
    ['keep 90d 2d an order named 90d', keep('90d', 2 * DAY_MS, 'an order named 90d')],
    [
      'keep contract <https://app.spotdraft.com/contracts/v2/481516|here> 12 hours —reason x --private',
      keep('contract <https://app.spotdraft.com/contracts/v2/481516|here>', DAY_MS / 2, 'x'),
    ],
    // macOS replaces two hyphens with a dash.
    ['prod —private', report('prod', true)],
    ['–private prod', report('prod', true)],
  ])('“%s” is understood', (typed, meant) => {
    expect(parse(typed)).toEqual(meant);
  });

  it.each<[typed: string, suggestion: string | null]>([
    ['prd', 'prod'],
    ['PRODD', 'prod'],
    ['chek prod', 'check prod'],
    ['prod --privte', 'prod --private'],
    ['--shar uat', '--share uat'],
    ['chek uat --private', 'check uat --private'],
    ['prdo', 'prod'],
    ['hlep', 'help'],
    ['fnid', 'find'],
    ['webhooks', 'webhooks uat'],
    ['webhoks prod', 'webhooks prod'],
    ['find', null],
    ['find prod', null],
    ['find prod uat T-1', 'find prod T-1'],
    ['find prdo 667391', 'find prod 667391'],
    ['find T-1 uta', 'find uat T-1'],
    ['find Prodd deal-122', 'find prod deal-122'],
    ['events', 'events uat'],
    ['events prdo', 'events prod'],
    ['events prod --fialed', 'events prod --failed'],
    ['events prod --since whenever', null],
    ['events prod --since', null],
    ['events prod --activity CONTRACT_EXECUTD', 'events prod --activity CONTRACT_EXECUTED'],
    ['failures', 'failures eu-prod'],
    ['failuers prod', 'failures prod'],
    ['failures prod --al', 'failures prod --all'],
    ['failures prod uat', 'failures prod'],
    ['something', null],
    ['prod --everything', null],
    ['uat prod', 'uat'],
    ['dif uat prod', 'diff uat prod'],
    ['diff uat prdo', 'diff uat prod'],
    ['diff prod', 'diff uat prod'],
    ['diff', 'diff uat prod'],
    ['diff prod prod', 'diff prod --since 3d'],
    ['diff uat prod eu-prod', 'diff uat prod'],
    ['diff uat prod --since 3d', 'diff prod --since 3d'],
    ['diff prod --since', null],
    ['diff prod --since yesterdya', 'diff prod --since yesterday'],
    ['diff prod --since last week', null],
    ['diff uat prod --privat', 'diff uat prod --private'],
    ['plan prod', 'plan uat prod'],
    ['plan uat uat', 'plan prod uat'],
    ['histroy prod', 'history prod'],
    ['history', 'history uat'],
    ['history uat prod', 'history uat'],
    ['waiverss', 'waivers'],
    ['keep T-1', 'keep T-1 90d <reason>'],
    ['keep T-1 incident 7', 'keep T-1 90d incident 7'],
    ['keep contract 481516 it broke', 'keep contract 481516 90d it broke'],
    ['keep T-1 90d', 'keep T-1 90d incident 7'],
    ['keep T-1 90 days --private', 'keep T-1 90d incident 7'],
    ['keep T-1 0d x', 'keep T-720363 90d incident 7'],
    ['keep T-1 2 months x', 'keep T-720363 90d incident 7'],
    ['keep T-1 1y x', 'keep T-720363 90d incident 7'],
    ['keep T-1 pord 90d x', 'keep T-1 prod 90d x'],
    ['keep contract 481516 nowhere 90d x', null],
    ['keeep T-1 90d x', 'keep T-1 90d x'],
  ])('“%s” is a mistake with a suggestion', (typed, suggestion) => {
    expect(parse(typed)).toMatchObject({ kind: 'mistake', suggestion });
  });

  it('names of built-in object properties are not commands', () => {
    for (const word of ['constructor', '__proto__', 'toString', 'hasOwnProperty'])
      expect(parse(word)).toMatchObject({ kind: 'mistake' });
  });
});

describe('any input', () => {
  const words = fc.oneof(
    fc.constantFrom(...environments, 'check', 'status', 'help', '?', 'find', 'events', 'webhooks'),
    fc.constantFrom('diff', 'compare', 'plan', 'history', 'waivers', 'vs', 'and', 'since', '3d', 'a1b2c3d4'),
    fc.constantFrom('--private', '--share', '--failed', '--since', '--activity'),
    fc.constantFrom('keep', '90d', '90', 'days', '0d'),
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.constantFrom(
      '—private',
      '--',
      '-',
      '--prod',
      '__proto__',
      '<@U123>',
      '\u202e',
      'PROD',
      '😀'.repeat(20),
    ),
  );
  const typed = fc.oneof(
    fc.array(words, { maxLength: 8 }).map((all) => all.join(' ')),
    fc.string({ unit: 'binary', maxLength: 5_000 }),
  );

  it('becomes a known kind of command and names only existing environments', () => {
    fc.assert(
      fc.property(typed, (text) => {
        const command = parse(text);
        const laterKinds = [
          'diff',
          'plan',
          'history',
          'waivers',
          'checklist',
          'subscriptions',
          'self',
          'keep',
        ];
        const kinds = ['overview', 'help', 'report', 'find', 'events', 'webhooks', 'mistake'];
        expect([...kinds, ...laterKinds]).toContain(command.kind);
        if (command.kind === 'diff') {
          expect(environments).toContain(command.left);
          expect((command.right === null) === (command.since === null)).toBe(false);
        }
        if (command.kind === 'report') expect(environments).toContain(command.environment);
        if (command.kind === 'mistake') expect(command.text.length).toBeLessThan(300);
      }),
      { numRuns: runs(1_000) },
    );
  });

  it('means the same in every order of its words and in any case', () => {
    const parts = fc.record({
      environment: fc.constantFrom(...environments),
      verb: fc.constantFrom(null, 'check', 'status'),
      flag: fc.constantFrom(null, '--private', '--share'),
    });
    const shuffled = parts.chain(({ environment, verb, flag }) => {
      const all = [environment, verb, flag].filter((part) => part !== null);
      return fc.tuple(
        fc.constant(report(environment, flag === '--private')),
        fc.shuffledSubarray(all, { minLength: all.length }),
        fc.boolean(),
      );
    });
    fc.assert(
      fc.property(shuffled, ([meant, all, loud]) => {
        const text = all.join('  ');
        expect(parse(loud ? text.toUpperCase() : text)).toEqual(meant);
      }),
    );
  });

  it('is understood after the suggestion is followed', () => {
    const mistyped = fc.tuple(
      fc.constantFrom('prodd', 'uatt', 'prod'),
      fc.constantFrom('', ' chek', ' --privat'),
    );
    fc.assert(
      fc.property(mistyped, (parts) => {
        let command = parse(parts.join(''));
        for (let tries = 0; tries < 2 && command.kind === 'mistake'; tries += 1)
          command = parse(command.suggestion ?? '');
        expect(command.kind).toBe('report');
      }),
    );
  });
});
