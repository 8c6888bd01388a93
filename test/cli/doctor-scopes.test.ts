import { expect, it, onTestFinished } from 'vitest';
import { startSlack } from '../../sandbox/slack/server.ts';
import { openCliWorld } from './program.ts';

it('doctor requires the scope for user groups only when the config names a group', async () => {
  const world = await openCliWorld();
  const slack = await startSlack({ scopes: ['commands', 'chat:write', 'users:read'] });
  onTestFinished(() => slack.stop());
  const installed = {
    SLACK_API_URL: slack.apiUrl,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
  };
  expect((await world.run(['doctor'], installed)).out).toMatch(/^✓ +Slack bot token/m);
  world.edit((config: Record<string, unknown>) => {
    config.access = { operate: { groups: ['S0OPERATORS'] } };
  });
  const lacking = await world.run(['doctor'], installed);
  expect(lacking.out).toMatch(/^✗ +Slack bot token +the app lacks usergroups:read/m);
  expect(lacking.out).toContain('Update the app from manifest.yml');
});

it.each([
  [-2, /^✗ +clock +The clock of this machine is 2 h ahead of\s+Slack's\. It agrees with SpotDraft's/m],
  [2, /^✗ +clock +The clock of this machine is 2 h behind\s+Slack's\. It agrees with SpotDraft's/m],
  [0, null],
])('doctor tells by how much the clock of Slack differs (%i h)', async (hours, expected) => {
  const world = await openCliWorld();
  const slack = await startSlack({ clock: { now: () => Date.now() + hours * 3_600_500 } });
  onTestFinished(() => slack.stop());
  const installed = {
    SLACK_API_URL: slack.apiUrl,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
  };
  const { out } = await world.run(['doctor'], installed);
  if (expected === null) expect(out).not.toMatch(/ clock /);
  else expect(out.replace(/\n {10,}/g, ' ')).toMatch(expected);
});
