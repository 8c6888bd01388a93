import { actionIds } from '../../src/slack/action-ids.ts';
import type { StoredMessage } from '../slack/contract.ts';
import { additionalMistakes } from '../spotdraft/additional-mistakes.ts';
import { type Mistake, seededMistakes } from '../spotdraft/mistakes.ts';
import { finishContract, newContract, newestContracts } from './contracts.ts';
import { faultSwitches } from './fault-switches.ts';
import { SIGNER } from './northwind.ts';
import { receiverSwitches } from './receiver-switches.ts';
import { signOffProduction } from './sign-off.ts';
import { addNote, type Sandbox } from './state.ts';
import type { Switch, SwitchText } from './switch.ts';

const DAY_MS = 86_400_000;
const MONTH_MS = 31 * DAY_MS;
/** A channel whose messages no test and no step of the tour counts. */
const QUIET = 'C0NOBOT';
const READ_TIMEOUT_MS = 120_000;

/** The mistakes that SpotDraft's guide on environments names, in the guide's order. */
export const mistakeSwitches: readonly Switch[] = [
  {
    id: 'uat-credentials',
    title: 'UAT’s credentials used',
    text: 'The bot reads production with credentials generated in UAT.',
    check: 'credentials.distinct',
    isOn: ({ setup }) => setup.prodCredentials === 'uat',
    turnOn: (sandbox) => sandbox.changeSetup({ prodCredentials: 'uat' }),
    turnOff: (sandbox) => sandbox.changeSetup({ prodCredentials: 'prod' }),
  },
  {
    id: 'shared-url',
    title: 'One webhook URL for both',
    text: 'Production uses UAT’s webhook URL, in SpotDraft and in the config.',
    check: 'webhooks.separate',
    isOn: (sandbox) =>
      sandbox.setup.sharedWebhookUrl ||
      seededMistakes.sharedWebhook.isPresent(sandbox.world.prod, sandbox.world.uat),
    async turnOn(sandbox) {
      seededMistakes.sharedWebhook.introduce(sandbox.world.prod);
      await sandbox.changeSetup({ sharedWebhookUrl: true });
    },
    async turnOff(sandbox) {
      repair(sandbox, seededMistakes.sharedWebhook);
      await sandbox.changeSetup({ sharedWebhookUrl: false });
    },
  },
  ...receiverSwitches,
  mistakeSwitch(seededMistakes.missingTemplate, {
    id: 'missing-template',
    title: 'A template only in UAT',
    text: '“Order Form - Standard” was never created in production.',
    check: 'config.templates',
  }),
  mistakeSwitch(additionalMistakes.renamedContractType, {
    id: 'renamed-contract-type',
    title: 'A renamed contract type',
    text: '“Mutual NDA” has a different name in production.',
    check: 'config.contract-types',
  }),
  mistakeSwitch(additionalMistakes.renamedField, {
    id: 'renamed-field',
    title: 'A renamed field',
    text: 'The intake form of “Mutual NDA” asks for purposes instead of purpose.',
    check: 'config.intake-forms',
  }),
  mistakeSwitch(seededMistakes.changedOption, {
    id: 'changed-option',
    title: 'A changed option value',
    text: 'The option labelled “Net 60” sends the value net-60.',
    check: 'config.intake-forms',
  }),
  mistakeSwitch(seededMistakes.unpublishedWorkflow, {
    id: 'unpublished-workflow',
    title: 'A workflow not published',
    text: 'The workflow “Order Form” has unpublished changes.',
    check: 'config.workflows',
  }),
  mistakeSwitch(additionalMistakes.signatoryOrder, {
    id: 'signatory-order',
    title: 'Signatories in another order',
    text: 'In the workflow “Order Form”, the counterparty signs before the CFO.',
    check: 'config.workflows',
  }),
  mistakeSwitch(additionalMistakes.conditionalSignatory, {
    id: 'conditional-signatory',
    title: 'A conditional signatory',
    text: 'The CFO signs order forms only when a condition holds.',
    check: 'config.workflows',
  }),
  mistakeSwitch(additionalMistakes.approvalRole, {
    id: 'approval-role',
    title: 'An approval by another role',
    text: '“NA Sales” gives the approval “Legal review” instead of “Legal Team”.',
    check: 'config.workflows',
  }),
  mistakeSwitch(seededMistakes.userOutsideRole, {
    id: 'user-outside-role',
    title: 'A user outside its role',
    text: 'The integration’s user is not in “NA Sales”.',
    check: 'routing.users',
  }),
  mistakeSwitch(additionalMistakes.inactiveUser, {
    id: 'inactive-user',
    title: 'An inactive user',
    text: 'The integration’s user was deactivated.',
    check: 'routing.users',
  }),
  mistakeSwitch(additionalMistakes.newlyRequired, {
    id: 'newly-required',
    title: 'A field newly required',
    text: 'The intake form of “Mutual NDA” requires a field in production that UAT does not have.',
    check: 'promotion.drift',
  }),
  {
    id: 'business-user',
    title: 'The wrong business user',
    text: 'Contracts get Ana as business user instead of the integration’s user.',
    check: 'routing.business-user',
    isOn: ({ world }) => additionalMistakes.wrongBusinessUser.isPresent(world.prod),
    async turnOn(sandbox) {
      await newContract(sandbox, 'prod');
      additionalMistakes.wrongBusinessUser.introduce(sandbox.world.prod);
      await announceNewest(sandbox);
    },
    async turnOff(sandbox) {
      addNote(sandbox, ...additionalMistakes.wrongBusinessUser.repair(sandbox.world.prod));
      await announceNewest(sandbox);
    },
  },
  callsSwitch(
    'to another region',
    'host.calls',
    { on: 0, off: 2 },
    {
      id: 'other-region',
      title: 'Calls to another region',
      text: 'The integration of production calls the host of region eu. Calls count for a day, so the repair moves the clock.',
    },
  ),
  callsSwitch(
    'without request ids',
    'logging.requests',
    { on: 8, off: 0 },
    {
      id: 'no-request-ids',
      title: 'No request ids logged',
      text: 'The integration reports its calls without request ids. Reports count for a week, so this moves the clock.',
    },
  ),
  mistakeSwitch(seededMistakes.testData, {
    id: 'test-data',
    title: 'UAT data in production',
    text: 'A production contract points to the UAT instance of Salesforce.',
    check: 'external-metadata.foreign',
  }),
  mistakeSwitch(seededMistakes.sharedRecord, {
    id: 'shared-record',
    title: 'Two contracts for one record',
    text: 'Two production contracts refer to the same opportunity.',
    check: 'external-metadata.unique',
  }),
  // The last one, because UAT is ready only without the mistakes that concern both.
  {
    id: 'not-validated',
    title: 'UAT not validated',
    text: 'UAT was not ready within the last 30 days. After a repair, this moves the clock by a month.',
    check: 'promotion.validated',
    isOn: ({ clock, validatedAt }) => validatedAt === null || clock.now() - validatedAt > 30 * DAY_MS,
    async turnOn(sandbox) {
      sandbox.clock.advance(MONTH_MS);
      await finishContract(sandbox, 'prod');
    },
    turnOff: validateUat,
  },
];

export const switches: readonly Switch[] = [...mistakeSwitches, ...faultSwitches];

function mistakeSwitch(mistake: Mistake, text: SwitchText): Switch {
  return {
    ...text,
    isOn: ({ world }) => mistake.isPresent(world.prod, world.uat),
    turnOn: async ({ world }) => mistake.introduce(world.prod),
    turnOff: async (sandbox) => repair(sandbox, mistake),
  };
}

/** Sends a webhook for each of the newest contracts, so that the log shows who has them now. */
async function announceNewest(sandbox: Sandbox): Promise<void> {
  for (const contract of newestContracts(sandbox, 'prod'))
    await sandbox.world.spotdraft.announce('prod', 'CONTRACT_CREATED', contract);
}

function callsSwitch(
  calls: Exclude<Sandbox['calls'], 'as configured'>,
  check: string,
  /** Days that pass, because reported calls count for a while. */
  passes: { on: number; off: number },
  text: Omit<SwitchText, 'check'>,
): Switch {
  const set = async (sandbox: Sandbox, now: Sandbox['calls'], days: number) => {
    sandbox.calls = now;
    sandbox.clock.advance(days * DAY_MS);
    await finishContract(sandbox, 'prod');
  };
  return {
    ...text,
    check,
    isOn: (sandbox) => sandbox.calls === calls,
    turnOn: (sandbox) => set(sandbox, calls, passes.on),
    turnOff: (sandbox) => set(sandbox, 'as configured', passes.off),
  };
}

/** Checks that Bob makes at most until UAT is ready. */
const MAX_CHECKS = 5;

/** Validates UAT as a person does: takes a contract through it, then `/envcheck uat --private` where nobody else reads. */
async function validateUat(sandbox: Sandbox): Promise<void> {
  await finishContract(sandbox, 'uat');
  for (let checks = 0; checks < MAX_CHECKS; checks += 1) {
    // For a minute, a report from before the contract is shown again, such as that of a scheduled check.
    sandbox.clock.advance(61_000);
    const report = await checkUat(sandbox);
    if (!report.text.includes('uat: ready')) continue;
    sandbox.validatedAt = sandbox.clock.now();
    addNote(sandbox, 'Bob took a contract through UAT and checked it: /envcheck uat.');
    return;
  }
  throw new Error('UAT is not ready. Type /envcheck uat to see why.');
}

async function checkUat({ world: { slack } }: Sandbox): Promise<StoredMessage> {
  const before = new Set(slack.ephemerals(QUIET, SIGNER).map(({ ts }) => ts));
  await slack.command({ text: 'uat --private', user: SIGNER, channel: QUIET });
  return slack.waitFor(
    () =>
      slack
        .ephemerals(QUIET, SIGNER)
        .find(({ ts, blocks }) => !before.has(ts) && JSON.stringify(blocks).includes(actionIds.recheck)),
    READ_TIMEOUT_MS,
  );
}

function repair(sandbox: Sandbox, mistake: Mistake): void {
  addNote(sandbox, ...mistake.repair(sandbox.world.prod, sandbox.world.uat));
}

/** Turns off everything that is on, one by one, and runs a contract through production so that its events arrive. */
export async function repairMistakes(sandbox: Sandbox): Promise<void> {
  for (const each of switches) if (each.isOn(sandbox)) await each.turnOff(sandbox);
  await finishContract(sandbox, 'prod');
}

/** Repairs all mistakes and signs off again, because a changed configuration voids the sign-off. */
export async function repairEverything(sandbox: Sandbox): Promise<void> {
  await repairMistakes(sandbox);
  await signOffProduction(sandbox, sandbox.clock.now());
}
