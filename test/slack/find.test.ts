import { describe, it } from 'vitest';
import { actionIds } from '../../src/slack/action-ids.ts';
import { sign } from '../../src/spotdraft/webhook-signature.ts';
import { ALICE, BOB, blocksOf, GENERAL, openScene, type Scene } from './scene.ts';

/** Sends a delivery as SpotDraft would. */
async function deliver(
  { url, prod }: Scene,
  payload: object,
  requestId: string,
  signature?: string,
): Promise<number> {
  const body = Buffer.from(JSON.stringify(payload));
  const right = sign(Buffer.from(prod.hmacKey, 'base64'), body);
  const answer = await fetch(`${url}/webhooks/prod`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-request-id': requestId,
      'x-sd-webhook-content-hash': signature ?? right,
    },
  });
  await answer.text();
  return answer.status;
}

const executed = {
  activity: 'CONTRACT_EXECUTED',
  contract_id: 481516,
  external_metadata: { id: '006<!channel>' },
  activity_data: { timestamp: '2026-09-17T08:53:52.201442Z' },
};

describe.concurrent('find', () => {
  it('shows the timeline to the asker alone, and Share posts it in the channel', async (ctx) => {
    const { expect } = ctx;
    const scene = await openScene(ctx, { mode: 'http' });
    const { slack } = scene;
    expect(await deliver(scene, executed, 'request-number-one')).toBe(200);
    expect(await deliver(scene, executed, 'request-number-two')).toBe(200);

    await slack.command({ text: 'find T-481516', user: BOB });
    const told = await slack.waitFor(() => slack.ephemerals(GENERAL, BOB).at(-1));
    expect(told.text).toMatch(
      /T-481516: CONTRACT_EXECUTED arrived 2 times and was verified, \d+ d after it occurred; your integration reported no outcome\. 1 event, 2 deliveries\./,
    );
    expect(blocksOf(told)).toContain('request-number-one');
    expect(blocksOf(told)).toContain('delivered again (no. 2)');
    expect(blocksOf(told)).toContain('prod (production)');
    expect(slack.messages(GENERAL)).toEqual([]);

    await slack.click({ message: told, actionId: actionIds.shareFind, user: BOB });
    const shared = await slack.waitFor(() => slack.messages(GENERAL).at(-1));
    expect(blocksOf(shared)).toContain('request-number-two');
    expect(blocksOf(shared)).not.toContain(actionIds.shareFind);
  });
});

it.concurrent('finds a refused request by its id and says why it was refused', async (ctx) => {
  const { expect } = ctx;
  const scene = await openScene(ctx);
  const { slack } = scene;
  expect(await deliver(scene, executed, 'badly-signed-one', '00')).toBe(401);
  await slack.command({ text: 'lookup badly-signed-one' });
  const told = await slack.waitFor(() => slack.ephemerals(GENERAL, ALICE).at(-1));
  expect(told.text).toContain(
    "A delivery was refused: it was not signed with this workspace's key. 0 events, 1 refused. Check whether",
  );
  expect(blocksOf(told)).toContain('refused with 401 (bad signature');
});

it.concurrent('says that an id was never received, how far back the log goes, and what to try', async (ctx) => {
  const { expect } = ctx;
  const scene = await openScene(ctx);
  const { slack } = scene;
  await deliver(scene, executed, 'request-number-one');
  await slack.command({ text: 'find 006NothingHere' });
  const told = await slack.waitFor(() => slack.ephemerals(GENERAL, ALICE).at(-1));
  expect(told.text).toMatch(
    /was never received.*The log keeps 7 days; its oldest delivery is from \d{4}-.*Try the contract/,
  );
});

it.concurrent('shows an id that contains a mention of the channel as plain text', async (ctx) => {
  const { expect } = ctx;
  const scene = await openScene(ctx);
  const { slack } = scene;
  await deliver(scene, executed, 'request-number-one');
  await slack.command({ text: 'find 006<!channel>' });
  const told = await slack.waitFor(() => slack.ephemerals(GENERAL, ALICE).at(-1));
  expect(told.text).not.toContain('<!channel');
  const markup = JSON.stringify(told.blocks).match(/"type":"mrkdwn","text":"[^"]*"/g) ?? [];
  expect(markup.join()).not.toContain('<!channel');
});

it.concurrent('says how to re-trigger one contract when there are too many for buttons', async (ctx) => {
  const { expect } = ctx;
  const scene = await openScene(ctx);
  const { slack } = scene;
  const ask = async (contracts: number) => {
    await deliver(scene, { ...executed, contract_id: 481516 + contracts }, `request-number-${contracts}`);
    const before = slack.ephemerals(GENERAL, ALICE).length;
    await slack.command({ text: 'find 006<!channel>' });
    return slack.waitFor(() => slack.ephemerals(GENERAL, ALICE)[before]);
  };
  for (const contracts of [1, 2]) await ask(contracts);
  const three = blocksOf(await ask(3));
  expect(three.match(/"Re-trigger \d+ in prod/g)).toHaveLength(3);
  const four = blocksOf(await ask(4));
  expect(four).not.toContain('Re-trigger');
  expect(four).toContain('This covers 4 contracts.');
  expect(four).toContain('/envcheck find <number>');
});

it.concurrent('finds a pasted link, answers several ids at once, and says that titles cannot be searched', async (ctx) => {
  const { expect } = ctx;
  const scene = await openScene(ctx);
  const { slack } = scene;
  await deliver(scene, executed, 'request-number-one');
  await deliver(
    scene,
    { ...executed, contract_id: 4711, external_metadata: { id: 'deal-122' } },
    'request-number-two',
  );
  const ask = async (text: string) => {
    const before = slack.ephemerals(GENERAL, ALICE).length;
    await slack.command({ text });
    return slack.waitFor(() => slack.ephemerals(GENERAL, ALICE)[before]);
  };
  const link = await ask('find <https://app.spotdraft.com/contracts/v2/481516|the contract> prod');
  expect(blocksOf(link)).toContain('request-number-one');
  expect(blocksOf(link)).not.toContain('request-number-two');
  const both = await ask('find *T-481516*, `deal-122` deal-999');
  expect(both.text).toBe('3 ids, 2 in the log');
  expect(blocksOf(both)).toMatch(/T-481516.*deal-122.*deal-999/);
  await slack.click({ message: both, actionId: actionIds.showFind, user: ALICE });
  await slack.waitFor(() =>
    slack.ephemerals(GENERAL, ALICE).find(({ text }) => text.startsWith('T-481516: ')),
  );
  const many = await ask(`find ${Array.from({ length: 23 }, (_, index) => `deal-${index + 500}`).join(' ')}`);
  expect(many.text).toBe('23 ids, 0 in the log');
  expect(blocksOf(many)).toContain('3 more were not looked up');
  const title = await ask('find Fabrikam Ltd');
  expect(title.text).toContain('Titles and counterparties cannot be searched');
});
