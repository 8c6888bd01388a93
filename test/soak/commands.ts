import type { SimulatedSlack } from '../../sandbox/slack/server.ts';
import { actionIds } from '../../src/slack/action-ids.ts';
import type { Random } from './random.ts';

/** Buttons that may be pressed at any time. */
const BUTTONS = [actionIds.recheck, actionIds.showAll, actionIds.checklistAgain, actionIds.showFind];
export const GENERAL = 'C0GENERAL';
const USERS = ['U0ALICE', 'U0BOB'];

/** Types a command, or presses a button of a recent answer. @returns its name, and the error that Slack showed */
export async function useSlack(
  slack: SimulatedSlack,
  random: Random,
  acknowledged: () => string,
): Promise<string> {
  const user = random.pick(USERS);
  if (random.chance(0.2)) {
    const shown = [...slack.messages(GENERAL), ...slack.ephemerals(GENERAL, user)].slice(-20);
    const buttons = shown.flatMap((message) =>
      BUTTONS.filter((actionId) => JSON.stringify(message.blocks).includes(`"${actionId}"`)).map(
        (actionId) => ({
          message,
          actionId,
        }),
      ),
    );
    if (buttons.length > 0) {
      const button = random.pick(buttons);
      const { error } = await slack.click({ ...button, user });
      return `button ${button.actionId}${error ? ` ${error}` : ''}`;
    }
  }
  const text = random.pick(['prod', 'uat', 'failures', 'checklist prod', 'self', `find ${acknowledged()}`]);
  const { error } = await slack.command({ text, user, channel: GENERAL });
  return `${text.replace(/ .*/, '')}${error ? ` ${error}` : ''}`;
}
