import type {
  App,
  BlockAction,
  BlockButtonAction,
  MessageShortcut,
  StaticSelectAction,
  ViewSubmitAction,
} from '@slack/bolt';
import { actionIds, homeDiffIds, shortcutIds, viewIds } from './action-ids.ts';
import { acceptCheck, acceptDifference } from './actions/accept-actions.ts';
import { submitAcceptance } from './actions/accept-submission.ts';
import type { ChoiceArgs, ClickArgs } from './actions/click.ts';
import { compareAgain, shareDiff, showAllDifferences } from './actions/drift-actions.ts';
import { olderEvents, shareEvents } from './actions/events-actions.ts';
import { acknowledgeFailure, shareFailures } from './actions/failure-actions.ts';
import { submitAcknowledgement } from './actions/failure-submission.ts';
import { shareFind, showFound } from './actions/find-actions.ts';
import {
  checkFromHome,
  checklistFromHome,
  diffFromHome,
  failuresFromHome,
  historyFromHome,
  reportFromHome,
  waiversFromHome,
} from './actions/home-actions.ts';
import { recheck, shareReport, showFullReport } from './actions/report-actions.ts';
import { retriggerWebhook } from './actions/retrigger-actions.ts';
import { checklistAgain, openSignOff, submitSignOff } from './actions/sign-off-actions.ts';
import type { SubmitArgs } from './actions/submission.ts';
import { revokeWaiver } from './actions/waiver-actions.ts';
import { deleteWebhook, registerWebhook } from './actions/webhook-actions.ts';
import { mrkdwnMessage } from './blocks/text.ts';
import { envcheckCommand } from './commands/envcheck.ts';
import { forListed, forReaders, forSenders } from './guard.ts';
import { findIds } from './shortcuts/find-ids.ts';
import { slackErrorCode } from './slack-errors.ts';
import type { SlackTools } from './slack-tools.ts';

const COMMAND = '/envcheck';

/** Buttons that decide by a permission of their own. */
const acts = new Set<string>([
  'registerWebhook',
  'deleteWebhook',
  'revokeWaiver',
  'retriggerWebhook',
  'openSignOff',
  'acknowledgeFailure',
] satisfies (keyof typeof actionIds)[]);

type Listener<Args> = (tools: SlackTools) => (args: Args) => Promise<void>;

type MenuId = 'acceptDifference' | 'acceptCheck';

// The types of these tables require a listener for every id.

const buttons: Record<Exclude<keyof typeof actionIds, MenuId>, Listener<ClickArgs>> = {
  recheck,
  showAll: showFullReport,
  share: shareReport,
  shareFind,
  showFind: showFound,
  olderEvents,
  shareEvents,
  registerWebhook,
  deleteWebhook,
  compareAgain,
  showAllDifferences,
  shareDiff,
  revokeWaiver,
  retriggerWebhook,
  homeCheck: checkFromHome,
  homeReport: reportFromHome,
  homeHistory: historyFromHome,
  homeFailures: failuresFromHome,
  homeWaivers: waiversFromHome,
  homeChecklist: checklistFromHome,
  openSignOff,
  checklistAgain,
  acknowledgeFailure,
  shareFailures,
};

const menus: Record<MenuId, Listener<ChoiceArgs>> = { acceptDifference, acceptCheck };

const forms: Record<keyof typeof viewIds, Listener<SubmitArgs>> = {
  accept: submitAcceptance,
  signOff: submitSignOff,
  acknowledge: submitAcknowledgement,
};

/** Ignores a click without a choice, which Bolt's types do not know. */
const ifChosen =
  <Args extends ClickArgs | ChoiceArgs>(listener: (args: Args) => Promise<void>) =>
  async (args: Args): Promise<void> => {
    const { value, selected_option: option }: Choice = args.action;
    if (value || option?.value) await listener(args);
  };

interface Choice {
  value?: string;
  selected_option?: { value: string };
}

/** Registers a listener for everything that a person can do in Slack. */
export function registerListeners(app: App, tools: SlackTools): void {
  const onClick = (action_id: string, listener: (args: ClickArgs) => Promise<void>) =>
    app.action<BlockButtonAction>({ type: 'block_actions', action_id }, listener);
  app.command(COMMAND, forReaders(tools, envcheckCommand(tools)));
  for (const [name, listener] of entries(buttons))
    onClick(actionIds[name], (acts.has(name) ? forListed : forReaders)(tools, ifChosen(listener(tools))));
  for (const id of homeDiffIds) onClick(id, forReaders(tools, ifChosen(diffFromHome(tools))));
  for (const [name, listener] of entries(menus))
    app.action<BlockAction<StaticSelectAction>>(
      { type: 'block_actions', action_id: actionIds[name] },
      forListed(tools, ifChosen(listener(tools))),
    );
  for (const [name, listener] of entries(forms))
    app.view<ViewSubmitAction>(
      { type: 'view_submission', callback_id: viewIds[name] },
      forSenders(tools, listener(tools)),
    );
  app.shortcut<MessageShortcut>(
    { type: 'message_action', callback_id: shortcutIds.findIds },
    forReaders(tools, findIds(tools)),
  );
  app.event('app_home_opened', async ({ event, body }) => {
    // The event comes for the Messages tab, too.
    if (event.tab !== 'home') return;
    const why = await tools.access.unreadable({ user: event.user, teams: [body.team_id] });
    if (why === null) tools.homes.opened(event.user);
    else
      await tools.progressClient.views
        .publish({
          user_id: event.user,
          view: { type: 'home', blocks: mrkdwnMessage(`🔒 ${why}`).blocks },
        })
        .catch((error) =>
          tools.logger.warn(
            { err: slackErrorCode(error) ?? error },
            'the Home tab of somebody who may not read was not shown',
          ),
        );
  });
}

const entries = <Name extends string, Value>(table: Record<Name, Value>) =>
  Object.entries(table) as [Name, Value][];
