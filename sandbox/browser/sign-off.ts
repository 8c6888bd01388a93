import { actionIds, viewIds } from '../../src/slack/action-ids.ts';
import type { StoredMessage } from '../slack/contract.ts';
import type { World } from '../world.ts';
import { GENERAL, SIGNER } from './northwind.ts';
import { addNote, type Sandbox } from './state.ts';

const READ_TIMEOUT_MS = 120_000;
const FORM_TIMEOUT_MS = 20_000;

/**
 * Bob signs off the open items of production's checklist, as a person does: command, button, form. It happens in #general,
 * where everyone sees it.
 * @param since epoch ms; a checklist that was read before this time is read again first
 * @throws when an item is still open afterwards
 */
export async function signOffProduction(sandbox: Sandbox, since: number): Promise<void> {
  const { slack } = sandbox.world;
  const before = new Set(slack.messages(GENERAL).map(({ ts }) => ts));
  await slack.command({ text: 'checklist prod', user: SIGNER, channel: GENERAL });
  let checklist = await slack.waitFor(
    () => slack.messages(GENERAL).find((message) => !before.has(message.ts) && isFinished(message)),
    READ_TIMEOUT_MS,
  );
  if (readAt(checklist) < since) checklist = await readAgain(sandbox.world, checklist);
  for (let next = unsigned(checklist); next !== undefined; ) {
    await sign(sandbox.world, checklist, next);
    checklist = current(sandbox.world, checklist);
    const left = unsigned(checklist);
    if (left === next) throw new Error(`${next} was not signed off. See the bot’s answer in #general.`);
    next = left;
  }
  addNote(sandbox, 'Bob opened the checklist of prod in #general and signed off the open items.');
}

const isFinished = ({ blocks }: StoredMessage): boolean =>
  JSON.stringify(blocks).includes(actionIds.checklistAgain);

/** When the checklist was read, epoch ms. Its footer has a Slack date, exact to the second. */
const readAt = ({ blocks }: StoredMessage): number =>
  Number(/<!date\^(\d+)/.exec(JSON.stringify(blocks))?.[1] ?? 0) * 1_000;

interface SectionWithButton {
  accessory?: { action_id?: string; value?: string; style?: string };
}

/** The value of the first button that asks for a sign-off. The button of a signed item is not primary. */
const unsigned = ({ blocks }: StoredMessage): string | undefined =>
  (blocks as SectionWithButton[]).find(
    ({ accessory }) => accessory?.action_id === actionIds.openSignOff && accessory.style === 'primary',
  )?.accessory?.value;

function current({ slack }: World, { ts }: StoredMessage): StoredMessage {
  const found = slack.messages(GENERAL).find((message) => message.ts === ts);
  if (!found) throw new Error('The checklist is no longer in #general.');
  return found;
}

async function readAgain(world: World, checklist: StoredMessage): Promise<StoredMessage> {
  const before = JSON.stringify(checklist.blocks);
  await world.slack.click({ message: checklist, actionId: actionIds.checklistAgain, user: SIGNER });
  return world.slack.waitFor(() => {
    const now = current(world, checklist);
    return isFinished(now) && JSON.stringify(now.blocks) !== before && now;
  }, READ_TIMEOUT_MS);
}

async function sign({ slack }: World, message: StoredMessage, value: string): Promise<void> {
  const shown = () => slack.modals(SIGNER).findLast(({ view }) => view.callback_id === viewIds.signOff);
  await slack.click({ message, actionId: actionIds.openSignOff, value, user: SIGNER });
  const form = await slack.waitFor(() => {
    const view = shown();
    return view?.view.submit !== undefined && view;
  }, FORM_TIMEOUT_MS);
  const values = { note: 'Rehearsed on Monday with both shifts.' };
  await slack.submitView({ view: form, user: SIGNER, values });
  // The result starts with one of these marks; until then the form says that it is saving.
  await slack.waitFor(() => /✅|❌/.test(JSON.stringify(shown()?.view.blocks ?? '')), FORM_TIMEOUT_MS);
  await slack.closeView({ user: SIGNER });
}
