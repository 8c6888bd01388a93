import { setTimeout as sleep } from 'node:timers/promises';
import type { AllMiddlewareArgs, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type { Config } from '../../config/config.ts';
import type { Decision } from '../access.ts';
import type { SlackTools } from '../slack-tools.ts';

/** What Bolt hands over when a form is sent. */
export type SubmitArgs = SlackViewMiddlewareArgs<ViewSubmitAction> & AllMiddlewareArgs;

/** Slack waits three seconds for an answer to a form. */
const DECIDE_MS = 2_000;

/** Whether a person may do what `what` of the config's `access` allows; null: not told in the time in which Slack waits. */
export const decideInTime = (
  { access, config }: Pick<SlackTools, 'access' | 'config'>,
  user: string,
  what: keyof Config['access'],
): Promise<Decision | null> =>
  Promise.race([access.decide(user, config.access[what]), sleep(DECIDE_MS, null, { ref: false })]);
