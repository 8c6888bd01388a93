import type { RespondFn } from '@slack/bolt';
import type { Asker } from './access.ts';
import type { SubmitArgs } from './actions/submission.ts';
import { respondPrivately } from './answer.ts';
import { mrkdwnMessage } from './blocks/text.ts';
import type { SlackTools } from './slack-tools.ts';

/** The fields of a request that name its sender; which of them there are depends on its kind. */
interface Sender {
  user_id?: string | undefined;
  team_id?: string | undefined;
  user?: { id: string; team_id?: string | undefined } | undefined;
  team?: { id: string } | null | undefined;
}

const isText = (value: string | undefined): value is string => value !== undefined;

export const askerOf = ({ user_id, team_id, user, team }: Sender): Asker => ({
  user: user_id ?? user?.id ?? '',
  teams: [team_id, team?.id, user?.team_id].filter(isText),
});

interface Guarded {
  body: Sender;
  ack(): Promise<void>;
  respond?: RespondFn;
}

type Listener<Args> = (args: Args) => Promise<void>;

/**
 * Acknowledges first, since Slack waits 3 s and people repeat a command that seems to have failed. Then runs the listener when
 * the person may read answers.
 */
export const forReaders = <Args extends Guarded>(
  tools: SlackTools,
  listener: Listener<Args>,
): Listener<Args> => guarded(tools, listener, tools.access.unreadable);

/** As `forReaders`, for an act that decides itself by its own permission, and may have to open a form at once. */
export const forListed = <Args extends Guarded>(
  tools: SlackTools,
  listener: Listener<Args>,
): Listener<Args> => guarded(tools, listener, tools.access.stranger);

const guarded =
  <Args extends Guarded>(
    { openAnswers, logger }: SlackTools,
    listener: Listener<Args>,
    judge: (asker: Asker) => Promise<string | null> | string | null,
  ): Listener<Args> =>
  async (args) => {
    const complete = openAnswers.add(async () => {});
    try {
      await args.ack();
      const asker = askerOf(args.body);
      const why = await judge(asker);
      if (why === null) return await listener(args);
      logger.info(asker, 'a request of somebody who may not read was refused');
      // A click in the Home tab has no response URL; the tab shows the reason when it is opened.
      if (args.respond)
        await respondPrivately({ respond: args.respond, logger }, mrkdwnMessage(`🔒 ${why}`), false);
    } finally {
      complete();
    }
  };

/** For a form that was sent: closes it with the reason when the sender is a stranger. */
export const forSenders =
  (tools: SlackTools, listener: (args: SubmitArgs) => Promise<void>) =>
  async (args: SubmitArgs): Promise<void> => {
    const why = tools.access.stranger(askerOf(args.body));
    if (why === null) return listener(args);
    const view = {
      type: 'modal',
      title: { type: 'plain_text', text: 'Not allowed' },
      blocks: mrkdwnMessage(why).blocks,
    } as const;
    await args.ack({ response_action: 'update', view });
  };
