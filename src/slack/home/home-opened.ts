import type { AllMiddlewareArgs, SlackEventMiddlewareArgs } from '@slack/bolt';
import type { SlackTools } from '../slack-tools.ts';

/** Somebody looks at the app: the event comes for the Messages tab, too. */
export const homeOpened =
  ({ homes }: Pick<SlackTools, 'homes'>) =>
  async ({ event }: SlackEventMiddlewareArgs<'app_home_opened'> & AllMiddlewareArgs): Promise<void> => {
    if (event.tab === 'home') homes.opened(event.user);
  };
