import { WebClient } from '@slack/web-api';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { startSlack } from '../../sandbox/slack/server.ts';
import { TEAM } from '../../sandbox/slack/workspace.ts';
import type { Access, Readers } from '../../src/config/config.ts';
import { createAccessControl } from '../../src/slack/access.ts';
import { requiredScopes } from '../../src/slack/scopes.ts';

const [ALICE, BOB, CAROL] = ['U0ALICE', 'U0BOB', 'U0CAROL'] as const;
const [GUEST, OTHER] = ['U0GUEST', 'U0OTHER'] as const;
const ALWAYS = ['commands', 'chat:write'];
const MEMBERS = 'users:read';
const NOBODY: Access = { users: [], groups: [] };
const ops: Access = { users: [ALICE], groups: ['S0OPS'] };

/** The real client against the simulated Slack, with two groups and a stopped clock. */
async function office({
  scopes = [...ALWAYS, MEMBERS, 'usergroups:read'],
  read = 'members',
}: {
  scopes?: string[];
  read?: Readers;
} = {}) {
  const operators: string[] = [BOB];
  const slack = await startSlack({
    scopes,
    users: [
      { id: ALICE, name: 'alice' },
      { id: BOB, name: 'bob' },
      { id: CAROL, name: 'carol' },
      { id: GUEST, name: 'gus', isGuest: true },
      { id: OTHER, name: 'olga', team: 'T0OTHER' },
    ],
    usergroups: [
      { id: 'S0OPS', handle: 'ops', users: operators },
      { id: 'S0LEGAL', handle: 'legal', users: [CAROL] },
    ],
  });
  onTestFinished(() => slack.stop());
  const clock = { at: 0, now: () => clock.at };
  const logger = pino({ level: 'silent' });
  const client = new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } });
  const { decide, stranger, unreadable } = createAccessControl({
    client,
    clock,
    logger,
    access: { read, signOff: ops, waive: NOBODY, operate: NOBODY },
    team: () => TEAM.id,
  });
  const allowed = async (user: string, access: Access) => (await decide(user, access)).allowed;
  return {
    slack,
    clock,
    operators,
    decide,
    stranger,
    reads: async (user: string, teams = [TEAM.id]) => (await unreadable({ user, teams })) ?? true,
    allowed,
    lookups: () => slack.calls.filter(({ method }) => method === 'usergroups.users.list').length,
  };
}

it('allows users listed in the config without reading a group, and members of a listed group', async () => {
  const { allowed, lookups } = await office();
  expect(await allowed(ALICE, ops)).toBe(true);
  expect(lookups()).toBe(0);
  expect(await allowed(BOB, ops)).toBe(true);
  expect(await allowed(CAROL, ops)).toBe(false);
  expect(await allowed(CAROL, { users: [], groups: ['S0OPS', 'S0LEGAL'] })).toBe(true);
});

it('names the allowed users and groups as mentions to someone who lacks the permission', async () => {
  const { decide } = await office();
  expect(await decide(CAROL, ops)).toEqual({
    allowed: false,
    why: `Allowed: <@${ALICE}>, <!subteam^S0OPS>.`,
  });
  expect(await decide(CAROL, { users: [], groups: [] })).toEqual({
    allowed: false,
    why: 'The config allows nobody.',
  });
});

it('reads a group for every act, once for simultaneous decisions', async () => {
  const { allowed, lookups, operators } = await office();
  await Promise.all([allowed(BOB, ops), allowed(CAROL, ops), allowed(BOB, ops)]);
  expect(lookups()).toBe(1);
  operators.push(CAROL);
  expect(await allowed(CAROL, ops)).toBe(true);
  operators.length = 0;
  expect(await allowed(CAROL, ops)).toBe(false);
  expect(lookups()).toBe(3);
});

it('caches accounts and groups of readers for a minute, whatever the answer was', async () => {
  const { reads, slack, clock } = await office();
  const listed = await office({ read: { users: [], groups: ['S0OPS'] } });
  const states = async () => [
    await reads(BOB).then((why) => why === true),
    await reads(GUEST).then((why) => why === true),
    await listed.reads(CAROL).then((why) => why === true),
  ];
  expect(await states()).toEqual([true, false, false]);
  slack.deactivate(BOB);
  slack.changeUser(GUEST, { isGuest: false });
  listed.operators.push(CAROL);
  for (const { at, expected } of [
    { at: 59_999, expected: [true, false, false] },
    { at: 60_000, expected: [false, true, true] },
  ]) {
    clock.at = listed.clock.at = at;
    expect(await states()).toEqual(expected);
  }
});

it('refuses an act of somebody who may not read without naming who may act', async () => {
  const { decide, slack } = await office();
  const whyOf = async (user: string, access: Access) => {
    const decision = await decide(user, access);
    return decision.allowed ? null : decision.why;
  };
  expect(await whyOf(GUEST, ops)).toMatch(/^You are a guest here\. [^@]*$/);
  expect(await whyOf(OTHER, ops)).toMatch(/^You are not in the workspace of this bot\. [^@]*$/);
  // A guest whom the config lists may act.
  expect(await whyOf(GUEST, { users: [GUEST], groups: [] })).toBeNull();
  // The account is read for each act, not remembered.
  expect(await whyOf(CAROL, ops)).toContain('Allowed:');
  slack.changeUser(CAROL, { isGuest: true });
  expect(await whyOf(CAROL, ops)).not.toContain('Allowed:');
  slack.changeUser(CAROL, { isGuest: false });
  slack.deactivate(CAROL);
  expect(await whyOf(CAROL, ops)).toBe(`The account of <@${CAROL}> is deactivated.`);
  const listed = await office({ read: { users: [BOB], groups: [] } });
  expect(await listed.decide(CAROL, { users: [], groups: ['S0OPS'] })).toEqual({
    allowed: false,
    why: `Allowed: <@${BOB}>.`,
  });
});

it('allows nobody by a group that cannot be read, says so, and reads it again the next time', async () => {
  const { decide, allowed, slack } = await office();
  slack.faults.add({ method: 'usergroups.users.list', fault: { kind: 'status', status: 500 } });
  const decision = await decide(BOB, ops);
  expect(decision).toMatchObject({
    allowed: false,
    why: expect.stringContaining(
      'I couldn’t check whether you are in <!subteam^S0OPS> (Slack did not answer; try again in a moment).',
    ),
  });
  expect(await allowed(BOB, ops)).toBe(true);
});

it('names a missing scope and a missing group', async () => {
  const { decide } = await office({ scopes: [...ALWAYS, MEMBERS] });
  expect(await decide(BOB, ops)).toMatchObject({
    why: expect.stringContaining('lacks the scope `usergroups:read`'),
  });
  const { decide: withScope } = await office();
  expect(await withScope(BOB, { users: [], groups: ['S0GONE'] })).toMatchObject({
    why: expect.stringContaining('Slack says no_such_subteam'),
  });
});

it('one readable group is enough to be allowed', async () => {
  const { allowed } = await office();
  expect(await allowed(BOB, { users: [], groups: ['S0GONE', 'S0OPS'] })).toBe(true);
});

it('the scope for groups is required only when the config lists a group, and the one for members when anybody may act', () => {
  const nobody: Access = { users: [], groups: [] };
  const none = { read: 'everybody' as const, signOff: nobody, waive: nobody, operate: nobody };
  expect(requiredScopes({ access: none, signOffs: [] })).toEqual(ALWAYS);
  const alone: Access = { users: [ALICE], groups: [] };
  expect(requiredScopes({ access: { ...none, operate: alone }, signOffs: [] })).toEqual([...ALWAYS, MEMBERS]);
  for (const act of ['signOff', 'waive', 'operate'])
    expect(requiredScopes({ access: { ...none, [act]: ops }, signOffs: [] })).toEqual([
      ...ALWAYS,
      'usergroups:read',
      MEMBERS,
    ]);
});

it('refuses listed users and group members whose account is deactivated or cannot be read, and says so', async () => {
  const { decide, slack } = await office();
  slack.faults.add({ method: 'users.info', fault: { kind: 'error', error: 'internal_error' } });
  expect(await decide(ALICE, ops)).toMatchObject({
    why: expect.stringContaining(
      'I couldn’t check your account (Slack says internal_error); try again in a moment.',
    ),
  });
  expect(await decide(ALICE, ops)).toEqual({ allowed: true, name: 'alice' });
  for (const user of [ALICE, BOB]) {
    slack.deactivate(user);
    expect(await decide(user, ops)).toEqual({
      allowed: false,
      why: `The account of <@${user}> is deactivated.`,
    });
  }
  const { decide: withoutScope } = await office({ scopes: ALWAYS });
  expect(await withoutScope(ALICE, ops)).toMatchObject({
    why: expect.stringContaining('lacks the scope `users:read`'),
  });
});

it('by default the members of the workspace may read, and no guest, no outsider and nobody whose account is gone', async () => {
  const { reads, stranger, slack } = await office();
  expect(await reads(BOB)).toBe(true);
  expect(await reads(GUEST)).toContain('You are a guest here. Envcheck answers its members');
  // In a shared channel a request names the bot's workspace, and the account tells where the person is from.
  expect(await reads(OTHER)).toContain('not in the workspace');
  for (const teams of [['T0OTHER'], [TEAM.id, 'T0OTHER'], []])
    expect(await reads(BOB, teams)).toContain('You are not in the workspace of this bot.');
  slack.deactivate(CAROL);
  expect(await reads(CAROL)).toContain('is deactivated');
  // Whoever the config lists for an act may use its button from anywhere.
  expect(stranger({ user: ALICE, teams: ['T0OTHER'] })).toBeNull();
  expect(stranger({ user: BOB, teams: ['T0OTHER'] })).toContain('not in the workspace');
  expect(stranger({ user: BOB, teams: [TEAM.id, TEAM.id] })).toBeNull();
});

it('an account that was readable serves while Slack does not answer, and an unknown one is refused with the reason', async () => {
  const { reads, slack, clock } = await office();
  expect(await reads(BOB)).toBe(true);
  slack.faults.add({ method: 'users.info', fault: { kind: 'error', error: 'internal_error' }, times: 2 });
  clock.at += 9 * 60_000;
  expect(await reads(BOB)).toBe(true);
  expect(await reads(CAROL)).toContain('Slack says internal_error');
  expect(await reads(CAROL)).toBe(true);
  slack.faults.add({ method: 'users.info', fault: { kind: 'error', error: 'internal_error' } });
  clock.at += 11 * 60_000;
  expect(await reads(BOB)).toContain('Slack says internal_error');
});

it('everybody or listed people may read when the config says so', async () => {
  const open = await office({ read: 'everybody' });
  for (const user of [GUEST, OTHER, 'U0UNKNOWN']) expect(await open.reads(user, ['T0OTHER'])).toBe(true);
  const listed = await office({ read: { users: [GUEST], groups: ['S0LEGAL'] } });
  expect(await listed.reads(GUEST)).toBe(true);
  expect(await listed.reads(CAROL)).toBe(true);
  // The config lists alice for another permission, which includes reading.
  expect(await listed.reads(ALICE)).toBe(true);
  expect(await listed.reads(BOB)).toBe(`Allowed: <@${GUEST}>, <!subteam^S0LEGAL>.`);
});
