import { describe, expect, it } from 'vitest';
import { isViewTooLarge, viewProblems } from '../../sandbox/slack/blocks.ts';
import { renderView } from '../../src/cli/preview/render.ts';
import type { Verdict } from '../../src/readiness/report.ts';
import { homeView } from '../../src/slack/blocks/home.ts';
import type { HomeEnvironment, HomeFacts } from '../../src/slack/home/facts.ts';
import { anyReport } from './home-facts.ts';

const AT = Date.UTC(2026, 10, 24, 20);
const HOSTILE = '<!channel> `*_~ 𝕏\u{202e}\u0007 '.repeat(40);

const shown = (facts: HomeFacts): string =>
  renderView({ view: homeView({ facts, at: AT, notice: null }) as never }, { width: 100, color: false });

const verdicts: Verdict[] = ['ready', 'not_ready', 'unknown'];

/** Environments with each verdict in turn, and with every kind of line that an environment can have. */
function environmentsOf(count: number, text = 'Order Form'): HomeEnvironment[] {
  return Array.from({ length: count }, (_, index): HomeEnvironment => {
    const name = `env-${String(index + 1).padStart(2, '0')}`;
    const verdict = verdicts[index % 3] ?? 'ready';
    return {
      name,
      production: index % 5 === 0,
      report: { known: { report: anyReport(name, verdict, AT, text), isOld: index % 7 === 6 } },
      drift: {
        known: [
          {
            left: { name: 'uat', production: false },
            compared: { at: AT, notCompared: index % 2 },
            open: { breaking: index % 3, risky: 0, cosmetic: 4 },
            accepted: 2,
          },
        ],
      },
      events: {
        known: {
          newestAt: AT,
          maxSilenceMs: 86_400_000,
          isSilent: index % 4 === 0,
          expected: 4,
          neverReceived: [],
        },
      },
      failures: {
        known:
          index % 4 === 3
            ? null
            : {
                open: index % 4,
                acknowledged: 1,
                newest: index % 4 === 0 ? null : { what: `failed outcomes of ${text}`, since: AT },
                unknown: index % 2 === 0 ? [] : ['refused deliveries'],
              },
      },
      maintenance: index % 9 === 4 ? { until: AT, reason: text } : null,
      signOffs: { known: { required: 3, open: index % 2 === 0 ? [] : [text, 'The rollback'] } },
    };
  });
}

const facts = (environments: HomeEnvironment[], more: Partial<HomeFacts> = {}): HomeFacts => ({
  environments,
  expiring: { known: [] },
  sections: [],
  ...more,
});

describe('an App Home', () => {
  it.each([1, 20])('shows all %i environments, the worst first, with exact counts', (count) => {
    const text = shown(facts(environmentsOf(count)));
    if (process.env.SHOW_HOME) console.log(text);
    for (const { name } of environmentsOf(count)) expect(text).toContain(name);
    expect(text).not.toContain('not fit here');
    if (count === 20) {
      expect(text).toContain(
        '20 environments: 7 not ready, 6 could not tell, 1 not checked recently, 6 ready',
      );
      expect(text.indexOf('not ready ·')).toBeLessThan(text.indexOf('could not tell ·'));
      expect(text.indexOf('could not tell ·')).toBeLessThan(text.indexOf(': ready ·'));
      // An outdated verdict is never green.
      expect(text).toContain('❔ env-07: ready when last checked');
      expect(text).not.toMatch(/✅ env-\d\d: ready when/);
    }
  });

  it('states the cut and still counts all environments when Slack has no room for them', () => {
    const text = shown(facts(environmentsOf(60)));
    expect(text).toContain(
      '60 environments: 20 not ready, 20 could not tell, 3 not checked recently, 17 ready',
    );
    const kept = text.match(/^(?:❌|❔|✅) env-\d\d/gmu)?.length ?? 0;
    expect(text).toContain(`${60 - kept} more environments do not fit here.`);
    expect(kept).toBeGreaterThanOrEqual(20);
  });

  it.each([0, 1, 20, 60, 300])('is accepted by Slack with %i environments and hostile names', (count) => {
    const hostile = HOSTILE.slice(0, 600);
    const view = homeView({
      facts: facts(environmentsOf(count, hostile), {
        expiring: {
          known: Array.from({ length: 30 }, (_, index) => ({
            kind: 'waiver' as const,
            until: AT + index,
            what: hostile,
            environment: 'env-01',
          })),
        },
        sections: [
          {
            title: 'Messages',
            none: 'none',
            lines: { known: Array(40).fill({ mark: '❌', text: hostile }) },
          },
          { title: 'Unread', none: 'none', lines: { unknown: 'err_1' } },
          { title: 'Quiet', none: 'nothing waits', lines: { known: [] } },
        ],
      }),
      at: AT,
      notice: 'I could not send you a message (messages_tab_disabled).',
    });
    expect(viewProblems(view)).toEqual([]);
    expect(isViewTooLarge(view)).toBe(false);
    expect(Buffer.byteLength(JSON.stringify(view))).toBeLessThan(250_000);
    const markup = JSON.stringify(view.blocks).match(/"type":"mrkdwn","text":"[^"]*"/g) ?? [];
    expect(markup.join()).not.toContain('<!channel');
  });

  it('marks parts that could not be read', () => {
    const [environment] = environmentsOf(1);
    if (!environment) throw new Error('one');
    const unread = { unknown: 'err_abc' };
    const text = shown(
      facts([{ ...environment, drift: unread, events: unread }], { expiring: unread }),
    ).replace(/\s+/g, ' ');
    expect(text).toContain('❔ Differences in env-01: could not be read (err_abc in Envcheck’s log)');
    expect(text).toContain('❔ Events: could not be read (err_abc in Envcheck’s log)');
    expect(text).toContain('❔ Ends within 14 days: could not be read (err_abc in Envcheck’s log)');
  });

  it('describes a silence and activities that never arrived', () => {
    const [environment] = environmentsOf(1);
    if (!environment) throw new Error('one');
    const events = {
      newestAt: AT,
      maxSilenceMs: 86_400_000,
      isSilent: true,
      expected: 3,
      neverReceived: ['CONTRACT_VOIDED'],
    };
    const homeWith = (value: typeof events | (Omit<typeof events, 'newestAt'> & { newestAt: null })) =>
      shown(facts([{ ...environment, events: { known: value } }])).replace(/\s+/g, ' ');
    expect(homeWith(events)).toContain(
      '❌ Events: silent for longer than 24 h; 1 of 3 expected activities not in the log: CONTRACT_VOIDED · newest 2026-11-24T20:00:00.000Z',
    );
    expect(homeWith({ ...events, newestAt: null })).toContain(
      '❌ Events: none in the log, for any activity.',
    );
  });
});
