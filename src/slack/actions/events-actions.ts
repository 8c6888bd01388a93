import { z } from 'zod';
import { respondPrivately } from '../answer.ts';
import { quotedMessage } from '../blocks/text.ts';
import { type EventsQuery, showEvents } from '../commands/events.ts';
import { environmentOf, type SlackTools, withErrorReply } from '../slack-tools.ts';
import { type ClickArgs, channelOf, missingEnvironmentText } from './click.ts';

const query = z.object({
  environment: z.string(),
  since: z.string().nullable(),
  // Buttons of older versions do not have it.
  until: z.string().nullable().default(null),
  activity: z.string().nullable(),
  failed: z.boolean(),
  after: z.string().nullable(),
});

/** Replaces the page with the next one. */
export const olderEvents =
  (tools: SlackTools) =>
  async ({ action, respond }: ClickArgs): Promise<void> => {
    await withErrorReply(tools, 'Older', respond, () =>
      withQuery(tools, respond, action.value, (asked) =>
        showEvents(tools, { ...tools, respond }, asked, { channel: null, replace: true }),
      ),
    );
  };

/** Posts a private list in the channel. */
export const shareEvents =
  (tools: SlackTools) =>
  async ({ action, body, respond }: ClickArgs): Promise<void> => {
    await withErrorReply(tools, 'Share', respond, () =>
      withQuery(tools, respond, action.value, async (asked) => {
        const channel = channelOf(body);
        await showEvents(tools, { ...tools, respond }, asked, { channel, replace: false });
      }),
    );
  };

async function withQuery(
  tools: SlackTools,
  respond: ClickArgs['respond'],
  value: string | undefined,
  show: (asked: EventsQuery) => Promise<void>,
): Promise<void> {
  const asked = query.parse(JSON.parse(value ?? ''));
  if (environmentOf(tools, asked.environment)) return show(asked);
  await respondPrivately(
    { ...tools, respond },
    quotedMessage(missingEnvironmentText(asked.environment)),
    false,
  );
}
