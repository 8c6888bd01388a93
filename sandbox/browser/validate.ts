import { actionIds } from '../../src/slack/action-ids.ts';
import { finishContract } from './contracts.ts';
import { SIGNER } from './northwind.ts';
import { addNote, type Sandbox } from './state.ts';

/** A channel whose messages no test and no step of the tour counts. */
const QUIET = 'C0NOBOT';
const READ_TIMEOUT_MS = 120_000;

/** Validates UAT as a person does: takes a contract through it, then `/envcheck uat --private` where nobody else reads. */
export async function validateUat(sandbox: Sandbox): Promise<void> {
  const { slack } = sandbox.world;
  await finishContract(sandbox, 'uat');
  const before = new Set(slack.ephemerals(QUIET, SIGNER).map(({ ts }) => ts));
  await slack.command({ text: 'uat --private', user: SIGNER, channel: QUIET });
  await slack.waitFor(
    () =>
      slack
        .ephemerals(QUIET, SIGNER)
        .find(({ ts, blocks }) => !before.has(ts) && JSON.stringify(blocks).includes(actionIds.recheck)),
    READ_TIMEOUT_MS,
  );
  sandbox.validatedAt = sandbox.clock.now();
  addNote(sandbox, 'Bob took a contract through UAT and checked it: /envcheck uat.');
}
