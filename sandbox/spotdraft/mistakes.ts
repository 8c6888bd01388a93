import { createTemplate } from './create-records.ts';
import { freshId } from './ids.ts';
import type { SimUser, SimWorkflow, SimWorkflowVersion, Workspace } from './model.ts';
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
export const INTEGRATION_USER = 'integrations@northwind.example';
export const INTEGRATION_ROLE = 'NA Sales';
const CHANGED_OPTION = 'Net 60';

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

function paymentTermsOptions(workspace: Workspace): { label: string; value: unknown }[] {
  const orderForm = workspace.contractTypes.find((type) => type.name === 'Order Form');
  return orderForm?.intakeForm?.find((field) => field.variable === 'payment_terms')?.options ?? [];
}

export const orderFormWorkflow = (workspace: Workspace): SimWorkflow =>
  required(workspace.workflows.find((workflow) => workflow.title === 'Order Form'));

export const newestVersion = (workflow: SimWorkflow): SimWorkflowVersion =>
  required(workflow.versions.at(-1));

export const integrationUser = (workspace: Workspace): SimUser =>
  required(workspace.users.find((user) => user.email === INTEGRATION_USER));

export function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The workspace lacks a record that it was seeded with.');
  return value;
}
