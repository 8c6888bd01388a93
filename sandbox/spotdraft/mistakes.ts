import { createField, createTemplate } from './create-records.ts';
import { freshId } from './ids.ts';
import type { SimField, SimSignatory, SimUser, SimWorkflow, SimWorkflowVersion, Workspace } from './model.ts';
import { newestFirst, opportunityId, PRODUCTION_INSTANCE, UAT_INSTANCE, webhookUrl } from './northwind.ts';
import { iso } from './seed-configuration.ts';

/** A mistake in production and its repair, as a person would do it: after UAT's example, with production's ids. */
export interface Mistake {
  /** True when production has the mistake. */
  isPresent(prod: Workspace, uat: Workspace): boolean;
  /** Makes the mistake; does nothing when it is already there. */
  introduce(prod: Workspace): void;
  /** Repairs the mistake. Returns one sentence per repaired item; none when nothing was wrong. */
  repair(prod: Workspace, uat: Workspace): string[];
}

const MISSING_TEMPLATE = 'Order Form - Standard';
const INTEGRATION_USER = 'integrations@northwind.example';
const INTEGRATION_ROLE = 'NA Sales';
const CHANGED_OPTION = 'Net 60';
const APPROVAL_ROLE = 'Legal Team';

const missingTemplate: Mistake = {
  isPresent: (prod) => !prod.templates.some((template) => template.name === MISSING_TEMPLATE),
  introduce(prod) {
    prod.templates = prod.templates.filter((template) => template.name !== MISSING_TEMPLATE);
  },
  repair(prod, uat) {
    const model = uat.templates.find((template) => template.name === MISSING_TEMPLATE);
    if (!model || prod.templates.some((template) => template.name === MISSING_TEMPLATE)) return [];
    const contractType = uat.contractTypes.find((type) => type.id === model.contractTypeId)?.name ?? '';
    // The ids stay behind: they belong to UAT.
    const { id, contractTypeId, ...portable } = model;
    prod.templates.push(createTemplate(prod, { ...portable, contractType }));
    return [`Created and published the template "${MISSING_TEMPLATE}".`];
  },
};

const changedOption: Mistake = {
  isPresent: (prod) =>
    paymentTermsOptions(prod).some(({ label, value }) => label === CHANGED_OPTION && value !== label),
  introduce(prod) {
    for (const option of paymentTermsOptions(prod))
      if (option.label === CHANGED_OPTION) option.value = 'net-60';
  },
  repair: (prod, uat) =>
    paymentTermsOptions(prod).flatMap((option) => {
      const model = paymentTermsOptions(uat).find((each) => each.label === option.label);
      if (!model || model.value === option.value) return [];
      const before = option.value;
      option.value = model.value;
      return [`Changed the value of payment_terms "${option.label}" from "${before}" to "${model.value}".`];
    }),
};

const unpublishedWorkflow: Mistake = {
  isPresent: (prod) => newestVersion(orderFormWorkflow(prod)).unpublishedChanges,
  introduce(prod) {
    newestVersion(orderFormWorkflow(prod)).unpublishedChanges = true;
  },
  repair(prod) {
    const workflow = orderFormWorkflow(prod);
    const newest = newestVersion(workflow);
    if (!newest.unpublishedChanges) return [];
    const taken = prod.workflows.flatMap((each) => each.versions).map((version) => version.frozenId);
    const published = iso(Date.parse(newest.lastPublished ?? newest.created) + 3_600_000);
    newest.unpublishedChanges = false;
    workflow.versions.push({
      ...structuredClone(newest),
      frozenId: freshId(prod.key, `version/${workflow.title}/${taken.length}`, taken),
      created: published,
      lastPublished: published,
    });
    return [`Published the pending changes of the workflow "${workflow.title}".`];
  },
};

const userOutsideRole: Mistake = {
  isPresent: (prod) => integrationUser(prod).roleIds.length === 0,
  introduce(prod) {
    integrationUser(prod).roleIds = [];
  },
  repair(prod) {
    const user = integrationUser(prod);
    const role = prod.roles.find((each) => each.name === INTEGRATION_ROLE);
    if (!role || user.roleIds.includes(role.id)) return [];
    user.roleIds.push(role.id);
    return [`Added ${user.email} to the role "${role.name}".`];
  },
};

const sharedWebhook: Mistake = {
  isPresent: (prod) => prod.webhooks.some(({ url }) => url === webhookUrl('uat')),
  introduce(prod) {
    for (const webhook of prod.webhooks) webhook.url = webhookUrl('uat');
  },
  repair: (prod) =>
    prod.webhooks.flatMap((webhook) => {
      if (webhook.url === webhookUrl(prod.key)) return [];
      webhook.url = webhookUrl(prod.key);
      return [`Registered ${webhook.url} as the webhook URL instead of UAT's.`];
    }),
};

const testData: Mistake = {
  isPresent: (prod) =>
    prod.contracts.some(({ externalMetadata }) => externalMetadata?.recordData?.InstanceUrl === UAT_INSTANCE),
  introduce(prod) {
    const metadata = newestFirst(prod)[0]?.externalMetadata;
    if (metadata) metadata.recordData = { ...metadata.recordData, InstanceUrl: UAT_INSTANCE };
  },
  repair: (prod) =>
    prod.contracts.flatMap(({ id, externalMetadata }) => {
      if (externalMetadata?.recordData?.InstanceUrl !== UAT_INSTANCE) return [];
      externalMetadata.recordData.InstanceUrl = PRODUCTION_INSTANCE;
      return [`Changed contract ${id} to point to the production instance of Salesforce.`];
    }),
};

const sharedRecord: Mistake = {
  isPresent(prod) {
    const records = prod.contracts.flatMap(({ externalMetadata }) => externalMetadata?.id ?? []);
    return new Set(records).size < records.length;
  },
  introduce(prod) {
    const [, second, third] = newestFirst(prod);
    if (second?.externalMetadata && third?.externalMetadata)
      third.externalMetadata.id = second.externalMetadata.id;
  },
  repair(prod) {
    const seen = new Set<string>();
    return newestFirst(prod).flatMap(({ id, name, externalMetadata }) => {
      const opportunity = externalMetadata?.id;
      if (!externalMetadata || opportunity === undefined) return [];
      if (!seen.has(opportunity)) {
        seen.add(opportunity);
        return [];
      }
      externalMetadata.id = opportunityId(`${prod.key}/${name}`);
      return [`Gave contract ${id} its own opportunity, ${externalMetadata.id}, instead of ${opportunity}.`];
    });
  },
};

/** The mistakes that production is seeded with, in order of repair. */
export const seededMistakes = {
  missingTemplate,
  changedOption,
  unpublishedWorkflow,
  userOutsideRole,
  sharedWebhook,
  testData,
  sharedRecord,
} satisfies Record<string, Mistake>;

const [FIELD, RENAMED_FIELD] = ['purpose', 'purposes'];
const [CONTRACT_TYPE, RENAMED_TYPE] = ['Mutual NDA', 'Mutual NDA (2025)'];

/** Further mistakes that a visitor can make. */
export const additionalMistakes = {
  renamedField: {
    isPresent: (prod) => intakeField(prod, RENAMED_FIELD) !== undefined,
    introduce(prod) {
      const field = intakeField(prod, FIELD);
      if (field) field.variable = RENAMED_FIELD;
    },
    repair(prod) {
      const field = intakeField(prod, RENAMED_FIELD);
      if (!field) return [];
      field.variable = FIELD;
      return [`Renamed the intake field "${RENAMED_FIELD}" back to "${FIELD}".`];
    },
  },
  renamedContractType: {
    isPresent: (prod) => prod.contractTypes.some(({ name }) => name === RENAMED_TYPE),
    introduce(prod) {
      for (const type of prod.contractTypes) if (type.name === CONTRACT_TYPE) type.name = RENAMED_TYPE;
    },
    repair: (prod) =>
      prod.contractTypes.flatMap((type) => {
        if (type.name !== RENAMED_TYPE) return [];
        type.name = CONTRACT_TYPE;
        return [`Renamed the contract type "${RENAMED_TYPE}" back to "${CONTRACT_TYPE}", as in UAT.`];
      }),
  },
  newlyRequired: {
    isPresent: (prod) => newFieldIn(prod) !== undefined,
    introduce(prod) {
      for (const type of prod.contractTypes)
        if (type.name === CONTRACT_TYPE)
          type.intakeForm?.push(createField({ variable: NEW_FIELD, required: true }));
    },
    repair(prod) {
      const field = newFieldIn(prod);
      if (!field) return [];
      for (const type of prod.contractTypes)
        type.intakeForm = type.intakeForm?.filter((each) => each !== field) ?? null;
      return [`Removed the required field "${NEW_FIELD}" from the intake form.`];
    },
  },
  wrongBusinessUser: {
    isPresent: (prod) => newestFirst(prod)[0]?.createdBy.email !== INTEGRATION_USER,
    introduce(prod) {
      const other = required(prod.users.find(({ email, active }) => active && email !== INTEGRATION_USER));
      for (const contract of prod.contracts) contract.createdBy = { name: other.name, email: other.email };
    },
    repair(prod) {
      const { name, email } = integrationUser(prod);
      for (const contract of prod.contracts) contract.createdBy = { name, email };
      return [`Made ${email} the business user of the integration's contracts again.`];
    },
  },
  inactiveUser: {
    isPresent: (prod) => !integrationUser(prod).active,
    introduce(prod) {
      integrationUser(prod).active = false;
    },
    repair(prod) {
      const user = integrationUser(prod);
      if (user.active) return [];
      user.active = true;
      return [`Reactivated ${user.email}.`];
    },
  },
  signatoryOrder: {
    isPresent: (prod, uat) => signatory(prod).order !== signatory(uat).order,
    introduce(prod) {
      const { signatories } = orderFormWorkflow(prod);
      const orders = signatories.map(({ order }) => order);
      for (const [index, each] of signatories.entries()) each.order = orders.at(-1 - index) ?? each.order;
    },
    repair(prod, uat) {
      const model = orderFormWorkflow(uat).signatories;
      const wrong = orderFormWorkflow(prod).signatories.flatMap((each) => {
        const order = model.find(({ name, party }) => name === each.name && party === each.party)?.order;
        return order === undefined || order === each.order ? [] : [{ each, order }];
      });
      for (const { each, order } of wrong) each.order = order;
      return wrong.length > 0 ? ['Put the signatories of the workflow "Order Form" back in order.'] : [];
    },
  },
  conditionalSignatory: {
    isPresent: (prod) => signatory(prod).conditional,
    introduce(prod) {
      signatory(prod).conditional = true;
    },
    repair(prod) {
      const each = signatory(prod);
      if (!each.conditional) return [];
      each.conditional = false;
      return [`Removed the condition of the signatory "${each.name}".`];
    },
  },
  approvalRole: {
    isPresent: (prod) => approvalRole(prod) !== APPROVAL_ROLE,
    introduce(prod) {
      const role = required(prod.roles.find(({ name }) => name === INTEGRATION_ROLE));
      for (const approval of newestVersion(orderFormWorkflow(prod)).approvals) approval.roleId = role.id;
    },
    repair(prod) {
      if (approvalRole(prod) === APPROVAL_ROLE) return [];
      const role = required(prod.roles.find(({ name }) => name === APPROVAL_ROLE));
      const { approvals } = newestVersion(orderFormWorkflow(prod));
      for (const approval of approvals) approval.roleId = role.id;
      return approvals.map(({ name }) => `Assigned the approval "${name}" to the role "${role.name}".`);
    },
  },
} satisfies Record<string, Mistake>;

const signatory = (workspace: Workspace): SimSignatory =>
  required(orderFormWorkflow(workspace).signatories.find(({ party }) => party === 'CREATOR_PARTY'));

function approvalRole(workspace: Workspace): string | undefined {
  const [approval] = newestVersion(orderFormWorkflow(workspace)).approvals;
  return workspace.roles.find(({ id }) => id === approval?.roleId)?.name;
}

function paymentTermsOptions(workspace: Workspace): { label: string; value: unknown }[] {
  const orderForm = workspace.contractTypes.find((type) => type.name === 'Order Form');
  return orderForm?.intakeForm?.find((field) => field.variable === 'payment_terms')?.options ?? [];
}

const NEW_FIELD = 'cost_center';

const newFieldIn = (workspace: Workspace): SimField | undefined => intakeField(workspace, NEW_FIELD);

const intakeField = (workspace: Workspace, variable: string): SimField | undefined =>
  workspace.contractTypes
    .flatMap(({ intakeForm }) => intakeForm ?? [])
    .find((field) => field.variable === variable);

const orderFormWorkflow = (workspace: Workspace): SimWorkflow =>
  required(workspace.workflows.find((workflow) => workflow.title === 'Order Form'));

const newestVersion = (workflow: SimWorkflow): SimWorkflowVersion => required(workflow.versions.at(-1));

const integrationUser = (workspace: Workspace): SimUser =>
  required(workspace.users.find((user) => user.email === INTEGRATION_USER));

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The workspace lacks a record that it was seeded with.');
  return value;
}
