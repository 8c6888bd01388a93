import { z } from 'zod';
import { showFind } from '../commands/find.ts';
import { type SlackTools, withErrorReply } from '../slack-tools.ts';
import { type ClickArgs, channelOf } from './click.ts';

const asked = z.object({ id: z.string(), environment: z.string().nullable() });

/** Posts the current answer of a private `find` in the channel. */
export const shareFind =
  (tools: SlackTools) =>
  async ({ action, body, respond }: ClickArgs): Promise<void> => {
    await withErrorReply(tools, 'Share', respond, async () => {
      const channel = channelOf(body);
      await showFind(tools, { ...tools, respond }, { ...parse(action.value), channel });
    });
  };

/** Shows the timeline of one of several ids to the asker alone. */
export const showFound =
  (tools: SlackTools) =>
  async ({ action, respond }: ClickArgs): Promise<void> => {
    await withErrorReply(tools, 'Show', respond, () =>
      showFind(tools, { ...tools, respond }, { ...parse(action.value), channel: null }),
    );
  };

const parse = (value: string | undefined) => asked.parse(JSON.parse(value ?? ''));
