import type { InputBlock } from '@slack/types';
import { expect, it } from 'vitest';
import { createSignOffs } from '../../../src/approvals/sign-offs/sign-offs.ts';
import { signOffForm, signOffInputs } from '../../../src/slack/blocks/sign-off-form.ts';
import { ALICE, DAY_MS, startSignOffStand } from './start-stand.ts';

it('the form offers signing to people who have not signed or whose signature ends soon, and never preselects withdrawing', async () => {
  const stand = await startSignOffStand([{ id: 'runbook', validFor: '90d' }]);
  const { id: report } = await stand.check();
  const environment = stand.environment('prod');
  const signOffs = createSignOffs({ ...stand.core, config: stand.config, clock: stand.clock });
  const offered = async () => {
    const form = await signOffs.form(environment, 'runbook', report, ALICE.actor);
    if (!form) throw new Error('no such sign-off');
    const context = {
      environment: 'prod',
      signOff: 'runbook',
      report,
      seen: null,
      seenComplete: null,
      channel: null,
      ts: null,
      responseUrl: null,
    };
    const { blocks } = signOffForm({ environment, ...form, context });
    const { element } = blocks.find(({ block_id: id }) => id === signOffInputs.act.block) as InputBlock;
    if (element.type !== 'radio_buttons') throw new Error('no choices');
    return {
      choices: element.options.map(({ value }) => value),
      preselected: element.initial_option?.value ?? null,
    };
  };
  expect(await offered()).toEqual({ choices: ['sign', 'refuse'], preselected: 'sign' });
  expect(await stand.sign('runbook')).toMatchObject({ kind: 'done' });
  expect(await offered()).toEqual({ choices: ['refuse', 'withdraw'], preselected: null });
  stand.clock.at += 77 * DAY_MS;
  expect(await offered()).toEqual({ choices: ['sign', 'refuse', 'withdraw'], preselected: 'sign' });
  expect(await stand.sign('runbook')).toMatchObject({ kind: 'done' });
  expect(await offered()).toEqual({ choices: ['refuse', 'withdraw'], preselected: null });
});
