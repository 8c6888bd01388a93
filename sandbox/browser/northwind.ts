import { parse, stringify } from 'yaml';
import type { Config } from '../../src/config/config.ts';
import type { World } from '../world.ts';

export interface Person {
  id: string;
  name: string;
  /** What it means to act as them. */
  role: string;
  timeZone: string;
}

/** Who works at Northwind; the simulated Slack has them, and its group of operators has Bob. */
export const people: readonly Person[] = [
  { id: 'U0ALICE', name: 'alice', role: 'reads everything, may not act', timeZone: 'America/New_York' },
  {
    id: 'U0BOB',
    name: 'bob',
    role: 'operator: may sign off, accept and register',
    timeZone: 'Europe/Berlin',
  },
];

/** Who signs off where nobody else does. */
export const SIGNER = 'U0BOB';

export interface Channel {
  id: string;
  name: string;
  note: string;
}

export const channels: readonly Channel[] = [
  { id: 'C0GENERAL', name: 'general', note: 'The bot is here' },
  { id: 'C0NOBOT', name: 'no-bot', note: 'Public; the bot was not invited' },
  { id: 'G0SECRET', name: 'secret', note: 'Private; the bot was not invited' },
];

export const GENERAL = 'C0GENERAL';
export const REPORT_ZONE = 'America/New_York';
const OPERATORS = 'S0OPERATORS';

/** Mistakes that lie in the bot's config, not in SpotDraft. */
export interface BotSetup {
  sharedWebhookUrl: boolean;
  /** Whose credentials production is read with. */
  prodCredentials: 'prod' | 'uat';
}

export interface ConfigureInput {
  world: World;
  setup: BotSetup;
  /** Instead of what a config may say. */
  requestsPerSecond: number | null;
}

/** Northwind's config with what the sandbox shows besides: who may act, a report every morning, a sign-off. */
export function configure({ world, setup, requestsPerSecond }: ConfigureInput): Config {
  const { clientId, clientSecret } = setup.prodCredentials === 'uat' ? world.uat : world.prod;
  const config = world.configure({
    sharedWebhookUrl: setup.sharedWebhookUrl,
    env: { SPOTDRAFT_PROD_CLIENT_ID: clientId, SPOTDRAFT_PROD_CLIENT_SECRET: clientSecret },
    edit: (yaml) => stringify(withSandboxParts(parse(yaml)), { aliasDuplicateObjects: false }),
  });
  return requestsPerSecond === null ? config : { ...config, limits: { requestsPerSecond } };
}

interface Written {
  environments: Record<string, { webhooks: object }>;
}

function withSandboxParts(file: Written): object {
  for (const [name, environment] of Object.entries(file.environments))
    environment.webhooks = { ...environment.webhooks, maxSilence: name === 'prod' ? '24h' : '72h' };
  const operators = { groups: [OPERATORS] };
  return {
    ...file,
    signOffs: [
      {
        id: 'runbook',
        title: 'The on-call team rehearsed the incident runbook',
        validFor: '90d',
        environments: ['prod'],
      },
    ],
    access: { signOff: operators, waive: operators, operate: operators },
    reports: [
      { name: 'morning', cron: '0 9 * * 1-5', timezone: REPORT_ZONE, channel: GENERAL, when: 'always' },
    ],
    // Nobody else uses these workspaces, and whoever waits is a person.
    limits: { requestsPerSecond: 9 },
  };
}
