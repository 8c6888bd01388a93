import { WebClient } from '@slack/web-api';
import { expect, it } from 'vitest';
import { startSlack } from '../../sandbox/slack/server.ts';
import { PictureUploadError, uploadPicture } from '../../src/slack/upload-picture.ts';
import { GENERAL } from './scene.ts';

const picture = { png: Buffer.from('a picture'), filename: 'days.png', title: 'Days', alt: 'Ready on 1 day' };

it.for([
  [
    'the app lacks the scope',
    { method: 'files.getUploadURLExternal', fault: { kind: 'error', error: 'missing_scope' } },
    'the Slack app lacks the scope files:write; update it from manifest.yml and install it again',
  ],
  [
    'the bytes do not arrive',
    { method: 'upload', fault: { kind: 'status', status: 500 } },
    'Slack did not take the file (status 500)',
  ],
  [
    'the upload cannot be completed',
    { method: 'files.completeUploadExternal', fault: { kind: 'reset' } },
    'Slack could not be reached for it',
  ],
] as const)('an upload says why it failed when %s, and shows nothing', async ([, rule, why], ctx) => {
  const slack = await startSlack({ scopes: ['chat:write', 'files:write'] });
  ctx.onTestFinished(() => slack.stop());
  slack.faults.add(rule);
  const client = new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } });
  const failed = await uploadPicture(client, GENERAL, picture).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(PictureUploadError);
  expect(String(failed)).toContain(why);
  expect(slack.messages(GENERAL)).toEqual([]);
});
