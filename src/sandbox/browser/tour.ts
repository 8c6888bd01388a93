import { actionIds } from '../../slack/action-ids.ts';
import { furtherMistakes } from '../spotdraft/mistakes.ts';
import { announceWronglySigned } from './contracts.ts';
import { nextMorning } from './moved-clock.ts';
import { GENERAL, REPORT_ZONE } from './northwind.ts';
import type { Sandbox } from './state.ts';
import { repairEverything } from './switches.ts';

export interface Step {
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

/** What a newcomer is shown, in this order. */
export const tour: readonly Step[] = [
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
    text: 'Do in SpotDraft what the report asks for, send a contract through, and check again.',
    button: 'Repair and re-check',
    async run(sandbox, user) {
      await repairEverything(sandbox);
      const { slack } = sandbox.world;
      const report = slack
        .messages(GENERAL)
        .findLast(({ blocks }) => JSON.stringify(blocks).includes(actionIds.recheck));
      if (report) await slack.click({ message: report, actionId: actionIds.recheck, user });
      else await type(sandbox, user, 'prod');
    },
  },
  {
    id: 'drift',
    title: 'Drift',
    text: 'Somebody renames a field in production: see what differs from UAT now.',
    button: 'Rename it and compare',
    async run(sandbox, user) {
      furtherMistakes.renamedField.make(sandbox.world.prod);
      await type(sandbox, user, 'diff uat prod');
    },
  },
  {
    id: 'incident',
    title: 'Incident',
    text: 'Another workspace delivers to production’s URL: see that it was refused, and what it is found by.',
    button: 'Let it happen and look',
    async run(sandbox, user) {
      sandbox.wronglySignedAt = sandbox.clock.now();
      await announceWronglySigned(sandbox);
      await type(sandbox, user, 'events prod --failed');
    },
  },
  {
    id: 'digest',
    title: 'Digest',
    text: 'Move the clock to nine in the morning: the report of the night is posted to #general.',
    button: 'Go to the next morning',
    async run({ clock }) {
      clock.moveOn(nextMorning(clock.now(), REPORT_ZONE) - clock.now());
    },
  },
];
