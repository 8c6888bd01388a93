import { NORTHWIND_URL } from './spotdraft/seed.ts';
import type { Workspace } from './spotdraft/workspace.ts';

export interface NorthwindOptions {
  /** `http://127.0.0.1:PORT/api/v2.1/public` */
  baseUrl: string;
  /** `127.0.0.1:PORT` */
  host: string;
  prod: Workspace;
  uat: Workspace;
  /** True makes a mistake that SpotDraft's guide names: one webhook URL for every environment. */
  sharedWebhookUrl: boolean;
  /** URL of the integration's own receiver of a workspace; null when the integration has no receivers. */
  receiverUrl: ((key: string) => string) | null;
}

/**
 * The config of the fictitious company Northwind: what its integration needs from both workspaces. No two of its objects are
 * shared, so that the caller may change one.
 */
export function northwindConfig(options: NorthwindOptions) {
  const { baseUrl, host, uat, prod, sharedWebhookUrl, receiverUrl } = options;
  const environment = (workspace: Workspace, webhookPath: string) => ({
    region: 'us',
    baseUrl,
    credentials: {
      clientId: { env: `SPOTDRAFT_${workspace.key.toUpperCase()}_CLIENT_ID` },
      clientSecret: { env: `SPOTDRAFT_${workspace.key.toUpperCase()}_CLIENT_SECRET` },
    },
    workspaceId: workspace.workspaceId,
    webhooks: {
      url: `${NORTHWIND_URL}/webhooks/${webhookPath}`,
      activities: ['CONTRACT_CREATED', 'CONTRACT_EXECUTED'],
    },
    routing: { businessUser: 'integrations@northwind.example' },
    intake: { token: { env: `ENVCHECK_${workspace.key.toUpperCase()}_INTAKE_TOKEN` } },
    ...(receiverUrl && {
      receivers: [{ name: 'crm-sync', url: receiverUrl(workspace.key), probe: 'signed' }],
    }),
  });
  const content = {
    database: './envcheck.db',
    publicUrl: NORTHWIND_URL,
    environments: {
      uat: environment(uat, 'uat'),
      prod: { production: true, ...environment(prod, sharedWebhookUrl ? 'uat' : 'prod') },
    },
    requires: northwindRequirements,
    externalMetadata: {
      sample: 30,
      rules: [
        { integration: 'Salesforce', recordType: 'Opportunity', id: '^006[A-Za-z0-9]{12,15}$', unique: true },
      ],
      foreignMarkers: ['uat', 'sandbox'],
    },
    drift: { pairs: [['uat', 'prod']] },
    trustedHosts: [host],
  };
  return JSON.parse(JSON.stringify(content)) as typeof content;
}

/** The bearer token with which Northwind's integration reports its calls of a workspace. */
export const intakeToken = (key: string): string => `intake-token-of-northwind-${key}`;

/** The environment variables that the config's `{ env: … }` refer to. */
export const northwindSecrets = (workspaces: Workspace[]): Record<string, string> =>
  Object.fromEntries(
    workspaces.flatMap(({ key, clientId, clientSecret }) => [
      [`SPOTDRAFT_${key.toUpperCase()}_CLIENT_ID`, clientId],
      [`SPOTDRAFT_${key.toUpperCase()}_CLIENT_SECRET`, clientSecret],
      [`ENVCHECK_${key.toUpperCase()}_INTAKE_TOKEN`, intakeToken(key)],
    ]),
  );

const effectiveDate = { variable: 'effective_date', type: 'date' };
const paymentTerms = { variable: 'payment_terms', type: 'enum', options: ['Net 30', 'Net 60'] };

const northwindRequirements = {
  contractTypes: [
    {
      name: 'Order Form',
      entities: ['Northwind Software Inc.', 'Northwind GmbH'],
      intakeFields: [paymentTerms],
      metadataFields: [effectiveDate, { variable: 'contract_value.amount', type: 'int' }],
    },
    { name: 'Mutual NDA', intakeFields: [{ variable: 'purpose' }] },
    { name: 'Master Services Agreement', metadataFields: [effectiveDate] },
  ],
  templates: [
    {
      name: 'Order Form - Standard',
      contractType: 'Order Form',
      fields: [{ ...effectiveDate, required: true }, paymentTerms],
    },
    { name: 'Mutual NDA - Standard', contractType: 'Mutual NDA', fields: [effectiveDate] },
    { name: 'MSA - Enterprise', contractType: 'Master Services Agreement' },
  ],
  workflows: [
    {
      title: 'Order Form',
      signatories: [{ party: 'CREATOR_PARTY', name: 'CFO', order: 1, conditional: false }],
      approvals: [{ name: 'Legal review', role: 'Legal Team', conditional: false }],
    },
  ],
  roles: ['Legal Team', 'NA Sales'],
  users: [{ email: 'integrations@northwind.example', roles: ['NA Sales'] }],
  featureFlags: ['PUBLIC_ANALYTICS_QUERY_API'],
};
