import type { Config } from '../../src/config/config.ts';
import type { World } from '../world.ts';

export interface Person {
  id: string;
  name: string;
  /** Permissions of this person. */
  role: string;
  timeZone: string;
}

/** People at Northwind. They exist in the simulated Slack; Bob is in its user group of operators. */
export const people: readonly Person[] = [
  { id: 'U0ALICE', name: 'alice', role: 'can read everything, cannot act', timeZone: 'America/New_York' },
  {
    id: 'U0BOB',
    name: 'bob',
    role: 'operator: can sign off, accept and register',
    timeZone: 'Europe/Berlin',
  },
];

/** The user who signs off on the visitor's behalf. */
export const SIGNER = 'U0BOB';

export interface Channel {
  id: string;
  name: string;
  note: string;
}

export const channels: readonly Channel[] = [
  { id: 'C0GENERAL', name: 'general', note: 'The bot is a member' },
  { id: 'C0NOBOT', name: 'no-bot', note: 'Public; the bot was not invited' },
  { id: 'G0SECRET', name: 'secret', note: 'Private; the bot was not invited' },
];

export const GENERAL = 'C0GENERAL';
export const REPORT_ZONE = 'America/New_York';
const OPERATORS = 'S0OPERATORS';

/** Mistakes in the bot's config, as opposed to SpotDraft. */
export interface BotSetup {
  sharedWebhookUrl: boolean;
  /** The workspace whose credentials the bot uses for production. */
  prodCredentials: 'prod' | 'uat';
  /** True when both environments use one receiver of the integration, whose isolation production declares. */
  sharedReceiver: boolean;
}

export interface ConfigureInput {
  world: World;
  setup: BotSetup;
  /** Replaces the config's rate limit; a config file cannot set one as high as tests need. */
  requestsPerSecond: number | null;
}

/** Northwind's config plus what only the sandbox shows: permissions, a morning report, a sign-off. */
export function configure({ world, setup, requestsPerSecond }: ConfigureInput): Config {
  const { clientId, clientSecret } = setup.prodCredentials === 'uat' ? world.uat : world.prod;
  const config = world.configure({
    sharedWebhookUrl: setup.sharedWebhookUrl,
    env: { SPOTDRAFT_PROD_CLIENT_ID: clientId, SPOTDRAFT_PROD_CLIENT_SECRET: clientSecret },
    edit: (content) => withSandboxParts(content, setup.sharedReceiver ? world.integration.sharedUrl : null),
  });
  return requestsPerSecond === null ? config : { ...config, limits: { requestsPerSecond } };
}

interface Written {
  environments: Record<string, { webhooks: object; receivers?: object[] }>;
}

/** `sharedReceiver` is the URL of the receiver that serves both environments; null when each has its own. */
function withSandboxParts(file: Written, sharedReceiver: string | null): object {
  for (const [name, environment] of Object.entries(file.environments)) {
    if (sharedReceiver !== null)
      environment.receivers = [
        {
          name: 'crm-sync',
          url: sharedReceiver,
          probe: 'signed',
          ...(name === 'prod' && { isolation: { with: ['uat'], reason: 'one gateway for both workspaces' } }),
        },
      ];
    environment.webhooks = { ...environment.webhooks, maxSilence: name === 'prod' ? '24h' : '72h' };
  }
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
    // Nobody else uses these workspaces, and a person is waiting.
    limits: { requestsPerSecond: 9 },
  };
}
