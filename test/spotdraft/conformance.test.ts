import { expect, test } from 'vitest';
import { type EndpointId, endpoints } from '../../src/spotdraft/endpoints.ts';
import { environmentFile, startStand } from '../environment.ts';
import { loadOpenApi, NO_OPENAPI } from '../openapi.ts';
import { validateRequest } from '../openapi-validation.ts';
import { contract, contractType, template } from '../readiness/northwind.ts';

/** A check that uses every read of the client and acts as a member. */
const fullCheck = () =>
  startStand({
    prepare: ({ prod }) => {
      contract(prod).externalMetadata = null;
      // Both are looked for elsewhere.
      template(prod, 'MSA - Enterprise').state = 'archived';
      contractType(prod).entityIds.pop();
    },
    edit: (file) => {
      environmentFile(file, 'prod').userEmail = 'ana.lima@northwind.example';
    },
  });

/** The simulated server's name of each read. */
const operations: Record<EndpointId, string> = {
  hmacKey: 'hmac_key',
  contractTypes: 'contract_types',
  contractTypeEntities: 'contract_type_entities',
  intakeForm: 'intake_form',
  metadataFields: 'key_pointers',
  templates: 'templates',
  templatesWithArchived: 'templates',
  template: 'template',
  templateFields: 'template_metadata',
  entities: 'entities',
  roles: 'roles',
  users: 'users',
  featureFlags: 'feature_flags',
  analytics: 'analytics_query',
  contracts: 'contracts',
  externalMetadata: 'external_metadata',
};

test('a check and a comparison send every read of the table as SpotDraft documents it', async (context) => {
  if (!loadOpenApi()) return context.skip(NO_OPENAPI);
  const { check, spotdraft, core, environment } = await fullCheck();
  await check();
  await core.drift.compare(environment('uat'), environment('prod'), () => {});
  const problems = spotdraft.requests.flatMap(({ method, path, query, headers, body }) =>
    validateRequest(method, path, query, headers, body).map((problem) => `${method} ${path}: ${problem}`),
  );
  expect(problems).toEqual([]);
  const sent = new Set(spotdraft.requests.map(({ operation }) => operation));
  expect([...sent].sort()).toEqual([...new Set(Object.values(operations))].sort());
  expect(Object.keys(operations).sort()).toEqual(Object.keys(endpoints).sort());
});

test('every path has its documented slash, so nothing is redirected or unknown', async () => {
  const { check, spotdraft } = await fullCheck();
  await check();
  const statuses = new Set(
    spotdraft.requests.map(({ operation, status }) => `${operation ? 'known' : 'unknown'} ${status}`),
  );
  expect([...statuses]).toEqual(['known 200']);
});

test('user-email is sent with reads that act as the member, and not where it would hide wrong credentials', async () => {
  const { check, spotdraft } = await fullCheck();
  await check();
  // Another program on this machine may send requests to a port it used before; they lack our credentials.
  const ours = spotdraft.requests.filter(({ workspace }) => workspace !== null);
  const withUser = new Set(
    ours.filter(({ headers }) => headers['user-email']).map(({ operation }) => operation),
  );
  const without = new Set(
    ours.filter(({ headers }) => !headers['user-email']).map(({ operation }) => operation),
  );
  expect([...without].sort()).toEqual(['hmac_key', 'users']);
  expect([...withUser].filter((operation) => without.has(operation))).toEqual([]);
});
