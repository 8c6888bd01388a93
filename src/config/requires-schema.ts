import * as z from 'zod';
import * as field from './fields.ts';
import { fieldTypes } from './requirements.ts';

export const environmentList = () =>
  field
    .nonEmptyList(field.environmentRef())
    .optional()
    .describe('The environments to which this applies. Default: all of them');

const requiredField = field.section({
  variable: field.variable().describe("The field's variable, not its label. Compared exactly"),
  type: z.enum(fieldTypes).optional().describe('The type it must have. Default: not judged'),
  required: field
    .boolean()
    .optional()
    .describe('true when it must be mandatory, false when it must be optional. Default: not judged'),
  options: field
    .nonEmptyList(z.union([z.string(), z.number(), z.boolean()], { error: 'optionValue' }))
    .optional()
    .describe(
      'Values, not labels, that it must offer. Compared exactly, with their type: 30 is a number, "30" is text. Default: not judged',
    ),
});

const fieldList = () => field.list(requiredField).default([]);

const contractType = field.section({
  name: field.name().describe("The contract type's name"),
  entities: field
    .list(field.name())
    .default([])
    .describe('Names of the entities that must be able to use it'),
  intakeFields: fieldList().describe('Fields that its intake form must have'),
  metadataFields: fieldList().describe('Metadata fields that it must have'),
  environments: environmentList(),
});

const template = field.section({
  name: field.name().describe("The template's name"),
  contractType: field.name().optional().describe('The contract type it must belong to. Default: not judged'),
  fields: fieldList().describe('Fields that the template must have'),
  environments: environmentList(),
});

/** `Legal review`, or `{ name: Legal review, role: Legal Team }`. */
const approval = () =>
  z.union(
    [
      field.name(),
      field.section({
        name: field.name().describe("The approval's name"),
        order: field
          .stepOrder()
          .optional()
          .describe("Its place, as analytics' `approval_order` counts it. Default: not judged"),
        role: field
          .name()
          .optional()
          .describe('Name of the role (in the product: team) that gives it. Default: not judged'),
        conditional: field
          .boolean()
          .optional()
          .describe('true when it must have a condition, false when it must have none. Default: not judged'),
      }),
    ],
    { error: 'approval' },
  );

const workflow = field.section({
  title: field.name().describe("The workflow's title"),
  signatories: field
    .list(
      field.section({
        party: z.enum(['CREATOR_PARTY', 'COUNTER_PARTY']).describe('The party that signs'),
        name: field.name().describe("The signatory's name in the workflow"),
        order: field
          .stepOrder()
          .optional()
          .describe("Its place, as analytics' `sign_order` counts it. Default: not judged"),
        conditional: field
          .boolean()
          .optional()
          .describe('true when it must have a condition, false when it must have none. Default: not judged'),
      }),
    )
    .default([])
    .describe('Signatories that it must have'),
  approvals: field
    .list(approval())
    .default([])
    .describe('Approvals that it must have: names, or sections with what is judged of them'),
  environments: environmentList(),
});

/** `Legal Team`, or `{ name: Legal Team, environments: [prod] }`. */
const scopedName = () =>
  z.union(
    [
      field.name(),
      field.section({ name: field.name().describe('The name'), environments: environmentList() }),
    ],
    {
      error: 'scopedName',
    },
  );

const proof = () => z.enum(['reported', 'signOff']).default('reported');

export const requiresSchema = field
  .section({
    contractTypes: field.list(contractType).default([]).describe('Contract types and their fields'),
    templates: field
      .list(template)
      .default([])
      .describe('Templates that must be published, and their fields'),
    workflows: field.list(workflow).default([]).describe('Workflows that must be published'),
    roles: field.list(scopedName()).default([]).describe('Roles (in the product: teams) that must be active'),
    users: field
      .list(
        field.section({
          email: field.email().describe("The member's address"),
          roles: field.list(field.name()).default([]).describe('Roles that the member must have'),
          environments: environmentList(),
        }),
      )
      .default([])
      .describe('Members that must be active'),
    featureFlags: field.list(scopedName()).default([]).describe('Feature flags that must be on'),
    logging: field
      .section({
        requests: proof().describe('How it is proven that request ids are logged'),
        retries: proof().describe('How it is proven that retries are logged'),
      })
      .prefault({})
      .describe(
        'How it is proven that the integration logs its requests. reported: it reports its calls. signOff: a person signs and says where',
      ),
  })
  .describe(
    'What the integration requires. An entry applies to every environment, or to those that it names',
  );
