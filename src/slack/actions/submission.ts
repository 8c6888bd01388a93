import { setTimeout as sleep } from 'node:timers/promises';
import type { AllMiddlewareArgs, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type { Config } from '../../config/config.ts';
import type { Decision } from '../access.ts';
import type { SlackTools } from '../slack-tools.ts';

/** Bolt's arguments for a sent form. */
export type SubmitArgs = SlackViewMiddlewareArgs<ViewSubmitAction> & AllMiddlewareArgs;

/** Time limit of a decision, ms. Slack waits three seconds for the answer to a form. */
const DECIDE_MS = 2_000;

/** Decides whether a person has the permission `what`; null when the decision takes too long for Slack. */
export const decideInTime = (
  { access, config }: Pick<SlackTools, 'access' | 'config'>,
  user: string,
  what: Exclude<keyof Config['access'], 'read'>,
): Promise<Decision | null> =>
  Promise.race([access.decide(user, config.access[what]), sleep(DECIDE_MS, null, { ref: false })]);
