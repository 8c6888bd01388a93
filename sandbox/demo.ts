import { renderMessage } from '../src/cli/preview/render.ts';
import type { Terminal } from '../src/cli/terminal.ts';
import { actionIds } from '../src/slack/action-ids.ts';
import type { StoredMessage } from './slack/contract.ts';
import { repairProduction } from './spotdraft/seed.ts';
import type { SimContract } from './spotdraft/workspace.ts';
import { startWorld, type World } from './world.ts';

const CHANNEL = 'C0GENERAL';
const REPORT_TIMEOUT_MS = 60_000;

/**
 * Shows the main job without any account: `/envcheck prod` on a production workspace with the common mistakes of
 * SpotDraft's guide, their repair, and the same command again. Prints what Slack would show. Returns the exit code.
 */
export async function runDemo(terminal: Terminal): Promise<number> {
  const say = (text: string) => terminal.out(`${terminal.style('cyan', '▌')} ${text}\n`);
  terminal.status?.('Starting a simulated SpotDraft, a simulated Slack and the bot…');
  const world = await startWorld({});
  try {
    await world.startBot(world.configure({ sharedWebhookUrl: true }));
    await finishContract(world, 'uat');
    terminal.status?.('');

    say('Someone types /envcheck prod in #general. Slack shows:\n');
    await world.slack.command({ text: 'prod', channel: CHANNEL });
    const first = await nextReport(world, terminal, null);
    print(first, terminal);

    say('Production gets repaired:\n');
    for (const sentence of repairProduction(world.prod, world.uat)) terminal.out(`    ${sentence}\n`);
    terminal.out('    Gave prod a webhook URL of its own in envcheck.yaml and restarted the bot.\n');
    const before = world.spotdraft.traffic('prod');
    world.spotdraft.resetTraffic();
    await world.startBot(world.configure({ sharedWebhookUrl: false }));
    const contract = await finishContract(world, 'prod');
    terminal.out(
      `    Sent the webhooks of contract ${contract.internalId} (created, executed) to prod, and let the integration report its call.\n\n`,
    );

    say(
      'Someone types /envcheck uat, because production waits for a validated UAT. Slack shows, shortened:\n',
    );
    await world.slack.command({ text: 'uat', channel: CHANNEL });
    const uat = await nextReport(world, terminal, null, first.ts);
    terminal.status?.('');
    terminal.out(`    ${uat.text.split('\n')[0] ?? ''}\n\n`);

    say('Someone clicks Re-check. The same message now shows:\n');
    await world.slack.click({ message: first, actionId: actionIds.recheck });
    print(await nextReport(world, terminal, first), terminal);

    say(
      `Someone asks what happened to that contract: /envcheck find ${contract.internalId}. Slack shows, only to them:\n`,
    );
    await world.slack.command({ text: `find ${contract.internalId}`, channel: CHANNEL });
    print(await nextPrivate(world), terminal);

    const after = world.spotdraft.traffic('prod');
    const most = (figure: 'maxInAnySecond' | 'maxInFlight') => Math.max(before[figure], after[figure]);
    say(
      `${before.total} and ${after.total} reads of production, at most ${most('maxInAnySecond')} in any second and ` +
        `${most('maxInFlight')} at once (SpotDraft allows 10 a second, shared with the integration).`,
    );
    say('For your own workspaces: README.md, “Set it up”.');
    return 0;
  } finally {
    terminal.status?.('');
    await world.stop();
  }
}

/** Announces both activities that Northwind subscribes to, for the newest contract of a workspace, and reports the call that created it. */
async function finishContract({ spotdraft, reportCall }: World, key: string): Promise<SimContract> {
  const contract = spotdraft.workspace(key).contracts[0];
  if (!contract) throw new Error(`workspace ${key} was seeded without contracts`);
  await reportCall(key, { contractId: contract.internalId });
  await spotdraft.announce(key, 'CONTRACT_CREATED', { ...contract, status: 'DRAFT' });
  await spotdraft.announce(key, 'CONTRACT_EXECUTED', { ...contract, status: 'EXECUTED' });
  return contract;
}

const nextPrivate = ({ slack }: World): Promise<StoredMessage> =>
  slack.waitFor(() => slack.ephemerals(CHANNEL).at(-1), REPORT_TIMEOUT_MS);

/** Waits for a report that differs from `before`, or that is no message with the timestamp `not`, and shows the progress meanwhile. */
function nextReport(
  { slack }: World,
  terminal: Terminal,
  before: StoredMessage | null,
  not: string | null = null,
): Promise<StoredMessage> {
  return slack.waitFor(() => {
    const message = slack
      .messages(CHANNEL)
      .findLast(({ ts }) => (before === null ? ts !== not : ts === before.ts));
    if (!message) return null;
    const shown = JSON.stringify(message.blocks);
    if (shown.includes(actionIds.recheck) && shown !== JSON.stringify(before?.blocks)) return message;
    terminal.status?.(message.text.split('\n')[0] ?? '');
    return null;
  }, REPORT_TIMEOUT_MS);
}

function print(message: StoredMessage, terminal: Terminal): void {
  terminal.status?.('');
  const color = terminal.style('bold', 'x') !== 'x';
  const rendered = renderMessage(message, { width: Math.min(terminal.width, 100) - 4, color });
  terminal.out(`${rendered.replace(/^/gm, '    ')}\n\n`);
}
