import BetterSqlite3 from 'better-sqlite3';
import type { Ack, StoredMessage, StoredView } from '../../sandbox/slack/server.ts';
import type { Access, Config } from '../../src/config/config.ts';
import { actionIds } from '../../src/slack/action-ids.ts';
import { there } from '../environment.ts';
import { writeOutcomes } from '../events/failures/write-log.ts';
import { BOB, blocksOf, GENERAL, type Scene } from './scene.ts';

const byOperators: Access = { users: [], groups: ['S0OPERATORS'] };

/** Config in which only the operators, of whom Bob is one, may act. */
export const forActsOfBob =
  ({ adjust = (config) => config }: { adjust?: (config: Config) => Config }) =>
  (config: Config): Config => ({
    ...adjust(config),
    access: { read: 'members', signOff: byOperators, waive: byOperators, operate: byOperators },
    signOffs: [
      {
        id: 'runbook',
        title: 'The runbook was rehearsed',
        validForMs: null,
        approvals: 1,
        people: [],
        covers: null,
        environments: ['prod'],
      },
    ],
  });

/** The direct messages of Bob and the bot. */
const DIRECT = 'D0BOB';

/** Messages in the channel that Bob sees. */
export const shownToBob = ({ slack }: Scene): StoredMessage[] => [
  ...slack.messages(GENERAL),
  ...slack.ephemerals(GENERAL, BOB),
];

/** Bob types a command and waits for the first message with this button. */
export async function askAsBob(scene: Scene, text: string, actionId: string): Promise<StoredMessage> {
  const before = new Set(shownToBob(scene).map(({ ts }) => ts));
  await scene.slack.command({ text, user: BOB });
  return scene.slack.waitFor(
    () => shownToBob(scene).find((each) => !before.has(each.ts) && blocksOf(each).includes(actionId)),
    20_000,
  );
}

export const clickAsBob = (
  { slack }: Scene,
  message: StoredMessage,
  actionId: string,
  value?: string,
): Promise<Ack> => slack.click({ message, actionId, user: BOB, ...(value === undefined ? {} : { value }) });

/** Opens the form behind a button and waits until it can be sent. */
async function form(
  scene: Scene,
  message: StoredMessage,
  actionId: string,
  value?: string,
): Promise<StoredView> {
  await clickAsBob(scene, message, actionId, value);
  return scene.slack.waitFor(() => scene.slack.modals(BOB).find(({ view }) => view.submit));
}

const sending =
  ({ slack }: Scene, view: StoredView, values: Record<string, string>) =>
  (): Promise<Ack> =>
    slack.submitView({ view, user: BOB, values });

interface Menu {
  action_id?: string;
  options?: { text: { text: string }; value: string }[];
}

/** Value of the first menu entry whose name contains this. */
function entry(message: StoredMessage, actionId: string, name: string): string {
  const [menu] = (message.blocks as { elements?: Menu[] }[])
    .flatMap(({ elements }) => elements ?? [])
    .filter((each) => each.action_id === actionId);
  return there(menu?.options?.find(({ text }) => text.text.includes(name))).value;
}

const dayAhead = (): string => new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10);

/** Opens the form of a sign-off and returns the function that sends it. */
export async function signing(
  scene: Scene,
  values: Record<string, string>,
  text = 'checklist prod',
): Promise<() => Promise<Ack>> {
  const message = await askAsBob(scene, text, actionIds.openSignOff);
  return sending(scene, await form(scene, message, actionIds.openSignOff), values);
}

/** Runs a command, opens the form that accepts the first entry with this name, and returns the function that sends it. */
export async function accepting(
  scene: Scene,
  text: string,
  actionId: string,
  name = '',
): Promise<() => Promise<Ack>> {
  const message = await askAsBob(scene, text, actionId);
  const view = await form(scene, message, actionId, entry(message, actionId, name));
  return sending(scene, view, { reason: 'next release', until: dayAhead() });
}

/** Reports a failure of the integration, opens the form that acknowledges it, and returns the function that sends it. */
export async function acknowledging(scene: Scene): Promise<() => Promise<Ack>> {
  reportFailure(scene, 'CRM_TIMEOUT');
  const list = await askAsBob(scene, 'failures prod', actionIds.acknowledgeFailure);
  return sending(scene, await form(scene, list, actionIds.acknowledgeFailure), { reason: 'INC-7' });
}

export const reportFailure = ({ config }: Scene, code: string, at = Date.now()): void =>
  void writeOutcomes(config.database, [{ at, status: 'failed', code, activity: 'CONTRACT_EXECUTED' }]);

/** Waits until a message to Bob, a form or one of its errors contains the text. */
export const waitForText = (scene: Scene, words: RegExp, acks: readonly Ack[] = []): Promise<true> =>
  scene.slack.waitFor(() => {
    const modals = scene.slack.modals(BOB).map(({ view, errors }) => JSON.stringify([view, errors]));
    const written = scene.slack.history.filter(({ channel }) => channel === DIRECT);
    const read = [
      ...[...shownToBob(scene), ...written].map(({ text }) => text),
      ...modals,
      ...acks.map(({ body }) => body),
    ];
    return read.some((text) => words.test(text)) && true;
  }, 20_000);

/** Traces of acts: audit rows, other rows, and requests to SpotDraft that change something. */
export function traces({ config, spotdraft }: Scene): { audit: string[]; state: unknown } {
  const db = new BetterSqlite3(config.database, { readonly: true });
  const rows = (table: string) => db.prepare(`select * from ${table} order by 1`).all();
  const audit = (rows('audit') as { act: string }[]).map(({ act }) => act);
  const kept = [
    'sign_off_acts',
    'waivers',
    'failure_acknowledgements',
    'webhook_registrations',
    'subscriptions',
    'incident_marks',
  ].map(rows);
  db.close();
  const writes = spotdraft.requests.filter(({ method }) => method !== 'GET').map(({ path }) => path);
  return { audit, state: [kept, writes] };
}
