import { WebClient } from '@slack/web-api';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { type SlackOptions, startSlack } from '../../sandbox/slack/server.ts';
import type { HomeFacts } from '../../src/slack/home/facts.ts';
import { createHomes } from '../../src/slack/home/homes.ts';

const factsOf = (name: string): HomeFacts => ({
  environments: [
    {
      name,
      production: false,
      report: { known: null },
      drift: { known: [] },
      events: { known: null },
      failures: { known: null },
      signOffs: { known: null },
      maintenance: null,
    },
  ],
  expiring: { known: [] },
  sections: [],
});

/** Only the App Homes, with a simulated Slack that enforces its rate limits. */
async function openHomes(options: SlackOptions, gapMs = 300) {
  const slack = await startSlack({ enforceRateLimits: true, ...options });
  const stage = { name: 'prod', lines: [] as Record<string, unknown>[] };
  const homes = createHomes({
    gather: async () => factsOf(stage.name),
    client: new WebClient(slack.botToken, {
      slackApiUrl: slack.apiUrl,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
    }),
    clock: { now: () => Date.now() },
    pace: { gapMs, pollIntervalMs: 100 },
    logger: pino({}, { write: (line: string) => void stage.lines.push(JSON.parse(line)) }),
  });
  onTestFinished(async () => {
    await homes.stop();
    await slack.stop();
  });
  const seen = (user: string): string => JSON.stringify(slack.home(user)?.view ?? null);
  return { slack, homes, stage, seen };
}

it('eighty people see their Home at once, and a later change waits instead of exceeding the rate limit', async () => {
  const users = Array.from({ length: 80 }, (_, index) => ({ id: `U0P${index}`, name: `person-${index}` }));
  const { slack, homes, stage, seen } = await openHomes({ users });
  for (const { id } of users) homes.opened(id);
  await slack.waitFor(() => users.every(({ id }) => seen(id).includes('prod')), 20_000);
  stage.name = 'uat';
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(slack.calls).toHaveLength(80);
  expect(slack.calls.filter(({ ok }) => !ok)).toEqual([]);
  // A person who opens theirs now does not wait.
  homes.opened('U0P0');
  await slack.waitFor(() => seen('U0P0').includes('uat'), 20_000);
});

it('a rate-limited Home is published after the pause', async () => {
  const { slack, homes, seen } = await openHomes({});
  slack.faults.add({ method: 'views.publish', fault: { kind: 'ratelimited', retryAfter: 1 } });
  homes.opened('U0ALICE');
  await slack.waitFor(() => seen('U0ALICE').includes('prod'), 20_000);
  expect(slack.calls.map(({ ok }) => ok)).toEqual([false, true]);
});

it('a Home tab that is switched off is logged once per opening', async () => {
  const { slack, homes, stage } = await openHomes({ homeTab: false });
  homes.opened('U0ALICE');
  await slack.waitFor(() => stage.lines.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(stage.lines).toEqual([
    expect.objectContaining({
      msg: expect.stringContaining('switched off in the Slack app; install it again'),
    }),
  ]);
});

it('opening a Home many times publishes it at once and once more after the gap', async () => {
  const gapMs = 1_000;
  const { slack, homes } = await openHomes({}, gapMs);
  for (let time = 0; time < 8; time += 1) {
    homes.opened('U0ALICE');
    // Leaves time to publish, so that each opening would show if there were no gap.
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  await slack.waitFor(() => slack.calls.length === 2);
  const [first, second] = slack.calls.map(({ at }) => at);
  expect((second ?? 0) - (first ?? 0)).toBeGreaterThan(gapMs - 200);
  // Nothing has changed, so nothing is published.
  await new Promise((resolve) => setTimeout(resolve, gapMs + 300));
  expect(slack.calls).toHaveLength(2);
});
