import type { Environment } from '../../config/config.ts';
import type { CheckResult, Report, Status } from '../../readiness/report.ts';
import type { StoredDigest } from '../../store/digests.ts';
import type { Notice } from '../../store/notices.ts';
import type { Message } from '../../text/message.ts';
import { localDate } from '../../time/days.ts';
import { DAY_MS, HOUR_MS } from '../../time/units.ts';
import type { Presenter } from '../presenter.ts';
import type { ScheduledReport } from '../schedule/scheduled-report.ts';
import { makeDigest } from './digest.ts';
import type { DigestFacts, EnvironmentFacts, NamedEnvironment, OpenDifference } from './digest-content.ts';

export interface SampleMessage {
  /** The state that the message shows. */
  title: string;
  message: Message;
}

/** A report's messages in every state, made of invented facts and labelled as a test. `now`: epoch ms. */
export function sampleMessages(
  report: ScheduledReport,
  environments: readonly Pick<Environment, 'name' | 'production'>[],
  { now, presenter }: { now: number; presenter: Presenter },
): SampleMessage[] {
  const own = report.environments.flatMap((name) => environments.find((each) => each.name === name) ?? []);
  const yesterday = now - DAY_MS;
  const run = (firedFor: number, late = false) => ({ report, firedFor, late });
  const first = makeDigest(run(yesterday), sampleOf(report, own, yesterday, 'before'), null);
  const stored: StoredDigest = {
    firedFor: yesterday,
    madeAt: yesterday,
    day: localDate(yesterday, report.timezone),
    message: '',
    state: first.state,
  };
  const week = { ...stored, madeAt: now - 7 * DAY_MS, day: localDate(now - 7 * DAY_MS, report.timezone) };
  const digest = (made: ReturnType<typeof makeDigest>): Message => presenter.digest(made.digest);
  return [
    { title: 'The first digest', message: digest(first) },
    {
      title: 'Something changed, and the digest is late',
      message: digest(makeDigest(run(now - 2 * HOUR_MS, true), sampleOf(report, own, now, 'after'), stored)),
    },
    {
      title: 'Something could not be read',
      message: digest(makeDigest(run(now), sampleOf(report, own, now, 'unread'), stored)),
    },
    {
      title: 'Nothing changed for a week',
      message: digest(makeDigest(run(now), sampleOf(report, own, now, 'before'), week)),
    },
    ...own.slice(0, 1).flatMap((environment) => sampleNotices(environment, now, presenter)),
  ].map(({ title, message }) => ({ title, message: presenter.sample(message, report, title) }));
}

type Moment = 'before' | 'after' | 'unread';

function sampleOf(
  report: ScheduledReport,
  environments: readonly NamedEnvironment[],
  at: number,
  moment: Moment,
): DigestFacts {
  const has = (section: ScheduledReport['sections'][number]): boolean => report.sections.includes(section);
  const [first, second] = environments;
  return {
    at,
    environments: environments.map((environment, index): EnvironmentFacts => {
      const unread = moment === 'unread' && index === 0;
      return {
        ...environment,
        report:
          has('readiness') || has('checklist')
            ? { known: sampleReport(environment, at, unread ? 'unread' : index === 0 ? moment : 'quiet') }
            : null,
        changes: has('drift') ? { known: { changes: [], notRead: [] } } : null,
        deliveries: !has('events')
          ? null
          : unread
            ? { unknown: 'the event log could not be read from the database' }
            : { known: sampleDeliveries(moment, index, at) },
        maintenance: [],
      };
    }),
    pairs:
      has('drift') && first && second
        ? [{ left: second, right: first, drift: { known: sampleDrift(moment, at) } }]
        : [],
    expiring:
      has('drift') && moment === 'after'
        ? [{ what: 'difference at templates/Example C', by: 'someone', until: at + 5 * DAY_MS }]
        : [],
  };
}

const sampleDeliveries = (moment: Moment, index: number, at: number) => ({
  verified: 120,
  duplicates: 3,
  refused: moment === 'after' && index === 0 ? 1 : 0,
  failedOutcomes: moment === 'after' && index === 0 ? 2 : 0,
  signers: [],
  silences:
    moment === 'after' && index === 0
      ? [{ activity: 'CONTRACT_EXECUTED', windowMs: DAY_MS, lastAt: at - 21 * DAY_MS, tooLong: true }]
      : [],
  keepMs: 90 * DAY_MS,
});

function sampleDrift(moment: Moment, at: number) {
  const difference = (
    path: string,
    fingerprint: string,
    more: Partial<OpenDifference> = {},
  ): OpenDifference => ({
    path,
    kind: 'changed',
    weight: 'breaking',
    left: 'date',
    right: fingerprint,
    fingerprint,
    firstSeen: at - 11 * DAY_MS,
    uncheckedSince: moment === 'unread' ? at : null,
    accepted: null,
    ...more,
  });
  const accepted = {
    kind: 'waiver',
    id: 'wvr_example',
    by: 'someone',
    reason: 'an example',
    at: at - DAY_MS,
    until: at + 5 * DAY_MS,
  } as const;
  const after = moment === 'after';
  return {
    notCompared: moment === 'unread' ? [{ path: '*', reason: 'an example: the host did not answer' }] : [],
    open: [
      difference('templates/Example A/fields/example/type', 'string'),
      difference('templates/Example B/fields/example/type', after ? 'int' : 'string'),
      difference('templates/Example C', 'c', { accepted: after ? accepted : null }),
      after
        ? difference('templates/Example D/fields/example/type', 'string', { firstSeen: at })
        : difference('templates/Example E/fields/example/type', 'string'),
    ],
  };
}

function sampleCheck(id: string, status: Status): CheckResult {
  return {
    id,
    item: 'configuration',
    status,
    severity: 'blocking',
    title: `Example check ${id.split('.')[1]}`,
    expected: 'the expected value',
    actual: status === 'pass' ? 'the expected value' : 'another value',
    reason: status === 'unknown' ? 'an example: the host did not answer' : null,
    remedy: status === 'pass' ? null : 'Do the next step',
    evidence: [],
  };
}

function sampleReport({ name, production }: NamedEnvironment, at: number, moment: Moment | 'quiet'): Report {
  const statuses = {
    before: ['fail', 'pass'],
    after: ['pass', 'fail'],
    unread: ['unknown', 'unknown'],
    quiet: ['pass', 'pass'],
  } as const;
  const checks = statuses[moment].map((status, index) =>
    sampleCheck(`example.${index === 0 ? 'one' : 'two'}`, status),
  );
  return {
    id: 'rpt_example',
    environment: name,
    production,
    verdict: moment === 'unread' ? 'unknown' : moment === 'quiet' ? 'ready' : 'not_ready',
    checkedAt: at,
    durationMs: 0,
    apiCalls: 0,
    snapshot: null,
    items: [{ id: 'configuration', title: 'Example', status: checks[0]?.status ?? 'pass', checks }],
    ...(moment === 'unread' ? {} : { snapshot: '0'.repeat(64) }),
  };
}

function sampleNotices(
  { name, production }: NamedEnvironment,
  now: number,
  presenter: Presenter,
): SampleMessage[] {
  const check = { ...sampleCheck('example.two', 'fail'), state: 'failing' } as const;
  const notice: Notice = {
    id: 'ntc_example',
    environment: name,
    production,
    kind: 'checks',
    since: now - 2 * HOUR_MS,
    announcedAt: now - HOUR_MS,
    closedAt: null,
    checks: [check],
    reason: null,
    remedy: null,
  };
  const closed: Notice = { ...notice, closedAt: now, checks: [{ ...check, state: 'passes' }] };
  return [
    { title: 'A check begins to fail', message: presenter.notice(notice, now) },
    {
      title: 'It still fails: the same message, edited',
      message: presenter.notice({ ...notice, since: now - 26 * HOUR_MS }, now),
    },
    { title: 'It is resolved: the same message, edited', message: presenter.notice(closed, now) },
    {
      title: 'It is resolved: the reply, in the thread and the channel',
      message: presenter.noticeReply(closed, closed.checks, now),
    },
    {
      title: 'An environment has no verdict for an hour',
      message: presenter.notice(
        {
          ...notice,
          kind: 'unknown',
          checks: [],
          reason: 'an example: the host did not answer',
          remedy: 'Do the next step',
        },
        now,
      ),
    },
  ];
}
