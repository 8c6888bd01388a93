import { actionIds } from '../../src/slack/action-ids.ts';
import type { StoredMessage } from '../slack/contract.ts';
import { additionalMistakes } from '../spotdraft/additional-mistakes.ts';
import { nextMorning } from './adjustable-clock.ts';
import { sendWronglySignedWebhook } from './contracts.ts';
import { GENERAL, REPORT_ZONE } from './northwind.ts';
import { signOffProduction } from './sign-off.ts';
import type { Sandbox } from './state.ts';
import { repairMistakes } from './switches.ts';

export interface TourStep {
  id: string;
  title: string;
  /** One sentence. */
  text: string;
  button: string;
  /** Performs the step as `user`. Its result appears in #general. */
  run(sandbox: Sandbox, user: string): Promise<void>;
}

const type = async ({ world }: Sandbox, user: string, text: string) => {
  await world.slack.command({ text, user, channel: GENERAL });
};

const READ_TIMEOUT_MS = 120_000;

const isReport = ({ blocks }: StoredMessage): boolean => JSON.stringify(blocks).includes(actionIds.recheck);

/** Re-checks the newest report in #general, or asks for one. Resolves when the result is there. */
async function recheck(sandbox: Sandbox, user: string): Promise<void> {
  const { slack } = sandbox.world;
  const newest = () => slack.messages(GENERAL).findLast(isReport);
  const before = newest();
  if (before) await slack.click({ message: before, actionId: actionIds.recheck, user });
  else await type(sandbox, user, 'prod');
  const old = JSON.stringify(before?.blocks);
  await slack.waitFor(() => {
    const now = newest();
    return now !== undefined && (now.ts !== before?.ts || JSON.stringify(now.blocks) !== old);
  }, READ_TIMEOUT_MS);
}

/** The steps of the tour, in order. */
export const tour: readonly TourStep[] = [
  {
    id: 'check',
    title: 'Check',
    text: 'Northwind goes live tomorrow. Ask whether its production workspace is ready.',
    button: 'Type /envcheck prod',
    run: (sandbox, user) => type(sandbox, user, 'prod'),
  },
  {
    id: 'repair',
    title: 'Repair',
    text: 'Fix what the report found and re-check. The last item needs a person: Bob signs it off.',
    button: 'Repair and re-check',
    async run(sandbox, user) {
      await repairMistakes(sandbox);
      const repairedAt = sandbox.clock.now();
      await recheck(sandbox, user);
      await signOffProduction(sandbox, repairedAt);
      await type(sandbox, user, 'prod');
    },
  },
  {
    id: 'drift',
    title: 'Drift',
    text: 'Someone renames a field in production. See what now differs from UAT.',
    button: 'Rename it and compare',
    async run(sandbox, user) {
      additionalMistakes.renamedField.introduce(sandbox.world.prod);
      await type(sandbox, user, 'diff uat prod');
    },
  },
  {
    id: 'incident',
    title: 'Incident',
    text: 'Another workspace sends a webhook to production’s URL. See that the bot refused it, and how to look it up.',
    button: 'Send it and list the failed events',
    async run(sandbox, user) {
      sandbox.badSignatureAt = sandbox.clock.now();
      await sendWronglySignedWebhook(sandbox);
      await type(sandbox, user, 'events prod --failed');
    },
  },
  {
    id: 'digest',
    title: 'Digest',
    text: 'Move the clock to 9:00. The bot posts the morning report to #general.',
    button: 'Go to the next morning',
    async run({ clock }) {
      clock.advance(nextMorning(clock.now(), REPORT_ZONE) - clock.now());
    },
  },
];
