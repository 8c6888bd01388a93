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
