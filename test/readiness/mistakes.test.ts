import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import type { ReceiverFault } from '../../sandbox/integration.ts';
import {
  createContractType,
  createField,
  createTemplate,
  createWorkflow,
} from '../../sandbox/spotdraft/create-records.ts';
import { exitCodeOfVerdict } from '../../src/cli/exit-codes.ts';
import { checks } from '../../src/readiness/checks/index.ts';
import { driftBases } from '../../src/readiness/promotion.ts';
import { nextStepOf } from '../../src/readiness/status-text.ts';
import {
  type ConfigFile,
  checkOf,
  checksOf,
  environmentFile,
  idsOf,
  type Stand,
  type StandOptions,
  startStand,
  there,
} from '../environment.ts';
import {
  contract,
  contractType,
  intakeField,
  metadataField,
  newestVersion,
  publishAgain,
  remove,
  revalue,
  roleId,
  template,
  templateField,
  user,
  workflow,
} from './northwind.ts';

const ANA = 'ana.lima@northwind.example';
const INTEGRATION = 'integrations@northwind.example';

/** Northwind's config with a requirement for every check. */
function everythingRequired(file: ConfigFile): void {
  const prod = environmentFile(file, 'prod');
  prod.userEmail = ANA;
  const [, nda] = file.requires?.contractTypes ?? [];
  if (nda) nda.intakeFields = [{ variable: 'purpose', type: 'string', required: true }];
}

const withMistake = (edit: NonNullable<Mistake['edit']> = () => {}, log?: Mistake['log']) =>
  startStand({
    ...(log === undefined ? {} : { log }),
    receivers: true,
    edit(file, spotdraft) {
      everythingRequired(file);
      edit(file, spotdraft.host);
    },
  });

interface Mistake {
  check: string;
  mistake: string;
  /** Changes the live workspaces after the config was read. */
  make?: (stand: Stand) => void | Promise<void>;
  edit?: (file: ConfigFile, host: string) => void;
  /** Deliveries before the check. */
  log?: StandOptions['log'];
  /** True when no request or delivery is evidence. */
  withoutEvidence?: true;
  expected?: RegExp;
  actual: RegExp;
  remedy: RegExp;
  /** Checks that become unknown. */
  unknown?: readonly string[];
  /** Checks that have nothing to judge. */
  skipped?: readonly string[];
  /** Checks that wait for the one that fails. Default: the comparison with the model, where it rests on that one. */
  waiting?: readonly string[];
}

/** Checks that judge the config alone and have no evidence. */
const withoutRequest = [
  'credentials.distinct',
  'host.path',
  'host.region',
  'webhooks.separate',
  'webhooks.endpoint',
  'promotion.validated',
  'promotion.drift',
];

const behindTheUser = [
  'config.contract-types',
  'config.entities',
  'config.intake-forms',
  'config.templates',
  'config.template-fields',
  'config.metadata-fields',
  'config.workflows',
  'config.feature-flags',
  'routing.roles',
  'routing.users',
  'external-metadata.convention',
  'external-metadata.unique',
  'external-metadata.foreign',
  'promotion.drift',
];
const behindTheWorkspace = ['credentials.user', ...behindTheUser, 'webhooks.signature', 'webhooks.receivers'];
const behindTheCredentials = ['credentials.workspace', ...behindTheWorkspace];
const behindTheHost = ['credentials.accepted', ...behindTheCredentials];
const nothingAsked = {
  waiting: [...behindTheHost, 'host.reachable', 'host.calls'],
};

const baseUrl = (value: (host: string) => string) => (file: ConfigFile, host: string) => {
  environmentFile(file, 'prod').baseUrl = value(host);
};

const credentials: Mistake[] = [
  {
    check: 'credentials.accepted',
    mistake: 'the secret is wrong',
    make: ({ prod }) => {
      prod.clientSecret = 'rotated';
    },
    actual: /^401: the credentials are not accepted$/,
    remedy: /^Generate credentials in the workspace of prod \(production\).*region us$/,
    waiting: behindTheCredentials,
  },
  {
    check: 'credentials.accepted',
    mistake: 'the workspace is not entitled to the API',
    make: ({ spotdraft }) =>
      spotdraft.faults.add({ workspace: 'prod', fault: { kind: 'status', status: 403 } }),
    actual: /^403: /,
    remedy: /^Ask SpotDraft whether the workspace of prod \(production\) has the public API/,
    waiting: behindTheCredentials,
  },
  {
    check: 'credentials.distinct',
    mistake: 'the client id is that of UAT and the secret is not',
    edit: (file) => {
      environmentFile(file, 'prod').credentials.clientId = { env: 'SPOTDRAFT_UAT_CLIENT_ID' };
    },
    make: ({ prod, uat }) => {
      prod.clientId = uat.clientId;
    },
    expected: /^client id and secret differ from those of uat$/,
    actual: /^same client id$/,
    remedy: /^Generate credentials in the workspace of prod \(production\)/,
    waiting: ['credentials.workspace', ...behindTheWorkspace],
  },
  {
    check: 'credentials.distinct',
    mistake: 'the client secret is that of UAT and the id is not',
    edit: (file) => {
      environmentFile(file, 'prod').credentials.clientSecret = { env: 'SPOTDRAFT_UAT_CLIENT_SECRET' };
    },
    make: ({ prod, uat }) => {
      prod.clientSecret = uat.clientSecret;
    },
    actual: /^same client secret$/,
    remedy: /^Generate credentials/,
    waiting: ['credentials.workspace', ...behindTheWorkspace],
  },
  {
    check: 'credentials.workspace',
    mistake: 'the credentials belong to the workspace of UAT, so deliveries of the right one are refused',
    make: async (stand) => {
      stand.prod.hmacKey = stand.uat.hmacKey;
      await refuse('bad_signature', 1)(stand);
    },
    expected: /^not the workspace of uat$/,
    actual: /^the same workspace as uat$/,
    remedy: /^Log in to the workspace of prod \(production\)/,
    waiting: behindTheWorkspace.filter((id) => id !== 'webhooks.receivers'),
    skipped: ['webhooks.receivers'],
  },
  {
    check: 'credentials.workspace',
    mistake: 'the credentials open a workspace that no environment has',
    make: ({ prod }) => {
      prod.workspaceId = 4711;
    },
    expected: /^workspace \d+, as configured$/,
    actual: /^workspace 4711$/,
    remedy: /^Log in to the workspace of prod/,
    waiting: behindTheWorkspace,
  },
  {
    check: 'credentials.workspace',
    mistake: 'the credentials open the workspace of UAT (same workspace id)',
    make: ({ prod, uat }) => {
      prod.workspaceId = uat.workspaceId;
    },
    actual: /^workspace \d+, which is that of uat$/,
    remedy: /^Log in to the workspace of prod/,
    waiting: behindTheWorkspace,
  },
  {
    check: 'credentials.user',
    mistake: 'no member has the user e-mail address',
    edit: (file) => {
      environmentFile(file, 'prod').userEmail = 'nobody@northwind.example';
    },
    actual: /^no member has this address$/,
    remedy: /^Invite nobody@northwind.example in prod/,
    waiting: behindTheUser,
  },
  {
    check: 'credentials.user',
    mistake: 'the member is inactive',
    make: ({ prod }) => {
      user(prod, ANA).active = false;
    },
    actual: /^a member, but not active$/,
    remedy: /^Activate ana\.lima@northwind\.example in prod/,
    waiting: behindTheUser,
  },
];

const hostPath = (mistake: string, value: (host: string) => string, actual: RegExp): Mistake => ({
  check: 'host.path',
  mistake,
  edit: baseUrl(value),
  expected: /^https:\/\/<host>\/api\/v2\.1\/public$/,
  actual,
  remedy: /^Set baseUrl to https:\/\/api\.us\.spotdraft\.com\/api\/v2\.1\/public/,
  ...nothingAsked,
});

const host: Mistake[] = [
  hostPath('/api is doubled', (at) => `http://${at}/api/api/v2.1/public`, /\/api is doubled$/),
  hostPath('it ends with a slash', (at) => `http://${at}/api/v2.1/public/`, /ends with a slash/),
  hostPath('a slash is doubled', (at) => `http://${at}/api//v2.1/public`, /doubled slash$/),
  hostPath('/api is missing', (at) => `http://${at}/v2.1/public`, /\/api is missing$/),
  hostPath('there is no path', (at) => `http://${at}`, /the path \/api\/v2\.1\/public is missing$/),
  hostPath('the version is another', (at) => `http://${at}/api/v1/public`, /its path is \/api\/v1\/public$/),
  hostPath('dot segments', (at) => `http://${at}/api/v2.1/x/../public`, /its path is /),
  hostPath('plain http', () => 'http://api.us.spotdraft.com/api/v2.1/public', /does not use https/),
  {
    check: 'host.region',
    mistake: 'the host belongs to another region',
    edit: baseUrl(() => 'https://api.eu.spotdraft.com/api/v2.1/public'),
    expected: /^api\.us\.spotdraft\.com, or one of trustedHosts$/,
    actual: /it is the host of region eu, and the environment is in us$/,
    remedy: /^Correct region or baseUrl/,
    ...nothingAsked,
  },
  {
    check: 'host.region',
    mistake: 'the host belongs to no region',
    edit: baseUrl(() => 'https://api.us.spotdraft.com.evil.example/api/v2.1/public'),
    actual: /is neither a host of SpotDraft's nor one of trustedHosts$/,
    remedy: /^Correct region or baseUrl/,
    ...nothingAsked,
  },
  {
    check: 'host.reachable',
    mistake: 'the host redirects every request',
    make: ({ spotdraft }) =>
      spotdraft.faults.add({
        workspace: 'prod',
        fault: { kind: 'redirect', location: 'https://login.example.com/sso?next=1' },
      }),
    actual: /redirected to https:\/\/login\.example\.com\/sso$/,
    remedy: /^Correct the baseUrl so that no request is redirected/,
    waiting: behindTheHost,
  },
];

const configuration: Mistake[] = [
  {
    check: 'config.contract-types',
    mistake: 'a contract type is missing',
    make: ({ prod }) => {
      contractType(prod, 'Mutual NDA').name = 'Confidentiality';
    },
    actual: /^not found among 3$/,
    remedy: /^Create the contract type “Mutual NDA” in prod \(production\)$/,
  },
  {
    check: 'config.contract-types',
    mistake: 'the name of a contract type differs in one letter',
    make: ({ prod }) => {
      contractType(prod, 'Mutual NDA').name = 'Mutual NDAs ';
    },
    actual: /^not found; found “Mutual NDAs ”$/,
    remedy: /^Rename “Mutual NDAs ” to “Mutual NDA” in prod/,
  },
  {
    check: 'config.contract-types',
    mistake: 'two contract types have the same name',
    make: ({ prod }) => {
      prod.contractTypes.push(createContractType(prod, { name: 'Order Form' }));
    },
    actual: /^2 have this name$/,
    remedy: /^Rename or archive all but one contract type “Order Form”/,
    // No other contract type requires entities.
    skipped: ['config.entities'],
  },
  {
    check: 'config.entities',
    mistake: 'an entity lacks a contract type',
    make: ({ prod }) => {
      contractType(prod).entityIds.pop();
    },
    actual: /^“Northwind GmbH” is an entity of the workspace, but not of this contract type$/,
    remedy: /^Add the entity “Northwind GmbH” to contract type “Order Form” in prod/,
  },
  {
    check: 'config.entities',
    mistake: 'an entity does not exist',
    make: ({ prod }) => {
      remove(prod.entities, ({ name }) => name === 'Northwind GmbH');
    },
    actual: /^not found among 1 entities of the workspace$/,
    remedy:
      /^Create the entity “Northwind GmbH” in prod \(production\), and add it to contract type “Order Form”$/,
  },
  {
    check: 'config.entities',
    mistake: 'the entities of the workspace cannot be read to look for a missing one',
    make: ({ prod, spotdraft }) => {
      contractType(prod).entityIds.pop();
      spotdraft.faults.add({
        workspace: 'prod',
        operation: 'entities',
        fault: { kind: 'status', status: 403 },
      });
    },
    actual: /^not found among 1$/,
    remedy:
      /^Add the entity “Northwind GmbH” to contract type “Order Form” .*; first create it if it does not exist \(the list of entities could not be read: GET \S+ answered 403/,
  },
  {
    check: 'config.entities',
    mistake: 'an entity is spelled differently',
    make: ({ prod }) => {
      const german = prod.entities.find(({ name }) => name === 'Northwind GmbH');
      if (german) german.name = 'Northwind GmbH.';
    },
    actual: /^not found; found “Northwind GmbH\.”$/,
    remedy: /^Rename “Northwind GmbH\.”/,
  },
  {
    check: 'config.intake-forms',
    mistake: 'a question is missing',
    make: ({ prod }) =>
      remove(contractType(prod).intakeForm ?? [], ({ variable }) => variable === 'payment_terms'),
    expected: /^intake form of “Order Form”: payment_terms \(enum, options Net 30, Net 60\)$/,
    actual: /^not found among \d fields$/,
    remedy: /^Add the field “payment_terms” to intake form of “Order Form”$/,
  },
  {
    check: 'config.intake-forms',
    mistake: 'the intake form is missing',
    make: ({ prod }) => {
      contractType(prod, 'Mutual NDA').intakeForm = null;
    },
    actual: /^not found among 0 fields$/,
    remedy: /^Add the field “purpose”/,
  },
  {
    check: 'config.intake-forms',
    mistake: 'a variable is misspelt',
    make: ({ prod }) => {
      intakeField(prod, 'payment_terms').variable = 'payment_term';
    },
    actual: /^not found; found “payment_term”$/,
    remedy: /^Add the field “payment_terms”/,
  },
  {
    check: 'config.intake-forms',
    mistake: 'a variable differs in case only',
    make: ({ prod }) => {
      intakeField(prod, 'payment_terms').variable = 'Payment_Terms';
    },
    actual: /^not found; found “Payment_Terms”$/,
    remedy: /^Add the field “payment_terms”/,
  },
  {
    check: 'config.intake-forms',
    mistake: 'a question has another type',
    make: ({ prod }) => {
      intakeField(prod, 'payment_terms').type = 'string';
    },
    expected: /of type enum$/,
    actual: /^of type string$/,
    remedy: /^Make “payment_terms” a field of type enum in intake form/,
  },
  {
    check: 'config.intake-forms',
    mistake: 'a required question is optional',
    make: ({ prod }) => {
      intakeField(prod, 'purpose', 'Mutual NDA').required = false;
    },
    expected: /purpose required$/,
    actual: /^optional$/,
    remedy: /^Make “purpose” required/,
  },
  {
    check: 'config.intake-forms',
    mistake: 'an option has another value under the same label',
    make: ({ prod }) => revalue(intakeField(prod, 'payment_terms'), 'Net 60', 'net-60'),
    expected: /with option “Net 60”$/,
    actual: /^label “Net 60” has the value “net-60”$/,
    remedy: /^Give “payment_terms” the option value “Net 60”/,
  },
  {
    check: 'config.intake-forms',
    mistake: 'an option is missing',
    make: ({ prod }) => {
      intakeField(prod, 'payment_terms').options?.pop();
    },
    actual: /^values on offer: “Net 30”$/,
    remedy: /^Give “payment_terms” the option value “Net 60”/,
  },
  {
    check: 'config.intake-forms',
    mistake: 'a variable occurs twice',
    make: ({ prod }) => {
      contractType(prod).intakeForm?.push(createField({ variable: 'payment_terms' }));
    },
    actual: /^2 fields have this variable$/,
    remedy: /^Keep one field “payment_terms”/,
  },
  {
    check: 'config.templates',
    mistake: 'a template is missing',
    make: ({ prod }) => remove(prod.templates, ({ name }) => name === 'MSA - Enterprise'),
    expected: /^published template “MSA - Enterprise”$/,
    actual: /^not found among 2$/,
    remedy: /^Create the published template “MSA - Enterprise” in prod \(production\)$/,
  },
  {
    check: 'config.templates',
    mistake: 'a template was never published',
    make: ({ prod }) => {
      template(prod).state = 'draft';
    },
    actual: /^not found among 2$/,
    remedy: /^Create the published template “Order Form - Standard”/,
  },
  {
    check: 'config.templates',
    mistake: 'a template is archived',
    make: ({ prod }) => {
      template(prod, 'Mutual NDA - Standard').state = 'archived';
    },
    actual: /^archived$/,
    remedy: /^Restore the archived template “Mutual NDA - Standard” in prod \(production\), and publish it$/,
  },
  {
    check: 'config.templates',
    mistake: 'the archived templates cannot be read to look for a missing one',
    make: ({ prod, spotdraft }) => {
      template(prod, 'Mutual NDA - Standard').state = 'archived';
      const templates = { workspace: 'prod', operation: 'templates' } as const;
      // The list itself is read first.
      spotdraft.faults.add({ ...templates, times: 1, fault: { kind: 'slow', ms: 0 } });
      spotdraft.faults.add({ ...templates, fault: { kind: 'status', status: 403 } });
    },
    actual: /^not found among the published ones$/,
    remedy:
      /^Create the published template “Mutual NDA - Standard” .*, or restore it if it is archived \(the archived ones could not be read: GET \S+include_archived=true/,
  },
  {
    check: 'config.templates',
    mistake: 'the name of a template differs in one letter',
    make: ({ prod }) => {
      template(prod).name = 'Order Form – Standard';
    },
    actual: /^not found; found “Order Form \[U\+2013 EN DASH\] Standard”$/,
    remedy: /^Rename “Order Form \[U\+2013 EN DASH\] Standard” to “Order Form - Standard”/,
  },
  {
    check: 'config.templates',
    mistake: 'two templates have the same name',
    make: ({ prod }) => {
      prod.templates.push(createTemplate(prod, { name: 'MSA - Enterprise', contractType: 'Mutual NDA' }));
    },
    actual: /^2 have this name$/,
    remedy: /^Rename or archive all but one/,
  },
  {
    check: 'config.templates',
    mistake: 'a template belongs to another contract type',
    make: ({ prod }) => {
      template(prod).contractTypeId = contractType(prod, 'Mutual NDA').id;
    },
    expected: /^template “Order Form - Standard” of contract type “Order Form”$/,
    actual: /^of contract type “Mutual NDA”$/,
    remedy: /^Publish “Order Form - Standard” under contract type “Order Form”$/,
  },
  {
    check: 'config.templates',
    mistake: 'the contract type of a template is missing, and nothing else requires it',
    edit: (file) => {
      file.requires = {
        templates: [{ name: 'MSA - Enterprise', contractType: 'Master Services Agreement' }],
      };
    },
    make: ({ prod }) => {
      contractType(prod, 'Master Services Agreement').name = 'Service Agreement';
    },
    expected: /^contract type “Master Services Agreement”$/,
    actual: /^not found among \d+$/,
    remedy: /^Create the contract type “Master Services Agreement” in prod \(production\)$/,
    skipped: [
      'config.contract-types',
      'config.entities',
      'config.intake-forms',
      'config.template-fields',
      'config.metadata-fields',
      'config.workflows',
      'config.feature-flags',
      'routing.roles',
      'routing.users',
    ],
  },
  {
    check: 'config.templates',
    mistake: 'a template belongs to a contract type that is not listed',
    make: ({ prod }) => {
      template(prod).contractTypeId = 999_999;
    },
    actual: /^of contract type 999999, which is not listed$/,
    remedy: /^Publish “Order Form - Standard” under/,
  },
  {
    check: 'config.template-fields',
    mistake: 'a field is missing',
    make: ({ prod }) => remove(template(prod).fields, ({ variable }) => variable === 'effective_date'),
    expected: /^template “Order Form - Standard”: effective_date \(date, required\)$/,
    actual: /^not found among 2 fields$/,
    remedy: /^Add the field “effective_date” to template “Order Form - Standard”$/,
  },
  {
    check: 'config.template-fields',
    mistake: 'a field has another type',
    make: ({ prod }) => {
      templateField(prod, 'effective_date').type = 'string';
    },
    actual: /^of type string$/,
    remedy: /^Make “effective_date” a field of type date/,
  },
  {
    check: 'config.template-fields',
    mistake: 'a required field is optional',
    make: ({ prod }) => {
      templateField(prod, 'effective_date').required = false;
    },
    actual: /^optional$/,
    remedy: /^Make “effective_date” required in template/,
  },
  {
    check: 'config.template-fields',
    mistake: 'an option has another value under the same label',
    make: ({ prod }) => revalue(templateField(prod, 'payment_terms'), 'Net 30', 30),
    actual: /^label “Net 30” has the value 30$/,
    remedy: /^Give “payment_terms” the option value “Net 30”/,
  },
  {
    check: 'config.template-fields',
    mistake: 'a variable occurs twice',
    make: ({ prod }) => {
      template(prod).fields.push(createField({ variable: 'effective_date', type: 'date', required: true }));
    },
    actual: /^2 fields have this variable$/,
    remedy: /^Keep one field “effective_date”/,
  },
  {
    check: 'config.metadata-fields',
    mistake: 'a field is missing',
    make: ({ prod }) => {
      contractType(prod, 'Master Services Agreement').metadataFields = [];
    },
    expected: /^metadata of “Master Services Agreement”: effective_date \(date\)$/,
    actual: /^not found among 0 fields$/,
    remedy: /^Add the field “effective_date” to metadata of/,
  },
  {
    check: 'config.metadata-fields',
    mistake: 'a part of a compound field has another type',
    make: ({ prod }) => {
      metadataField(prod, 'contract_value.amount').type = 'float';
    },
    expected: /contract_value\.amount of type int$/,
    actual: /^of type float$/,
    remedy: /^Make “contract_value\.amount” a field of type int/,
  },
  {
    check: 'config.workflows',
    mistake: 'a workflow is missing',
    make: ({ prod }) => {
      workflow(prod).title = 'Quotes';
    },
    expected: /^workflow “Order Form”$/,
    actual: /^not found among 3$/,
    remedy: /^Create the workflow “Order Form” in prod/,
  },
  {
    check: 'config.workflows',
    mistake: 'the newest version of a workflow is archived',
    make: ({ prod }) => publishAgain(prod, { status: 'ARCHIVED' }),
    actual: /^archived$/,
    remedy: /^Restore the archived workflow “Order Form” in prod \(production\), and publish it$/,
  },
  {
    check: 'config.workflows',
    mistake: 'two workflows have the same title',
    make: ({ prod }) => {
      prod.workflows.push(createWorkflow(prod, { title: 'Order Form' }));
    },
    actual: /^2 have this name$/,
    remedy: /^Rename or archive all but one workflow/,
  },
  {
    check: 'config.workflows',
    mistake: 'the newest version of a workflow is not published',
    make: ({ prod }) => publishAgain(prod, { status: 'UNPUBLISHED' }),
    expected: /^workflow “Order Form”: published, without unpublished changes$/,
    actual: /^status UNPUBLISHED$/,
    remedy: /^Publish workflow “Order Form”/,
  },
  {
    check: 'config.workflows',
    mistake: 'a workflow has unpublished changes',
    make: ({ prod }) => {
      newestVersion(prod).unpublishedChanges = true;
    },
    actual: /^has unpublished changes$/,
    remedy: /^Publish workflow “Order Form”, or discard its changes$/,
  },
  {
    check: 'config.workflows',
    mistake: 'a signatory is missing',
    make: ({ prod }) => remove(workflow(prod).signatories, ({ name }) => name === 'CFO'),
    expected: /signatory “CFO” \(CREATOR_PARTY\)$/,
    actual: /^signatories: “Authorised signatory \(COUNTER_PARTY\)”$/,
    remedy: /^Add the signatory “CFO” to workflow “Order Form”$/,
  },
  {
    check: 'config.workflows',
    mistake: 'the signatory signs for the other party',
    make: ({ prod }) => {
      for (const each of workflow(prod).signatories) each.party = 'COUNTER_PARTY';
    },
    actual: /“CFO \(COUNTER_PARTY\)”/,
    remedy: /^Add the signatory “CFO”/,
  },
  {
    check: 'config.workflows',
    mistake: 'an approval is missing from the newest version and present in an older one',
    make: ({ prod }) => publishAgain(prod, { approvals: [] }),
    expected: /approval “Legal review”$/,
    actual: /^approvals: none$/,
    remedy: /^Add the approval “Legal review” to workflow “Order Form”$/,
  },
  {
    check: 'config.workflows',
    mistake: 'the signatories sign in another order',
    make: ({ prod }) => {
      for (const each of workflow(prod).signatories) each.order = 3 - each.order;
    },
    expected: /^workflow “Order Form”: signatory “CFO” \(CREATOR_PARTY\) has the order 1$/,
    actual: /^has the order 2$/,
    remedy: /^Move the signatory “CFO” from place 2 to place 1 in workflow “Order Form”$/,
  },
  {
    check: 'config.workflows',
    mistake: 'a signatory has a condition',
    make: ({ prod }) => {
      for (const each of workflow(prod).signatories) each.conditional = true;
    },
    expected: /signatory “CFO” \(CREATOR_PARTY\) has no condition$/,
    actual: /^has a condition$/,
    remedy: /^Remove the condition of the signatory “CFO” in workflow “Order Form”$/,
  },
  {
    check: 'config.workflows',
    mistake: 'an approval has a condition',
    make: ({ prod }) => {
      for (const each of newestVersion(prod).approvals) each.conditional = true;
    },
    expected: /approval “Legal review” has no condition$/,
    actual: /^has a condition$/,
    remedy: /^Remove the condition of the approval “Legal review” in workflow “Order Form”$/,
  },
  {
    check: 'config.workflows',
    mistake: 'another role gives the approval',
    make: ({ prod }) => {
      for (const each of newestVersion(prod).approvals) each.roleId = roleId(prod, 'NA Sales');
    },
    expected: /approval “Legal review” is given by the role “Legal Team”$/,
    actual: /^is given by the role “NA Sales”$/,
    remedy: /^Assign the approval “Legal review” to the role “Legal Team” in workflow “Order Form”$/,
  },
  {
    check: 'config.feature-flags',
    mistake: 'a feature flag is off',
    make: ({ prod }) => {
      prod.featureFlags.PUBLIC_ANALYTICS_QUERY_API = false;
    },
    expected: /^PUBLIC_ANALYTICS_QUERY_API is on$/,
    actual: /^off$/,
    remedy: /^Ask SpotDraft support to enable PUBLIC_ANALYTICS_QUERY_API for the workspace of prod/,
  },
  {
    check: 'routing.roles',
    mistake: 'a role is missing',
    make: ({ prod }) => remove(prod.roles, ({ name }) => name === 'Legal Team'),
    expected: /^active role “Legal Team”$/,
    actual: /^not found among 1$/,
    remedy: /^Create the active role “Legal Team” in prod/,
  },
  {
    check: 'routing.roles',
    mistake: 'a role of a required user is missing, and nobody can be added to it',
    edit: (file) => {
      if (file.requires) file.requires.roles = ['Legal Team'];
    },
    make: ({ prod }) => {
      remove(prod.roles, ({ name }) => name === 'NA Sales');
      user(prod, INTEGRATION).roleIds = [];
    },
    expected: /^active role “NA Sales”$/,
    actual: /^not found among 1$/,
    remedy: /^Create the active role “NA Sales” in prod \(production\)$/,
  },
  {
    check: 'routing.roles',
    mistake: 'two roles have the same name',
    make: ({ prod }) => {
      prod.roles.push({ id: 1, name: 'Legal Team' });
    },
    actual: /^2 have this name$/,
    remedy: /^Rename or archive all but one active role “Legal Team”/,
  },
  {
    check: 'routing.users',
    mistake: 'a user is not a member',
    make: ({ prod }) => remove(prod.users, ({ email }) => email === INTEGRATION),
    actual: /^no member has this address$/,
    remedy: /^Invite integrations@northwind\.example in prod/,
  },
  {
    check: 'routing.users',
    mistake: 'a user is inactive',
    make: ({ prod }) => {
      user(prod, INTEGRATION).active = false;
    },
    actual: /^a member, but not active$/,
    remedy: /^Activate integrations@northwind\.example in prod/,
  },
  {
    check: 'routing.users',
    mistake: 'a user is not in the required role',
    make: ({ prod }) => {
      user(prod, INTEGRATION).roleIds = user(prod, ANA).roleIds;
    },
    expected: /^integrations@northwind\.example in role “NA Sales”$/,
    actual: /^roles: “Legal Team”$/,
    remedy: /^Add integrations@northwind\.example to role “NA Sales” in prod/,
  },
  {
    check: 'routing.users',
    mistake: 'the business user left its role',
    edit: (file) => {
      environmentFile(file, 'prod').routing = { businessUser: 'na sales' };
    },
    make: ({ prod }) => {
      user(prod, INTEGRATION).roleIds = user(prod, ANA).roleIds;
    },
    actual: /^roles: “Legal Team”$/,
    remedy: /^Add integrations@northwind\.example to role “NA Sales” in prod/,
    waiting: ['promotion.drift', 'routing.business-user'],
  },
  {
    check: 'routing.users',
    mistake: 'the only member of the role of business users is inactive',
    edit: (file) => {
      environmentFile(file, 'prod').routing = { businessUser: 'NA Sales' };
    },
    make: ({ prod }) => {
      user(prod, INTEGRATION).active = false;
    },
    actual: /^a member, but not active$/,
    remedy: /^Activate integrations@northwind\.example in prod/,
    waiting: ['promotion.drift', 'routing.business-user'],
  },
  {
    check: 'routing.roles',
    mistake: 'the required role of business users is missing',
    edit: (file) => {
      environmentFile(file, 'prod').routing = { businessUser: 'Legal Team' };
    },
    make: ({ prod }) => remove(prod.roles, ({ name }) => name === 'Legal Team'),
    actual: /^not found among 1$/,
    remedy: /^Create the active role “Legal Team” in prod/,
    waiting: ['promotion.drift', 'routing.business-user'],
  },
];

/** A URL at which nothing listens; nothing is sent to it. */
const receiver = (url: string) => (file: ConfigFile) => {
  const uats = 'https://crm.northwind.example/spotdraft/uat';
  environmentFile(file, 'uat').receivers = [{ name: 'crm-sync', url: uats, probe: 'none' }];
  environmentFile(file, 'prod').receivers = [{ name: 'crm-sync', url, probe: 'none' }];
};

/** A way to verify wrongly, with the answer and the next step. */
const receiverFault = (fault: ReceiverFault, mistake: string, actual: RegExp, remedy: RegExp): Mistake => ({
  check: 'webhooks.receivers',
  mistake,
  make: ({ integration }) => void there(integration).faults.set('prod', fault),
  actual,
  remedy,
});

const behindTheEndpoint = ['webhooks.signature', 'webhooks.delivering', 'logging.events'];

const webhooks: Mistake[] = [
  receiverFault(
    'answers_first',
    'the receiver answers 202 before it judges',
    /^crm-sync accepted everything alike: .*\(202\)/,
    /^Have crm-sync verify X-SD-WEBHOOK-CONTENT-HASH before it answers/,
  ),
  receiverFault(
    'skips_missing_signature',
    'the receiver does not verify a webhook without a signature',
    /^crm-sync accepted a probe without a signature: 200/,
    /^Have crm-sync answer 401 to a webhook without/,
  ),
  receiverFault(
    'any_signature',
    'the receiver accepts any signature',
    /^crm-sync accepted a random key: 200/,
    /^Have crm-sync compare/,
  ),
  receiverFault(
    'reserialises',
    'the receiver hashes the JSON that it has parsed',
    /^crm-sync refused the key of prod .*\ncrm-sync accepted a signature over the re-serialised JSON: 200/,
    /^Have crm-sync verify the bytes of the body as they arrive/,
  ),
  receiverFault(
    'undecoded_key',
    'the receiver does not decode the key',
    /\ncrm-sync accepted the undecoded key of prod \(production\): 200/,
    /^Have crm-sync decode the webhook key from base64/,
  ),
  receiverFault(
    'older_header',
    'the receiver reads the header of the older document',
    /\ncrm-sync accepted the older header X-SD-CONTENT-HASH: 200/,
    /^Have crm-sync verify X-SD-WEBHOOK-CONTENT-HASH with the base64-decoded key/,
  ),
  ...[
    'https://crm.northwind.example/spotdraft/uat',
    'https://CRM.northwind.example:443/spotdraft/uat/',
    'https://crm.northwind.example/spotdraft/../spotdraft/./uat',
  ].map(
    (url): Mistake => ({
      check: 'webhooks.separate',
      mistake: `a receiver is that of UAT, written ${url}`,
      edit: receiver(url),
      expected: /^receiver crm-sync is used by prod \(production\) only$/,
      actual: /is also receiver crm-sync of uat$/,
      remedy: /^Give prod \(production\) its own receiver URL/,
      skipped: ['webhooks.receivers'],
    }),
  ),
  {
    check: 'webhooks.separate',
    mistake: 'a receiver has the URL at which Envcheck receives the events of UAT',
    edit: receiver('https://envcheck.northwind.example/webhooks/uat'),
    actual: /is also webhooks\.url of uat$/,
    remedy: /^Give prod/,
    skipped: ['webhooks.receivers'],
  },
  {
    check: 'webhooks.endpoint',
    mistake: 'the path does not name the environment',
    edit: (file) => {
      environmentFile(file, 'prod').webhooks = {
        url: 'https://envcheck.northwind.example/webhooks/production',
        activities: ['CONTRACT_CREATED', 'CONTRACT_EXECUTED'],
      };
    },
    expected: /^https, path \/webhooks\/prod$/,
    actual: /its path is \/webhooks\/production$/,
    remedy: /^Register https:\/\/envcheck\.northwind\.example\/webhooks\/prod in the workspace of prod/,
    waiting: behindTheEndpoint,
  },
  {
    check: 'webhooks.endpoint',
    mistake: 'the URL is plain http',
    edit: (file) => {
      environmentFile(file, 'prod').webhooks = {
        url: 'http://envcheck.northwind.example/webhooks/prod',
        activities: ['CONTRACT_CREATED', 'CONTRACT_EXECUTED'],
      };
    },
    actual: /not https; SpotDraft accepts only https$/,
    remedy: /^Register https:/,
    waiting: behindTheEndpoint,
  },
  {
    check: 'webhooks.receivers',
    mistake: 'the receiver verifies with the key of UAT',
    make: ({ integration }) => void there(integration).verifiesWith.set('prod', 'uat'),
    expected:
      /^receiver crm-sync \(127\.0\.0\.1:\d+\) accepts a probe with the key of prod \(production\)\n.*refuses one with the key of uat$/,
    actual:
      /^crm-sync refused the key of prod \(production\): 401 in \d+ ms\ncrm-sync accepted the key of uat: 200 in \d+ ms$/,
    remedy: /^Give crm-sync the webhook key of prod \(production\): it verifies with the key of uat$/,
  },
];

const externalMetadata: Mistake[] = [
  {
    check: 'external-metadata.convention',
    mistake: 'a contract has no external metadata',
    make: ({ prod }) => {
      contract(prod).externalMetadata = null;
    },
    expected: /^contract T-\d+ fits a rule$/,
    actual: /^no external metadata$/,
    remedy: /^Correct the external metadata of contract T-\d+, or the program that writes it$/,
  },
  {
    check: 'external-metadata.convention',
    mistake: 'a record id has the wrong form',
    make: ({ prod }) => {
      contract(prod).externalMetadata = { integrationName: 'Salesforce', recordType: 'Opportunity', id: '7' };
    },
    actual: /^id “7” of Salesforce \/ Opportunity does not match /,
    remedy: /^Correct the external metadata/,
  },
  {
    check: 'external-metadata.convention',
    mistake: 'a record is of a type without a rule',
    make: ({ prod }) => {
      contract(prod).externalMetadata = { integrationName: 'Salesforce', recordType: 'Lead', id: '7' };
    },
    actual: /^no rule is for Salesforce \/ Lead$/,
    remedy: /^Correct the external metadata/,
  },
  {
    check: 'external-metadata.convention',
    mistake: 'a record has no id',
    make: ({ prod }) => {
      contract(prod).externalMetadata = { integrationName: 'Salesforce', recordType: 'Opportunity', id: '' };
    },
    actual: /^no record id \(Salesforce \/ Opportunity\)$/,
    remedy: /^Correct the external metadata/,
  },
  {
    check: 'external-metadata.unique',
    mistake: 'two contracts share a record',
    make: ({ prod }) => {
      contract(prod, 4).externalMetadata = contract(prod, 7).externalMetadata;
    },
    expected: /^one contract for Salesforce Opportunity “006\w+”$/,
    actual: /^shared by T-\d+, T-\d+$/,
    remedy: /^Decide which of T-\d+, T-\d+ belongs to/,
  },
  {
    check: 'external-metadata.foreign',
    mistake: 'a record points into the UAT system',
    make: ({ prod, uat }) => {
      const { externalMetadata } = contract(prod, 3);
      if (externalMetadata) externalMetadata.recordData = contract(uat, 3).externalMetadata?.recordData ?? {};
    },
    expected: /none of “uat”, “sandbox”$/,
    actual: /^“uat” in the record data at InstanceUrl, as “northwind--uat”$/,
    remedy: /^Find what wrote test data to contract T-\d+/,
  },
];

const HOUR_MS = 3_600_000;

/** Adds a refused request to the log. */
const refuse =
  (rejection: 'bad_signature' | 'missing_signature', hoursAgo: number) =>
  async ({ core }: Stand): Promise<void> => {
    await core.db
      .insertInto('deliveries')
      .values({
        id: 'dlv_refused',
        environment: 'prod',
        received_at: Date.now() - hoursAgo * HOUR_MS,
        request_id: 'r',
        source: '192.0.2.7',
        bytes: 2,
        rejection,
      })
      .execute();
  };

const silence = (file: ConfigFile): void => {
  const { webhooks: own } = environmentFile(file, 'prod');
  if (own) own.maxSilence = '24h';
};

const deliveries: Mistake[] = [
  {
    check: 'webhooks.signature',
    mistake: 'the key was changed since the receiver read it',
    make: ({ prod }) => {
      prod.hmacKey = Buffer.from('another key').toString('base64');
    },
    expected: /^the receiver verifies with the workspace's current key$/,
    actual: /^another key, since \d{4}-/,
    remedy: /^Change a contract in this workspace/,
  },
  {
    check: 'webhooks.signature',
    mistake: 'a delivery was signed with another key',
    make: refuse('bad_signature', 23),
    expected: /^no delivery without a valid signature in the last 24 h$/,
    actual: /^1 kept, the newest with a wrong signature, /,
    remedy: /^Check whether another workspace has registered the URL of prod \(production\).*192\.0\.2\.7/,
  },
  {
    check: 'webhooks.signature',
    mistake: 'a delivery was not signed',
    make: refuse('missing_signature', 1),
    actual: /^1 kept, the newest without a signature, /,
    remedy: /^Find who sends to the receiver of prod \(production\) from 192\.0\.2\.7/,
  },
  {
    check: 'webhooks.delivering',
    mistake: 'an activity has never arrived',
    make: ({ core }) => void forget(core.db, 'prod'),
    expected: /^CONTRACT_EXECUTED has arrived$/,
    actual: /^not in the log; other activities arrived$/,
    remedy:
      /^Check that the webhook with https:\S+\/webhooks\/prod is registered.*includes CONTRACT_EXECUTED and/,
  },
  {
    check: 'webhooks.delivering',
    mistake: 'an activity has been silent for too long',
    log: { at: Date.now() - 25 * HOUR_MS },
    edit: silence,
    expected: /^a delivery within the last 24 h$/,
    actual: /^the newest is 25 h old$/,
    remedy: /^Check in SpotDraft .* that the webhook of prod \(production\) is active/,
  },
];

/** Renames the arrived CONTRACT_EXECUTED events of an environment, as if they had never arrived. */
const forget = (db: Stand['core']['db'], environment: string) =>
  db
    .updateTable('events')
    .set({ activity: 'CONTRACT_SIGNED' })
    .where('environment', '=', environment)
    .where('activity', '=', 'CONTRACT_EXECUTED')
    .execute();

const DAY_MS = 24 * HOUR_MS;
const noReports = { remedy: /^Have the integration report its calls to \/v1\/prod\/calls/ };

const integrationCalls: Mistake[] = [
  {
    check: 'logging.requests',
    mistake: 'the integration has reported no call',
    log: { calls: null },
    expected: /^calls of the integration, of the last 7 days, with request ids$/,
    actual: /^none: the integration has reported no call$/,
    skipped: ['host.calls'],
    waiting: ['logging.retries'],
    ...noReports,
  },
  {
    check: 'logging.requests',
    mistake: 'the newest reported call is eight days old',
    log: { calls: [{ at: Date.now() - 8 * DAY_MS }] },
    actual: /^none; the newest reported call is 8 d old$/,
    remedy: /^Check that the integration of prod \(production\) still reports/,
    skipped: ['host.calls'],
    waiting: ['logging.retries'],
  },
  {
    check: 'logging.requests',
    mistake: 'no reported call has a request id',
    log: { calls: [{ request_id: null }, { request_id: null }] },
    actual: /^none of the 2 reported calls has one$/,
    remedy: /^Have the integration send requestId with each call/,
  },
  {
    check: 'logging.requests',
    mistake: 'SpotDraft refuses every call of the integration',
    log: { calls: [{ status: 401 }, { status: 403 }] },
    actual: /^all 2 reported calls of the last 7 days were answered 401 or 403$/,
    remedy: /^Correct the credentials that the integration uses for prod \(production\)$/,
    waiting: ['logging.retries'],
  },
  {
    check: 'logging.retries',
    mistake: 'no reported call states its retries',
    log: { calls: [{ retries_stated: 0 }, { retries_stated: 0 }] },
    actual: /^none of the 2 reported calls states its retries$/,
    remedy: /^Have the integration send retries with each call it reports, 0 included/,
  },
  ...(
    [
      ['api.in.spotdraft.com', '/contracts/', /that is the host of region in, and the environment is in us$/],
      ['api.spotdraft.com', '/api/v2/contracts/', /that host has no region; third-party connectors use it/],
      ['api.us.spotdraft.com.evil.example', '/x', /neither the configured host nor one of trustedHosts$/],
      [
        null,
        '/api/v2/public/contracts/',
        /have \/api\/v2\/public: the configured path is \/api\/v2\.1\/public$/,
      ],
      [
        'api.us.spotdraft.com',
        '/api/api/v2.1/public/contracts/',
        /have \/api\/api\/v2\.1\/public: the configured path/,
      ],
      ['api.us.spotdraft.com', '/v1/contracts/', /have \/v1: the configured path/],
      ['api.us.spotdraft.com', '/public/v2.1/contracts/', /have \/public\/v2\.1: the configured path/],
    ] as const
  ).map(
    ([host, path, actual]): Mistake => ({
      check: 'host.calls',
      mistake: `the integration calls ${host ?? ''}${path}`,
      log: { calls: [{ host, path }, { host: 'api.us.spotdraft.com' }] },
      expected: /^calls (to the host 127\.0\.0\.1:\d+|with the path \/api\/v2\.1\/public)$/m,
      actual: new RegExp(`^1 of 2 reported calls .*${actual.source}`, 'm'),
      remedy: /^Have the integration of prod \(production\) call http/,
    }),
  ),
];

const routing: Mistake[] = [
  {
    check: 'routing.business-user',
    mistake: 'contracts get the user behind the credentials',
    log: { businessUser: ANA },
    expected: /^contracts of the integration get integrations@northwind\.example$/,
    actual:
      /^1 of 1 contracts got another one; contract 4000 \(evt_\w+\) got ana\.lima@northwind\.example, the configured userEmail$/,
    withoutEvidence: true,
    remedy: /^Have the integration create contracts as the intended user \(header user-email\)/,
  },
  {
    check: 'routing.business-user',
    mistake: 'contracts get somebody whom the config does not name',
    log: { businessUser: 'someone@elsewhere.example' },
    actual: /got another business user$/,
    withoutEvidence: true,
    remedy: /^Have the integration/,
  },
  {
    check: 'routing.business-user',
    mistake: 'contracts get a user outside the intended role',
    edit: (file) => {
      environmentFile(file, 'prod').routing = { businessUser: 'legal team' };
    },
    expected:
      /^contracts of the integration get a member of “legal team”\n.* are created as a member of “legal team”$/,
    actual:
      /got integrations@northwind\.example\n(\d+) of \1 contracts of .* was created by integrations@northwind\.example$/,
    remedy: /^Have the integration/,
  },
  {
    check: 'routing.business-user',
    mistake: 'nobody has the intended role',
    edit: (file) => {
      environmentFile(file, 'prod').routing = { businessUser: 'Contract Desk' };
    },
    make: ({ prod }) => void prod.roles.push({ ...there(prod.roles[0]), id: 901, name: 'Contract Desk' }),
    actual: /^no active member has the role “Contract Desk”$/,
    remedy: /^Add the intended business users to “Contract Desk” in prod \(production\)$/,
  },
  {
    check: 'routing.business-user',
    mistake: 'only an inactive member has the intended role',
    edit: (file) => {
      environmentFile(file, 'prod').routing = { businessUser: 'contract desk' };
    },
    make: ({ prod }) => {
      prod.roles.push({ ...there(prod.roles[0]), id: 901, name: 'Contract Desk' });
      prod.users.push({
        ...user(prod, ANA),
        id: 902,
        email: 'desk@northwind.example',
        active: false,
        roleIds: [901],
      });
    },
    actual: /^no active member has the role “contract desk”; not active: “desk@northwind\.example”$/,
    remedy:
      /^Activate “desk@northwind\.example” in prod \(production\), or add an active member to “contract desk”$/,
  },
  ...(
    [
      ['does not exist', 'Nope', [], /^not found among 2$/, /^Create the active role “Nope” in prod/],
      [
        'has a near name',
        'Contract Desk',
        ['Contract Desks'],
        /^not found; found “Contract Desks”$/,
        /^Rename “Contract Desks” to “Contract Desk”/,
      ],
      [
        'exists twice',
        'Desk',
        ['Desk', 'Desk'],
        /^2 have this name$/,
        /^Rename or archive all but one active role “Desk”/,
      ],
    ] as const
  ).map(
    ([what, businessUser, names, actual, remedy]): Mistake => ({
      check: 'routing.roles',
      mistake: `the role of the intended business user ${what}`,
      edit: (file) => {
        environmentFile(file, 'prod').routing = { businessUser };
      },
      make: ({ prod }) =>
        names.forEach(
          (name, index) => void prod.roles.push({ ...there(prod.roles[0]), id: 901 + index, name }),
        ),
      actual: new RegExp(actual.source, 'm'),
      remedy,
      waiting: ['promotion.drift', 'routing.business-user'],
    }),
  ),
];

const promotion: Mistake[] = [
  {
    check: 'promotion.validated',
    mistake: 'the model was not ready within the last 30 days',
    make: async ({ check, uat }) => {
      contractType(uat, 'Mutual NDA').name = 'Confidentiality';
      await check('uat');
      contractType(uat, 'Confidentiality').name = 'Mutual NDA';
    },
    log: { ready: false },
    expected: /^uat was ready within the last 30 d$/,
    actual: /^its newest check, .* ago, says: not ready$/,
    remedy: /^Make uat ready and validate the integration there first$/,
  },
  {
    check: 'promotion.validated',
    mistake: 'an activity that the model expects has never arrived there',
    make: ({ core }) => void forget(core.db, 'uat'),
    expected: /^CONTRACT_EXECUTED arrived in uat$/,
    actual: /^none in the log$/,
    remedy:
      /^Take a test contract of uat through CONTRACT_EXECUTED\. If it does not arrive, \/envcheck uat says why$/,
  },
  ...(
    [
      [
        'a field that the requirements do not name is newly required in production',
        ({ prod }) => {
          contractType(prod).intakeForm?.push(
            createField({ label: 'Cost center', variable: 'cost_center', required: true }),
          );
        },
        /cost_center/,
      ],
      [
        'an object that no requirement names exists in the model only',
        ({ uat }) => void uat.roles.push({ ...there(uat.roles[0]), id: 77, name: 'EMEA Sales' }),
        /^roles\/EMEA Sales: only in uat$/,
      ],
      [
        'a field of a template without required fields became required',
        ({ uat, prod }) => {
          for (const workspace of [uat, prod])
            template(workspace, 'MSA - Enterprise').fields.push(
              createField({ label: 'Cap', variable: 'cap', required: workspace === prod }),
            );
        },
        /cap\/required: false → true$/,
      ],
    ] as [string, (stand: Stand) => void, RegExp][]
  ).map(
    ([mistake, make, actual]): Mistake => ({
      check: 'promotion.drift',
      mistake,
      make,
      expected: /^no breaking difference from uat that nobody accepted$/,
      actual,
      remedy:
        /^(Recreate it in|Remove it from|Make) prod \(production\).*, or accept the difference with its reason: \/envcheck diff uat prod$/,
    }),
  ),
];

const mistakes = [
  ...credentials,
  ...host,
  ...configuration,
  ...routing,
  ...promotion,
  ...webhooks,
  ...deliveries,
  ...integrationCalls,
  ...externalMetadata,
];

test('production without a mistake is ready and every check passes', async () => {
  const stand = await withMistake();
  const report = await stand.check();
  expect(idsOf(report, 'pass')).toEqual(checks.map(({ id }) => id));
  expect([report.verdict, exitCodeOfVerdict[report.verdict]]).toEqual(['ready', 0]);
});

test.each(mistakes)('$check alone fails when $mistake', async (row) => {
  const stand = await withMistake(row.edit, row.log);
  await row.make?.(stand);
  const report = await stand.check();
  expect(idsOf(report, 'fail')).toEqual([row.check]);
  expect(idsOf(report, 'unknown').sort()).toEqual([...(row.unknown ?? [])].sort());
  const skipped = checksOf(report).filter(({ status }) => status === 'skipped');
  const waiting = skipped.filter(({ waitsFor }) => waitsFor === row.check).map(({ id }) => id);
  const standard = driftBases.includes(row.check) ? ['promotion.drift'] : [];
  expect(waiting.sort()).toEqual([...(row.waiting ?? standard)].sort());
  expect(skipped.map(({ id }) => id).filter((id) => !waiting.includes(id))).toEqual(row.skipped ?? []);
  expect([report.verdict, exitCodeOfVerdict[report.verdict]]).toEqual(['not_ready', 1]);

  const result = checkOf(report, row.check);
  expect(result.expected).toMatch(row.expected ?? /\S/);
  expect(result.actual).toMatch(row.actual);
  expect(result.remedy).toMatch(row.remedy);
  const calls = await stand.core.db.selectFrom('api_calls').select(['call_id', 'path', 'status']).execute();
  const deliveries = await stand.core.db.selectFrom('deliveries').select('id').execute();
  const probes = there(stand.integration).received.map(({ headers }) => headers['x-envcheck-probe']);
  for (const { callId, path, status } of result.evidence)
    if (callId.startsWith('dlv_')) expect(deliveries).toContainEqual({ id: callId });
    else if (callId.startsWith('prb_')) expect(probes).toContain(callId);
    else expect(calls).toContainEqual({ call_id: callId, path, status });
  const hasNone = row.withoutEvidence ?? (withoutRequest.includes(row.check) || row.log?.calls === null);
  expect(result.evidence.length > 0).toBe(!hasNone);
});

test('every check has a mistake that fails it', () => {
  const covered = new Set(mistakes.map(({ check }) => check));
  // The check of the events waits for the check of the deliveries when there are no events.
  const missing = checks.filter(({ id }) => id !== 'logging.events' && !covered.has(id));
  expect(missing.map(({ id }) => id)).toEqual([]);
});

test('an empty log fails every activity once, and every check behind it waits or is unknown', async () => {
  const report = await (await withMistake(undefined, null)).check();
  expect(idsOf(report, 'fail')).toEqual(['promotion.validated', 'webhooks.delivering', 'logging.requests']);
  expect(checkOf(report, 'webhooks.delivering').actual.split('\n')).toEqual([
    'not in the log; no activity has arrived',
    'not in the log; no activity has arrived',
  ]);
  expect(idsOf(report, 'skipped')).toEqual([
    'host.calls',
    'webhooks.signature',
    'logging.events',
    'logging.retries',
  ]);
});

test('an older refusal and a short silence do not fail', async () => {
  const stand = await withMistake(silence, { at: Date.now() - 23 * HOUR_MS });
  await refuse('bad_signature', 25)(stand);
  expect(idsOf(await stand.check(), 'fail')).toEqual([]);
});

test('an unreadable event log makes only its own checks unknown', async () => {
  const stand = await withMistake();
  await sql`drop table outcomes`.execute(stand.core.db);
  await sql`alter table deliveries rename to elsewhere`.execute(stand.core.db);
  const report = await stand.check();
  const unknown = [
    'host.calls',
    'routing.business-user',
    'webhooks.signature',
    'webhooks.delivering',
    'logging.events',
    'logging.requests',
    'logging.retries',
  ];
  expect(idsOf(report, 'unknown')).toEqual(unknown);
  expect([report.verdict, idsOf(report, 'fail')]).toEqual(['unknown', []]);
  for (const id of unknown) expect(checkOf(report, id).reason).toMatch(/event log could not be read/);
});

test('401 and 403 have different remedies', () => {
  const [unauthorized, forbidden] = credentials.filter(({ check }) => check === 'credentials.accepted');
  expect(unauthorized?.remedy.source).not.toBe(forbidden?.remedy.source);
});

test('one URL for both environments fails webhooks.separate, and what rests on it waits', async () => {
  const stand = await withMistake((file) => {
    environmentFile(file, 'prod').webhooks = {
      url: 'https://envcheck.northwind.example/webhooks/uat',
      activities: ['CONTRACT_CREATED', 'CONTRACT_EXECUTED'],
    };
  });
  const report = await stand.check();
  expect(idsOf(report, 'fail')).toEqual(['webhooks.separate']);
  for (const id of ['webhooks.endpoint', ...behindTheEndpoint])
    expect(checkOf(report, id)).toMatchObject({ status: 'skipped', reason: 'waits for webhooks.separate' });
  expect(nextStepOf(report)).toMatch(/^Give prod \(production\) its own receiver URL/);
});

test('UAT credentials in production fail once, and everything read with them waits', async () => {
  const stand = await withMistake((file) => {
    const prod = environmentFile(file, 'prod');
    prod.credentials = environmentFile(file, 'uat').credentials;
  });
  const report = await stand.check();
  expect(idsOf(report, 'fail')).toEqual(['credentials.distinct']);
  const behind = ['credentials.workspace', ...behindTheWorkspace];
  for (const id of behind.filter((each) => each !== 'webhooks.receivers'))
    expect(checkOf(report, id)).toMatchObject({ status: 'skipped', waitsFor: 'credentials.distinct' });
  expect(checkOf(report, 'webhooks.receivers').reason).toBe(
    'the credentials open the workspace of uat (credentials.distinct)',
  );
});

test('an untrusted host gets no connection', async () => {
  let connections = 0;
  const other = createServer(() => {
    connections += 1;
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const address = other.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  const stand = await withMistake(baseUrl(() => `https://127.0.0.1:${address.port}/api/v2.1/public`));
  const report = await stand.check();
  expect(checkOf(report, 'host.region').status).toBe('fail');
  expect(connections).toBe(0);
  expect(stand.spotdraft.requests.map(({ workspace, operation }) => `${workspace} ${operation}`)).toEqual([
    'uat hmac_key',
  ]);
  const calls = await stand.core.db
    .selectFrom('api_calls')
    .select('environment')
    .where('reporter', '=', 'envcheck')
    .execute();
  expect(calls).toEqual([{ environment: 'uat' }]);
});

test('nothing is sent to a base URL of the wrong form', async () => {
  const stand = await withMistake(baseUrl((at) => `http://${at}/api/api/v2.1/public`));
  await stand.check();
  expect(stand.spotdraft.requests.map(({ workspace }) => workspace)).toEqual(['uat']);
});

test('a login in the base URL fails and is not shown', async () => {
  const stand = await withMistake(baseUrl((at) => `http://admin:hunter2@${at}/api/v2.1/public`));
  const report = await stand.check();
  expect(checkOf(report, 'host.path').actual).toMatch(/\/\/\[secret\]@.*carries a user name or password$/);
  expect(JSON.stringify(report)).not.toContain('hunter2');
});

test('names in another case or with outer spaces are found, and the report shows their spelling', async () => {
  const stand = await withMistake();
  const { prod } = stand;
  contractType(prod, 'Mutual NDA').name = ' mutual nda';
  template(prod, 'MSA - Enterprise').name = 'MSA - ENTERPRISE ';
  workflow(prod).title = 'order form';
  for (const role of prod.roles) role.name = role.name.toUpperCase();
  for (const entity of prod.entities) entity.name = ` ${entity.name} `;
  for (const { externalMetadata } of prod.contracts)
    if (externalMetadata) externalMetadata.integrationName = 'SALESFORCE';
  const report = await stand.check();
  expect([report.verdict, idsOf(report, 'pass').length]).toEqual(['ready', checks.length]);
  expect(checkOf(report, 'config.contract-types').actual).toContain('found as “ mutual nda”');
  expect(checkOf(report, 'config.templates').actual).toContain('found as “MSA - ENTERPRISE ”');
  expect(checkOf(report, 'routing.roles').actual).toContain('found as “LEGAL TEAM”');
  expect(checkOf(report, 'config.entities').actual).toContain('found as “ Northwind GmbH ”');
});

test('labels may change freely, and option values may be numbers', async () => {
  const stand = await withMistake((file) => {
    for (const each of file.requires?.templates?.[0]?.fields ?? [])
      if (each.options) each.options = [30, '60'];
  });
  for (const workspace of [stand.uat, stand.prod])
    templateField(workspace, 'payment_terms').options = [
      { label: 'Thirty days', value: 30 },
      { label: 'Sixty days', value: '60' },
    ];
  expect(idsOf(await stand.check(), 'fail')).toEqual([]);
});

test('the item in the required spelling is judged when another differs in case', async () => {
  const stand = await withMistake();
  const { prod } = stand;
  prod.contractTypes.unshift(createContractType(prod, { name: 'order form' }));
  prod.templates.unshift(
    createTemplate(prod, { name: 'ORDER FORM - STANDARD', contractType: 'order form', fields: [] }),
  );
  prod.workflows.unshift(createWorkflow(prod, { title: 'order form' }));
  prod.roles.unshift({ id: 1, name: 'legal team' });
  const report = await stand.check();
  expect([report.verdict, idsOf(report, 'pass').length]).toEqual(['ready', checks.length]);
});

test('a user with a role that differs in case from the required one lacks it', async () => {
  const stand = await withMistake();
  const { prod } = stand;
  prod.roles.push({ id: 1, name: 'na sales' });
  user(prod, INTEGRATION).roleIds = [1];
  const { status, actual, remedy } = checkOf(await stand.check(), 'routing.users');
  expect([status, actual]).toEqual(['fail', 'roles: “na sales”']);
  expect(remedy).toMatch(/^Add \S+ to role “NA Sales”/);
});

test('one detail that is not visible says so, and the others are judged', async () => {
  const stand = await withMistake();
  const { prod, spotdraft } = stand;
  const hide = (path: RegExp, status: number) =>
    spotdraft.faults.add({ workspace: 'prod', path, fault: { kind: 'status', status } });
  hide(new RegExp(`/templates/${template(prod).id}/metadata$`), 404);
  hide(new RegExp(`/contract_types/${contractType(prod).id}/intake_form/`), 404);
  hide(new RegExp(`/contract_types/${contractType(prod).id}/entities$`), 403);
  const report = await stand.check();
  const findingsOf = (id: string) => {
    const { status, reason, remedy } = checkOf(report, id);
    return [status, reason, remedy];
  };
  const remedy = 'and give the user behind the credentials (or the configured userEmail) access to it';
  expect(findingsOf('config.template-fields')).toEqual([
    'unknown',
    expect.stringMatching(
      /^GET \S+ answered 404.*\. The template “Order Form - Standard” in prod \(production\) is listed, so this detail is not visible to these credentials$/,
    ),
    `Open the template “Order Form - Standard” in prod (production) in SpotDraft, ${remedy}`,
  ]);
  expect(findingsOf('config.intake-forms')).toEqual([
    'unknown',
    expect.stringMatching(/is not visible to these credentials, or it has no intake form$/),
    `Open the contract type “Order Form” in prod (production) in SpotDraft, ${remedy}, or add what is missing`,
  ]);
  expect(findingsOf('config.entities')).toEqual([
    'unknown',
    expect.stringMatching(/^GET \S+ answered 403.* is not visible to these credentials$/),
    `Open the contract type “Order Form” in prod (production) in SpotDraft, ${remedy}, or add what is missing`,
  ]);
  expect(idsOf(report, 'fail')).toEqual([]);
});

test('a template under the contract type of another case fails', async () => {
  const stand = await withMistake();
  const { prod } = stand;
  const other = createContractType(prod, { name: 'order form' });
  prod.contractTypes.push(other);
  template(prod).contractTypeId = other.id;
  const { status, actual } = checkOf(await stand.check(), 'config.templates');
  expect([status, actual]).toEqual(['fail', 'of contract type “order form”']);
});

test('older versions of a workflow do not count', async () => {
  const stand = await withMistake();
  const older = workflow(stand.prod).versions[0];
  if (older) Object.assign(older, { status: 'UNPUBLISHED', unpublishedChanges: true, approvals: [] });
  expect(checkOf(await stand.check(), 'config.workflows').status).toBe('pass');
});

test('a marker is found in external metadata without a record id', async () => {
  const stand = await withMistake();
  contract(stand.prod).externalMetadata = {
    integrationName: 'Salesforce',
    recordType: 'Opportunity',
    id: '',
    recordData: { instance: 'northwind--uat' },
  };
  const { status, actual } = checkOf(await stand.check(), 'external-metadata.foreign');
  expect([status, actual]).toEqual(['fail', '“uat” in the record data at instance, as “northwind--uat”']);
});

test('a marker inside a longer word does not count', async () => {
  const stand = await withMistake();
  const { externalMetadata } = contract(stand.prod);
  if (externalMetadata) externalMetadata.recordData = { Name: 'Graduate School', Note: 'sandboxed' };
  expect(checkOf(await stand.check(), 'external-metadata.foreign').status).toBe('pass');
});

test('the registry equals the folder, and each file is named after its check', () => {
  const folder = new URL('../../src/readiness/checks/', import.meta.url);
  const files = readdirSync(folder).filter((file) => file !== 'index.ts');
  expect(checks.map(({ id }) => `${id.replaceAll('.', '-')}.ts`).sort()).toEqual(files.sort());
  expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
});
