import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSince } from '../../src/eventlog/since.ts';
import { type Command, parseCommand } from '../../src/slack/commands/parse.ts';

const environments = ['uat', 'prod', 'eu-prod'];
const parse = (typed: string): Command =>
  parseCommand(typed, { environments, isSince: (text) => parseSince(text, 0) !== null });
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
  activity: null,
  failed: false,
  isShared: false,
  ...more,
});

describe('what was typed', () => {
  it.each<[typed: string, meant: Command]>([
    ['', { kind: 'overview' }],
    ['  \t ', { kind: 'overview' }],
    ['check', { kind: 'overview' }],
    ['status', { kind: 'overview' }],
    ['--share', { kind: 'overview' }],
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
    ['Lookup `006AbC`', find('006AbC')],
    ['trace evt_abc --share', find('evt_abc', { isShared: true })],
    ['prod find T-1', find('T-1', { environment: 'prod' })],
    ['find PROD T-1', find('T-1', { environment: 'prod' })],
    ['find T-1 prod', find('T-1', { environment: 'prod' })],
    ['events prod', events('prod')],
    ['prod events --failed', events('prod', { failed: true })],
    [
      'events --since 3d uat --activity contract_executed --share',
      events('uat', { since: '3d', activity: 'CONTRACT_EXECUTED', isShared: true }),
    ],
    ['events uat —since=2026-11-01', events('uat', { since: '2026-11-01' })],
    ['webhooks prod', { kind: 'webhooks', environment: 'prod' }],
    ['Prod Webhooks', { kind: 'webhooks', environment: 'prod' }],
    ['webhook uat --private', { kind: 'webhooks', environment: 'uat' }],
    // What macOS makes of two hyphens.
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
    ['find one-id other-id', 'find one-id'],
    ['find prod', null],
    ['find prod uat T-1', 'find prod T-1'],
    ['events', 'events uat'],
    ['events prdo', 'events prod'],
    ['events prod --fialed', 'events prod --failed'],
    ['events prod --since whenever', null],
    ['events prod --since', null],
    ['events prod --activity CONTRACT_EXECUTD', 'events prod --activity CONTRACT_EXECUTED'],
    ['something', null],
    ['prod --everything', null],
    ['uat prod', 'uat'],
  ])('“%s” is a slip', (typed, suggestion) => {
    expect(parse(typed)).toMatchObject({ kind: 'mistake', suggestion });
  });

  it('names of everybody’s objects are no words of ours', () => {
    for (const word of ['constructor', '__proto__', 'toString', 'hasOwnProperty'])
      expect(parse(word)).toMatchObject({ kind: 'mistake' });
  });
});

describe('any input', () => {
  const words = fc.oneof(
    fc.constantFrom(...environments, 'check', 'status', 'help', '?', 'find', 'events', 'webhooks'),
    fc.constantFrom('--private', '--share', '--failed', '--since', '--activity'),
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

  it('is one of the kinds that there are, and names only environments that there are', () => {
    fc.assert(
      fc.property(typed, (text) => {
        const command = parse(text);
        expect(['overview', 'help', 'report', 'find', 'events', 'webhooks', 'mistake']).toContain(
          command.kind,
        );
        if (command.kind === 'report') expect(environments).toContain(command.environment);
        if (command.kind === 'mistake') expect(command.text.length).toBeLessThan(300);
      }),
      { numRuns: 1_000 },
    );
  });

  it('means the same in every order and in any case', () => {
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

  it('is understood once the suggestion is followed', () => {
    const slip = fc.tuple(
      fc.constantFrom('prodd', 'uatt', 'prod'),
      fc.constantFrom('', ' chek', ' --privat'),
    );
    fc.assert(
      fc.property(slip, (parts) => {
        let command = parse(parts.join(''));
        for (let tries = 0; tries < 2 && command.kind === 'mistake'; tries += 1)
          command = parse(command.suggestion ?? '');
        expect(command.kind).toBe('report');
      }),
    );
  });
});
