import { expect, it } from 'vitest';
import { isSocketMessage } from '../../src/slack/incoming.ts';

const person = {
  user: { id: 'U0BOB', team_id: 'T0SIMTEAM' },
  team: { id: 'T0SIMTEAM' },
  trigger_id: 'x',
};
const url = { response_url: 'https://hooks.slack.com/x' };
const command = {
  command: '/envcheck',
  text: '',
  team_id: 'T0SIMTEAM',
  channel_id: 'C0GENERAL',
  user_id: 'U0BOB',
  ...url,
};
const action = { action_id: 'a', block_id: 'b', type: 'button', value: 'v' };
const click = {
  ...person,
  ...url,
  type: 'block_actions',
  actions: [action],
  container: { type: 'message' },
  channel: { id: 'C0GENERAL' },
  message: { ts: '1.1' },
};
const view = { id: 'V1', callback_id: 'c', private_metadata: '', state: { values: { b: { a: {} } } } };
const submission = { ...person, type: 'view_submission', view };
const shortcut = {
  ...person,
  ...url,
  type: 'message_action',
  callback_id: 'find_ids',
  channel: { id: 'C0GENERAL' },
  message: { text: '', blocks: null },
};
const opened = {
  team_id: 'T0SIMTEAM',
  event: { type: 'app_home_opened', user: 'U0BOB', tab: 'home', channel: 'D0BOB' },
};

const isTaken = (type: unknown, payload: unknown): boolean =>
  isSocketMessage(JSON.stringify({ type, envelope_id: 'e', payload }));
const without = (from: object, key: string): object =>
  Object.fromEntries(Object.entries(from).filter(([name]) => name !== key));

const real: [type: string, payload: object][] = [
  ['slash_commands', command],
  ['slash_commands', { ...command, unknown: null }],
  ['interactive', click],
  ['interactive', { ...without(click, 'message'), team: null, enterprise: null }],
  ['interactive', { ...without(without(click, 'response_url'), 'message'), view }],
  [
    'interactive',
    { ...click, actions: [{ ...action, type: 'static_select', selected_option: { value: 'v' } }] },
  ],
  ['interactive', submission],
  ...[
    { value: null },
    { selected_date: null },
    { selected_option: null },
    { selected_option: { value: 'v' } },
  ].map((a): [string, object] => [
    'interactive',
    { ...submission, view: { ...view, state: { values: { b: { a } } } } },
  ]),
  ['interactive', { ...person, type: 'view_closed', view: { id: 'V1' } }],
  ['interactive', shortcut],
  ['interactive', { ...person, type: 'shortcut', callback_id: 'x' }],
  ['events_api', opened],
  ['events_api', { event: { type: 'user_change', user: { id: 'U1' } } }],
  ['events_api', { event: { type: 'reaction_added', item: { channel: 'C1' } }, authorizations: [{}] }],
];

it('takes what Slack documents', () => {
  for (const [type, payload] of real) expect([payload, isTaken(type, payload)]).toEqual([payload, true]);
  for (const type of ['hello', 'disconnect']) expect(isSocketMessage(JSON.stringify({ type }))).toBe(true);
});

it('drops an envelope of which a part that is read is missing, null or of another type', () => {
  const parts: [type: string, payload: Record<string, unknown>, keys: string[]][] = [
    ['slash_commands', command, ['command', 'text', 'user_id', 'team_id', 'channel_id', 'response_url']],
    ['interactive', click, ['user', 'actions', 'container']],
    ['interactive', submission, ['user', 'view']],
    ['interactive', shortcut, ['user', 'channel', 'message', 'response_url', 'callback_id']],
    ['events_api', opened, ['event', 'team_id']],
  ];
  const wrong = [null, 7, [], ['find', '1'], true, '../../x', { toString: 1 }, 'file:///etc/passwd'];
  const taken: unknown[] = [];
  for (const [type, payload, keys] of parts)
    for (const key of keys) {
      expect([key, isTaken(type, without(payload, key))]).toEqual([key, false]);
      for (const value of wrong) if (isTaken(type, { ...payload, [key]: value })) taken.push([key, value]);
    }
  // Any text may be a command, its text or the id of a shortcut; a message may be empty.
  expect([...new Set(taken.map((each) => (each as string[])[0]))]).toEqual([
    'command',
    'text',
    'message',
    'callback_id',
  ]);
  for (const payload of [
    { ...click, actions: [] },
    { ...click, actions: [null] },
    { ...click, actions: [{ action_id: { a: 1 }, value: {} }] },
    { ...click, actions: [{ ...action, value: 7 }] },
    { ...click, channel: null },
    { ...without(click, 'response_url') },
    { ...click, actions: [without(action, 'block_id')] },
    { ...submission, view: { ...view, state: null } },
    ...[
      { value: 7 },
      { selected_date: 7 },
      { selected_option: 'v' },
      { selected_option: { value: null } },
    ].map((a) => ({ ...submission, view: { ...view, state: { values: { b: { a } } } } })),
    { ...submission, view: { ...view, private_metadata: null } },
    { ...shortcut, message: { text: 5 } },
    { ...shortcut, message: { blocks: [null] } },
    { ...shortcut, message: { attachments: { a: 1 } } },
    { ...person, type: 'block_suggestion', value: 'x' },
    { ...person, type: 'dialog_submission' },
    { ...person, type: 'interactive_message', actions: [action] },
    { ...person, type: '__proto__' },
    person,
  ])
    expect([payload, isTaken('interactive', payload)]).toEqual([payload, false]);
  for (const event of [
    { ...opened.event, user: { id: 1 } },
    without(opened.event, 'user'),
    { type: 'message', channel: null },
    { type: 'message', item: null },
    { type: null },
  ])
    expect([event, isTaken('events_api', { ...opened, event })]).toEqual([event, false]);
  expect(isTaken('events_api', { ...opened, authorizations: [null] })).toBe(false);
  for (const type of ['nosuch', undefined, { a: 1 }, 'constructor'])
    expect(isTaken(type, command)).toBe(false);
  expect(isSocketMessage(JSON.stringify({ type: 'slash_commands', payload: command }))).toBe(false);
});

it('drops what is nested more deeply than Slack nests', () => {
  const deep = `${'[{"elements":'.repeat(5_000)}[]${'}]'.repeat(5_000)}`;
  const whole = (blocks: string): string =>
    JSON.stringify({ type: 'interactive', envelope_id: 'e', payload: shortcut }).replace(
      '"blocks":null',
      `"blocks":${blocks}`,
    );
  expect(isSocketMessage(whole('[{"elements":[]}]'))).toBe(true);
  expect(isSocketMessage(whole(deep))).toBe(false);
  expect(isSocketMessage('['.repeat(200_000))).toBe(false);
});
