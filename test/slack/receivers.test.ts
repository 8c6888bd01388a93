import { expect, it } from 'vitest';
import { actionIds } from '../../src/slack/action-ids.ts';
import { runningClock } from '../time/movable-clock.ts';
import { blocksOf, GENERAL, openScene, withOwnWebhooks } from './scene.ts';

it('a receiver that verifies with the key of UAT fails the report, and Re-check shows its repair', async (ctx) => {
  const clock = runningClock();
  const scene = await openScene(ctx, { adjust: withOwnWebhooks, clock });
  const { slack, integration, uat, prod } = scene;
  integration.verifiesWith.set('prod', 'uat');
  await slack.command({ text: 'prod' });
  const report = await scene.report();
  expect(report.text).toBe(
    '❌ prod (production): not ready. 1 failed, 14 passed, 19 skipped. Next: Give crm-sync the webhook key of prod ' +
      '(production): it verifies with the key of uat',
  );
  expect(blocksOf(report)).toContain('crm-sync refused the key of prod (production): 401 in ');
  expect(blocksOf(report)).toContain('crm-sync accepted the key of uat: 200 in ');
  const probes = integration.received.map(({ headers }) => headers['x-envcheck-probe']);
  expect(blocksOf(report)).toContain(`/[secret] 401, ${probes[0]} and 1 more`);
  expect(blocksOf(report)).not.toMatch(new RegExp([uat.hmacKey, prod.hmacKey].map(escaped).join('|')));
  expect(integration.received.map(({ receiver }) => receiver)).toEqual(Array(6).fill('prod'));

  integration.verifiesWith.set('prod', 'prod');
  // The answer to a probe is reused for five seconds.
  clock.move(5_000);
  await slack.click({ message: report, actionId: actionIds.recheck });
  const after = await slack.waitFor(() =>
    slack.messages(GENERAL).find((message) => blocksOf(message).includes('1 resolved (webhooks.receivers)')),
  );
  expect(after.ts).toBe(report.ts);
  expect(after.text).toBe('✅ prod (production): ready. 15 passed, 19 skipped.');
});

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
