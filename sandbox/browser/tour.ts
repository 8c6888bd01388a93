import { actionIds } from '../../src/slack/action-ids.ts';
import type { StoredMessage } from '../slack/contract.ts';
import { additionalMistakes } from '../spotdraft/mistakes.ts';
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
  /** `user` acts. What there is to see is in #general. */
  run(sandbox: Sandbox, user: string): Promise<void>;
}

const type = async ({ world }: Sandbox, user: string, text: string) => {
  await world.slack.command({ text, user, channel: GENERAL });
};

const READ_TIMEOUT_MS = 120_000;

const isReport = ({ blocks }: StoredMessage): boolean => JSON.stringify(blocks).includes(actionIds.recheck);

/** The newest report of #general in its place, else a new one. Resolves when it is there. */
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

/** What a newcomer is shown, in this order. */
export const tour: readonly TourStep[] = [
  {
    id: 'check',
    title: 'Check',
    text: 'Tomorrow Northwind goes live: ask whether its production workspace is ready.',
    button: 'Type /envcheck prod',
    run: (sandbox, user) => type(sandbox, user, 'prod'),
  },
  {
    id: 'repair',
    title: 'Repair',
    text: 'Do what the report asks for and re-check. What is left is a person’s: Bob signs off.',
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
    text: 'Somebody renames a field in production: see what differs from UAT now.',
    button: 'Rename it and compare',
    async run(sandbox, user) {
      additionalMistakes.renamedField.introduce(sandbox.world.prod);
      await type(sandbox, user, 'diff uat prod');
    },
  },
  {
    id: 'incident',
    title: 'Incident',
    text: 'Another workspace delivers to production’s URL: see that it was refused, and what it is found by.',
    button: 'Let it happen and look',
    async run(sandbox, user) {
      sandbox.badSignatureAt = sandbox.clock.now();
      await sendWronglySignedWebhook(sandbox);
      await type(sandbox, user, 'events prod --failed');
    },
  },
  {
    id: 'digest',
    title: 'Digest',
    text: 'Move the clock to nine in the morning: the report of the night is posted to #general.',
    button: 'Go to the next morning',
    async run({ clock }) {
      clock.advance(nextMorning(clock.now(), REPORT_ZONE) - clock.now());
    },
  },
];
