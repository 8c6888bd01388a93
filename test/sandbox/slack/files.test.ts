import { afterEach, beforeEach, expect, it } from 'vitest';
import { type SimulatedSlack, startSlack } from '../../../sandbox/slack/server.ts';
import { clientOf, refusal } from './web-client.ts';

let slack: SimulatedSlack;
beforeEach(async () => {
  slack = await startSlack({ scopes: ['chat:write', 'chat:write.public', 'files:write'] });
});
afterEach(() => slack.stop());

it('an uploaded file is shared in the channel with its comment and content', async () => {
  await clientOf(slack).filesUploadV2({
    channel_id: 'C0GENERAL',
    filename: 'report.json',
    title: 'Full report',
    content: '{"verdict":"ready ✅"}\n',
    initial_comment: 'The complete report',
  });
  expect(slack.messages('C0GENERAL')).toMatchObject([
    {
      text: 'The complete report',
      files: [{ name: 'report.json', title: 'Full report', content: '{"verdict":"ready ✅"}\n' }],
    },
  ]);
});

it('a file cannot be shared in a channel without the bot, even with chat:write.public', async () => {
  const upload = clientOf(slack).filesUploadV2({ channel_id: 'C0NOBOT', filename: 'a.txt', content: 'a' });
  expect(await refusal(upload)).toMatchObject({ error: 'not_in_channel' });
});

it('an upload completes once, and only after its bytes arrived', async () => {
  const client = clientOf(slack);
  const { upload_url = '', file_id = '' } = await client.files.getUploadURLExternal({
    filename: 'a.txt',
    length: 3,
  });
  const complete = () =>
    client.files.completeUploadExternal({ files: [{ id: file_id }], channel_id: 'C0GENERAL' });
  expect(await refusal(complete())).toMatchObject({ error: 'file_not_found' });
  expect((await fetch(upload_url, { method: 'POST', body: 'four' })).status).toBe(400);
  expect((await fetch(upload_url, { method: 'POST', body: 'abc' })).status).toBe(200);
  await complete();
  expect(await refusal(complete())).toMatchObject({ error: 'file_not_found' });
  expect(slack.messages('C0GENERAL')).toHaveLength(1);
});

it('a file needs a name, a length and the scope', async () => {
  const nameless = clientOf(slack).files.getUploadURLExternal({ filename: '', length: 3 });
  expect(await refusal(nameless)).toMatchObject({ error: 'missing_argument' });
  const other = await startSlack();
  const unscoped = clientOf(other).files.getUploadURLExternal({ filename: 'a', length: 1 });
  expect(await refusal(unscoped)).toMatchObject({ error: 'missing_scope', needed: 'files:write' });
  await other.stop();
});

it('an image is stored byte for byte with its alternative text, which has a limit', async () => {
  const client = clientOf(slack);
  const announce = (altText: string) =>
    client.files.getUploadURLExternal({ filename: 'a.png', length: 4, ...{ alt_txt: altText } });
  expect(await refusal(announce('x'.repeat(1_001)))).toMatchObject({ error: 'alt_txt_too_large' });
  const { upload_url = '', file_id = '' } = await announce('3 not ready');
  const bytes = new Uint8Array([0x89, 0xff, 0, 0x0d]);
  slack.faults.add({ method: 'upload', fault: { kind: 'status', status: 500 } });
  const send = () => fetch(upload_url, { method: 'POST', body: bytes });
  expect((await send()).status).toBe(500);
  expect((await send()).status).toBe(200);
  await client.files.completeUploadExternal({ files: [{ id: file_id }], channel_id: 'C0GENERAL' });
  const [file] = slack.messages('C0GENERAL')[0]?.files ?? [];
  expect(Buffer.from(file?.bytes ?? [])).toEqual(Buffer.from(bytes));
  expect(file?.altText).toBe('3 not ready');
});
