import type { SlackViewAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SimulatedSlack, type StoredView, startSlack } from '../../../sandbox/slack/server.ts';
import { movableClock } from '../../time/movable-clock.ts';
import { type RunningApp, startApp } from './bolt-app.ts';
import { button, clientOf, refusal, section } from './web-client.ts';

const clock = movableClock(Date.UTC(2026, 9, 1));
let slack: SimulatedSlack;
let running: RunningApp;
let trigger = '';
let submissions: SlackViewAction[] = [];
let answer: object = {};
let closed = 0;

beforeEach(async () => {
  submissions = [];
  answer = {};
  closed = 0;
  slack = await startSlack({ clock });
  running = await startApp(slack, 'http', (app) => {
    app.command('/envcheck', async ({ ack, command }) => {
      trigger = command.trigger_id;
      await ack();
    });
    app.action('more', async ({ ack, body }) => {
      trigger = 'trigger_id' in body ? String(body.trigger_id) : '';
      await ack();
    });
    app.view({ callback_id: 'waive', type: 'view_submission' }, async ({ ack, body }) => {
      submissions.push(body);
      await ack(answer as never);
    });
    app.view({ callback_id: 'waive', type: 'view_closed' }, async ({ ack }) => {
      closed += 1;
      await ack();
    });
  });
});
afterEach(async () => {
  await running.stop();
  await slack.stop();
});

const text = (value: string) => ({ type: 'plain_text' as const, text: value });
const modal: ModalView = {
  type: 'modal',
  callback_id: 'waive',
  title: text('Accept a difference'),
  submit: text('Accept'),
  private_metadata: 'prod',
  blocks: [
    {
      type: 'input',
      block_id: 'why',
      label: text('Why'),
      element: { type: 'plain_text_input', action_id: 'reason' },
    },
    {
      type: 'input',
      block_id: 'until',
      optional: true,
      label: text('Until'),
      element: { type: 'datepicker', action_id: 'date', initial_date: '2026-12-31' },
    },
    { type: 'actions', elements: [button('more', '1')] },
  ],
};

async function open(view: ModalView = modal): Promise<StoredView> {
  await slack.command({ text: '' });
  await clientOf(slack).views.open({ trigger_id: trigger, view });
  return slack.modals().at(-1) as StoredView;
}

describe('a trigger', () => {
  it('opens one view, once', async () => {
    await open();
    expect(slack.modals()).toMatchObject([
      { type: 'modal', user: 'U0ALICE', view: { title: text('Accept a difference') } },
    ]);
    expect(await refusal(clientOf(slack).views.open({ trigger_id: trigger, view: modal }))).toMatchObject({
      error: 'exchanged_trigger_id',
    });
  });

  it('is valid for three seconds', async () => {
    await slack.command({ text: '' });
    clock.move(3_001);
    const late = clientOf(slack).views.open({ trigger_id: trigger, view: modal });
    expect(await refusal(late)).toMatchObject({ error: 'expired_trigger_id' });
    const invented = clientOf(slack).views.open({ trigger_id: '1.2.3', view: modal });
    expect(await refusal(invented)).toMatchObject({ error: 'invalid_trigger_id' });
  });

  it('is also used up by an invalid view, whose problems are reported', async () => {
    await slack.command({ text: '' });
    const client = clientOf(slack);
    const long = { ...modal, title: text('x'.repeat(25)) };
    expect(await refusal(client.views.open({ trigger_id: trigger, view: long }))).toMatchObject({
      error: 'invalid_arguments',
      response_metadata: {
        messages: ['[ERROR] must be less than 25 characters [json-pointer:/view/title/text]'],
      },
    });
    const again = client.views.open({ trigger_id: trigger, view: modal });
    expect(await refusal(again)).toMatchObject({ error: 'exchanged_trigger_id' });
  });

  it('opens a modal on top when issued inside a modal, up to three', async () => {
    await open();
    for (const depth of [2, 3]) {
      await slack.click({ view: slack.modals().at(-1) as StoredView, actionId: 'more' });
      await clientOf(slack).views.open({ trigger_id: trigger, view: modal });
      expect(slack.modals()).toHaveLength(depth);
    }
    await slack.click({ view: slack.modals().at(-1) as StoredView, actionId: 'more' });
    const fourth = clientOf(slack).views.open({ trigger_id: trigger, view: modal });
    expect(await refusal(fourth)).toMatchObject({ error: 'push_limit_reached' });
  });
});

describe('views.update', () => {
  it('replaces a view by id or external id, and refuses a stale hash', async () => {
    const first = await open({ ...modal, external_id: 'waiver' });
    const client = clientOf(slack);
    const blocks = [section('done')];
    const done = { type: 'modal' as const, title: text('Done'), blocks, external_id: 'waiver' };
    await client.views.update({ view_id: first.id, hash: first.hash, view: done });
    expect(slack.modals()).toMatchObject([{ id: first.id, view: { title: text('Done') } }]);
    const stale = client.views.update({ view_id: first.id, hash: first.hash, view: done });
    expect(await refusal(stale)).toMatchObject({ error: 'hash_conflict' });
    await client.views.update({ external_id: 'waiver', view: done });
    const missing = client.views.update({ view_id: 'V0NONE', view: done });
    expect(await refusal(missing)).toMatchObject({ error: 'not_found' });
  });

  it('refuses, like views.open, a duplicate external id and a view over 250 kB', async () => {
    await open({ ...modal, external_id: 'waiver' });
    await slack.command({ text: '' });
    const client = clientOf(slack);
    const again = client.views.open({ trigger_id: trigger, view: { ...modal, external_id: 'waiver' } });
    expect(await refusal(again)).toMatchObject({ error: 'duplicate_external_id' });
    const blocks = Array.from({ length: 90 }, () => section('x'.repeat(2900)));
    await slack.command({ text: '' });
    const large = client.views.open({
      trigger_id: trigger,
      view: { type: 'modal', title: text('x'), blocks },
    });
    expect(await refusal(large)).toMatchObject({ error: 'view_too_large' });
  });
});

describe('a submission', () => {
  it('sends the entered values, and an empty answer closes the modal', async () => {
    await open();
    expect(await slack.submitView({ values: { reason: 'known' } })).toMatchObject({ ok: true });
    expect(submissions[0]?.view).toMatchObject({
      callback_id: 'waive',
      private_metadata: 'prod',
      state: {
        values: {
          why: { reason: { type: 'plain_text_input', value: 'known' } },
          until: { date: { type: 'datepicker', selected_date: '2026-12-31' } },
        },
      },
    });
    expect(slack.modals()).toEqual([]);
  });

  it('keeps the modal open with errors under their inputs', async () => {
    await open();
    answer = { response_action: 'errors', errors: { why: 'Say more' } };
    await slack.submitView({ values: { reason: 'x' } });
    expect(slack.modals()).toMatchObject([{ errors: { why: 'Say more' } }]);
    answer = { response_action: 'errors', errors: { nowhere: 'x' } };
    expect(await slack.submitView({ values: { reason: 'x' } })).toMatchObject({
      ok: false,
      error: 'invalid_response',
    });
  });

  it('updates, pushes or clears modals as the app answers', async () => {
    await open();
    const other = { ...modal, title: text('Other') };
    answer = { response_action: 'update', view: other };
    await slack.submitView({ values: { reason: 'x' } });
    expect(slack.modals()).toMatchObject([{ view: { title: text('Other') } }]);
    answer = { response_action: 'push', view: modal };
    await slack.submitView({ values: { reason: 'x' } });
    expect(slack.modals()).toHaveLength(2);
    answer = { response_action: 'clear' };
    await slack.submitView({ values: { reason: 'x' } });
    expect(slack.modals()).toEqual([]);
  });

  it('is not possible with an empty required input or without a modal', async () => {
    await open();
    await expect(slack.submitView({ values: { date: null } })).rejects.toThrow(/'reason' is required/);
    await expect(slack.submitView({ values: { other: 'x' } })).rejects.toThrow(/no element 'other'/);
    await slack.closeView();
    await expect(slack.submitView({})).rejects.toThrow(/No modal is open for U0ALICE/);
    expect(submissions).toEqual([]);
  });
});

it('closing a modal sends view_closed to an app that asked for it', async () => {
  await open();
  expect(await slack.closeView()).toBeNull();
  await open({ ...modal, notify_on_close: true });
  expect(await slack.closeView()).toMatchObject({ ok: true });
  expect(closed).toBe(1);
  expect(slack.modals()).toEqual([]);
});

describe('the Home tab', () => {
  const home = (value: string) => ({ type: 'home' as const, blocks: [section(value)] });

  it('is replaced per person, unless the hash is stale', async () => {
    const client = clientOf(slack);
    const first = await client.views.publish({ user_id: 'U0BOB', view: home('1') });
    await client.views.publish({ user_id: 'U0BOB', view: home('2'), hash: String(first.view?.hash) });
    expect(slack.home('U0BOB')).toMatchObject({ id: first.view?.id, view: { blocks: [section('2')] } });
    expect(slack.home('U0ALICE')).toBeNull();
    const stale = client.views.publish({ user_id: 'U0BOB', view: home('3'), hash: String(first.view?.hash) });
    expect(await refusal(stale)).toMatchObject({ error: 'hash_conflict' });
  });

  it('cannot be published by an app without a Home tab, or as a modal', async () => {
    const other = await startSlack({ homeTab: false });
    const publish = clientOf(other).views.publish({ user_id: 'U0BOB', view: home('1') });
    expect(await refusal(publish)).toMatchObject({ error: 'not_enabled' });
    await other.stop();
    const asModal = clientOf(slack).views.publish({ user_id: 'U0BOB', view: modal as never });
    expect(await refusal(asModal)).toMatchObject({ error: 'invalid_arguments' });
  });
});
