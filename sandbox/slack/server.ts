import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../src/time/clock.ts';
import { clickElement } from './clicks.ts';
import { typeCommand } from './commands.ts';
import { BOT_USER_ID, type SimulatedSlack, type SlackOptions, type StoredMessage } from './contract.ts';
import { createDeliverer } from './delivery.ts';
import { createFaults } from './faults.ts';
import { createFiles } from './files.ts';
import { jsonAnswer, send } from './http.ts';
import { createJournal } from './journal.ts';
import { postMessage } from './messages.ts';
import { closeModal, submitModal } from './modals.ts';
import type { InteractionContext } from './payloads.ts';
import { createRateLimits } from './rate-limits.ts';
import { createResponseUrls } from './response-urls.ts';
import { type Routes, route } from './router.ts';
import { openHomeTab, useGlobalShortcut, useMessageShortcut } from './shortcuts.ts';
import { createSocketMode, type SocketMode } from './socket-mode.ts';
import { createTriggers } from './triggers.ts';
import { createViews } from './views.ts';
import { createWorkspace, requireChannel, requireUser, type Workspace } from './workspace.ts';

export type * from './contract.ts';
export { BOT_USER_ID };

/** Slack's documented limit for an acknowledgement. */
const ACK_TIMEOUT_MS = 3_000;
/** Slack's documented retry delays: none, one minute, five minutes. */
const EVENT_RETRY_DELAYS_MS = [0, 60_000, 300_000];

/**
 * Starts a simulated Slack on loopback: Web API, response URLs, file uploads, Socket Mode, and people who act. It
 * speaks Slack's protocol and refuses what Slack refuses. Stop it with `stop()`.
 */
export async function startSlack(options: SlackOptions = {}): Promise<SimulatedSlack> {
  const clock = options.clock ?? systemClock;
  const journal = createJournal(clock);
  const workspace = createWorkspace(options, clock, journal);
  const socketMode = createSocketMode(journal);
  const server = createServer();
  server.on('request', (_request, response) => {
    response.setHeader('date', new Date(clock.now()).toUTCString());
  });
  const host = await listen(server, options.port ?? 0);
  const origin = `http://${host}`;
  const triggers = createTriggers(clock);
  const views = createViews(workspace);
  const responseUrls = createResponseUrls(workspace, origin);
  const faults = createFaults(clock);
  const context = {
    workspace,
    triggers,
    views,
    files: createFiles(),
    origin,
    socketUrl: () => socketMode.url(host),
  };
  const limits = options.enforceRateLimits ? createRateLimits(clock) : null;
  serve(server, { context, responseUrls, faults, limits }, socketMode);

  const deliverer = createDeliverer(
    socketMode,
    () => slack.requestUrl,
    workspace.signingSecret,
    options.ackTimeoutMs ?? ACK_TIMEOUT_MS,
    options.eventRetryDelaysMs ?? EVENT_RETRY_DELAYS_MS,
  );
  const interaction: InteractionContext = { workspace, deliverer, responseUrls, triggers, views };
  const slack: SimulatedSlack = {
    apiUrl: `${origin}/api/`,
    botToken: workspace.botToken,
    appToken: workspace.appToken,
    signingSecret: workspace.signingSecret,
    botUserId: BOT_USER_ID,
    requestUrl: null,
    ...socketControls(socketMode, journal.waitFor),
    ...people(interaction),
    ...visibleContent(interaction),
    history: journal.history,
    calls: journal.calls,
    waitFor: journal.waitFor,
    faults: { add: faults.add, clear: faults.clear },
    async stop() {
      deliverer.stop();
      await socketMode.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return slack;
}

/** @returns `host:port` */
async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function serve(server: Server, routes: Routes, socketMode: SocketMode): void {
  server.on('upgrade', socketMode.upgrade);
  server.on('request', (request, response) => {
    route(routes, request, response).catch((error: unknown) => {
      // A defect of the simulator must not look like a refusal by Slack.
      if (!request.destroyed || request.complete) console.error('simulated Slack failed:', error);
      if (!response.headersSent) send(response, jsonAnswer({ ok: false, error: 'internal_error' }, 500));
    });
  });
}

function socketControls(socketMode: SocketMode, waitFor: SimulatedSlack['waitFor']) {
  return {
    connections: socketMode.connections,
    disconnect: socketMode.disconnect,
    dropConnections: socketMode.drop,
    sendRaw: socketMode.sendRaw,
    async waitForConnection(timeoutMs = 10_000) {
      await waitFor(() => socketMode.connections() > 0, timeoutMs);
    },
  };
}

/** Actions of people. */
function people(interaction: InteractionContext) {
  const changeUser: SimulatedSlack['changeUser'] = (user, changes) => {
    const { workspace } = interaction;
    workspace.users.set(user, { ...requireUser(workspace, user), ...changes });
  };
  const actions: Pick<
    SimulatedSlack,
    | 'command'
    | 'click'
    | 'submitView'
    | 'closeView'
    | 'shortcut'
    | 'globalShortcut'
    | 'openHome'
    | 'say'
    | 'invite'
    | 'deactivate'
    | 'shareChannel'
    | 'changeUser'
  > = {
    command: (input) => typeCommand(interaction, input),
    click: (input) => clickElement(interaction, input),
    submitView: (input) => submitModal(interaction, input),
    closeView: (input = {}) => closeModal(interaction, input.user),
    shortcut: (input) => useMessageShortcut(interaction, input),
    globalShortcut: (input) => useGlobalShortcut(interaction, input),
    openHome: (user) => openHomeTab(interaction, user),
    invite: (channel) => void requireChannel(interaction.workspace, channel).members.add(BOT_USER_ID),
    deactivate: (user) => changeUser(user, { deleted: true }),
    changeUser,
    shareChannel: (channel) => {
      requireChannel(interaction.workspace, channel).isShared = true;
    },
    say(input) {
      const { workspace } = interaction;
      const message = postMessage(workspace, {
        channel: requireChannel(workspace, input.channel).id,
        user: requireUser(workspace, input.user).id,
        content: { text: input.text, blocks: input.blocks ?? [] },
        attachments: input.attachments ?? [],
        threadTs: input.threadTs ?? null,
        via: 'person',
      });
      return { ...message };
    },
  };
  return actions;
}

/** Content that people see. */
function visibleContent({ workspace, views }: InteractionContext) {
  const seen: Pick<SimulatedSlack, 'messages' | 'ephemerals' | 'modals' | 'home'> = {
    messages: (channel) => copies(workspace, channel, (message) => message.ephemeralFor === null),
    ephemerals: (channel, user) =>
      copies(
        workspace,
        channel,
        ({ ephemeralFor }) => ephemeralFor !== null && (!user || ephemeralFor === user),
      ),
    modals: (user) => structuredClone(views.stack(requireUser(workspace, user).id)),
    home: (user) => structuredClone(views.home(requireUser(workspace, user).id)),
  };
  return seen;
}

function copies(
  workspace: Workspace,
  channel: string,
  wanted: (message: StoredMessage) => boolean,
): StoredMessage[] {
  const { id } = requireChannel(workspace, channel);
  // An edit replaces a message's text and blocks and never changes their content, so the fields are enough of a copy.
  return workspace.messages
    .filter((message) => message.channel === id && wanted(message))
    .map((message) => ({ ...message }));
}
