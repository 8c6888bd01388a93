import { createHash } from 'node:crypto';
import type { HomeView } from '@slack/types';
import { WebAPIRateLimitedError, type WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import type { Clock } from '../../time/clock.ts';
import { MINUTE_MS } from '../../time/units.ts';
import { homeView } from '../blocks/home.ts';
import { slackErrorCode } from '../slack-errors.ts';
import type { HomeFacts } from './facts.ts';

/** How long an opened Home is updated, ms. Slack does not report when it is closed. */
const VIEWER_MS = 30 * 60_000;
const MAX_VIEWERS = 50;
/** Publications per minute for all people. Slack accepts about 100; opened Homes may use more of them than updates. */
const CHANGES_PER_MINUTE = 60;
const PER_MINUTE = 90;
const TRIES = 3;

/** App Homes that were opened lately. */
export interface Homes {
  /** Publishes the person's Home at once and updates it for half an hour. */
  opened(user: string): void;
  /** Shows a line on the person's Home until they open it the next time. */
  notify(user: string, notice: string): void;
  /** Publishes nothing more. Resolves when nothing is in progress. */
  stop(): Promise<void>;
}

export interface HomeIntervals {
  /** Least time between two publications for one person, ms. */
  gapMs: number;
  /** Interval between comparisons of the shown Homes with the store, ms. */
  pollIntervalMs: number;
}

export interface HomesDependencies {
  /** Never throws. */
  gather(): Promise<HomeFacts>;
  /** A client without retries, because a late Home is stale. */
  client: WebClient;
  clock: Clock;
  logger: Logger;
  pace: HomeIntervals;
}

interface Viewer {
  openedAt: number;
  publishedAt: number;
  /** Hash of the published Home; null when unknown. */
  shown: string | null;
  notice: string | null;
  /** Consecutive failed publications. */
  failures: number;
}

/**
 * Compares the shown Homes with the store every few seconds while somebody has one open. So changes by another process, or by
 * the passing of time, appear as well.
 */
export function createHomes({ gather, client, clock, logger, pace }: HomesDependencies): Homes {
  const viewers = new Map<string, Viewer>();
  const wanted = new Set<string>();
  const recent: number[] = [];
  let underWay: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let pausedUntil = 0;
  let stopped = false;

  const dueAt = (user: string): number => {
    const now = clock.now();
    while (recent[0] !== undefined && now - recent[0] >= MINUTE_MS) recent.shift();
    const viewer = viewers.get(user);
    const most = viewer?.shown === null ? PER_MINUTE : CHANGES_PER_MINUTE;
    // The publication that exhausts the budget must be a minute old.
    const budget = recent.length < most ? 0 : (recent[recent.length - most] ?? 0) + MINUTE_MS;
    return Math.max((viewer?.publishedAt ?? 0) + pace.gapMs, budget, pausedUntil);
  };
  const wake = (): void => {
    if (stopped || underWay || wanted.size === 0) return;
    if (timer) clearTimeout(timer);
    const next = Math.min(...[...wanted].map(dueAt));
    timer = setTimeout(run, Math.max(0, next - clock.now()));
  };
  const run = (): void => {
    timer = null;
    underWay = publishDue().finally(() => {
      underWay = null;
      wake();
    });
  };
  const publishDue = async (): Promise<void> => {
    // The person who opened last goes first.
    const due = [...wanted].filter((user) => dueAt(user) <= clock.now());
    const user = due.sort((left, right) => opened(right) - opened(left))[0];
    const viewer = user && viewers.get(user);
    if (!user || !viewer) return void (user && wanted.delete(user));
    wanted.delete(user);
    try {
      const page = pageFor(await gather(), viewer.notice);
      recent.push(clock.now());
      viewer.publishedAt = clock.now();
      await client.views.publish({ user_id: user, view: page.view });
      viewer.shown = page.hash;
      viewer.failures = 0;
    } catch (error) {
      failed(user, viewer, error);
    }
  };
  const opened = (user: string): number => viewers.get(user)?.openedAt ?? 0;
  const pageFor = (facts: HomeFacts, notice: string | null) => ({
    view: homeView({ facts, at: clock.now(), notice }),
    hash: hashOf(homeView({ facts, at: 0, notice })),
  });
  const failed = (user: string, viewer: Viewer, error: unknown): void => {
    viewer.shown = null;
    viewer.failures += 1;
    if (error instanceof WebAPIRateLimitedError) pausedUntil = clock.now() + error.retryAfter * 1000;
    const why = slackErrorCode(error);
    const isFinal = why !== null || viewer.failures >= TRIES;
    logger.warn({ err: error, user, again: !isFinal }, notPublished(why));
    if (isFinal) viewers.delete(user);
    else wanted.add(user);
  };

  const look = async (): Promise<void> => {
    const now = clock.now();
    for (const [user, { openedAt }] of viewers) if (now - openedAt > VIEWER_MS) viewers.delete(user);
    if (viewers.size === 0 || underWay || stopped) return;
    const facts = await gather();
    const hashes = new Map<string | null, string>();
    for (const [user, { shown, notice }] of viewers) {
      const hash = hashes.get(notice) ?? pageFor(facts, notice).hash;
      hashes.set(notice, hash);
      if (shown !== null && shown !== hash) wanted.add(user);
    }
    wake();
  };
  let looked: Promise<void> = Promise.resolve();
  const looking = setInterval(() => {
    looked = look().catch((error) => logger.error({ err: error }, 'failed to compare the App Homes'));
  }, pace.pollIntervalMs);
  looking.unref();

  return {
    opened(user) {
      const before = viewers.get(user);
      viewers.delete(user);
      viewers.set(user, {
        openedAt: clock.now(),
        publishedAt: before?.publishedAt ?? 0,
        shown: null,
        notice: null,
        failures: 0,
      });
      wanted.add(user);
      // A person who has seen nothing yet is kept.
      const oldest = [...viewers.keys()].find((each) => !wanted.has(each));
      if (viewers.size > MAX_VIEWERS && oldest !== undefined) viewers.delete(oldest);
      wake();
    },
    notify(user, notice) {
      const viewer = viewers.get(user);
      viewers.set(user, {
        openedAt: viewer?.openedAt ?? clock.now(),
        publishedAt: viewer?.publishedAt ?? 0,
        shown: viewer?.shown ?? null,
        failures: 0,
        notice,
      });
      wanted.add(user);
      wake();
    },
    async stop() {
      stopped = true;
      clearInterval(looking);
      if (timer) clearTimeout(timer);
      await Promise.all([underWay, looked]);
    },
  };
}

const hashOf = (view: HomeView): string => createHash('sha256').update(JSON.stringify(view)).digest('base64');

const notPublished = (why: string | null): string =>
  why === 'not_enabled'
    ? 'App Home not published: it is switched off in the Slack app; install it again from manifest.yml'
    : 'App Home not published';
