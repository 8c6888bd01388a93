import { createField } from './create-records.ts';
import {
  INTEGRATION_ROLE,
  INTEGRATION_USER,
  integrationUser,
  type Mistake,
  newestVersion,
  orderFormWorkflow,
  required,
} from './mistakes.ts';
import type { SimField, SimSignatory, Workspace } from './model.ts';
import { newestFirst } from './northwind.ts';

const [FIELD, RENAMED_FIELD] = ['purpose', 'purposes'];
const [CONTRACT_TYPE, RENAMED_TYPE] = ['Mutual NDA', 'Mutual NDA (2025)'];
const NEW_FIELD = 'cost_center';
const APPROVAL_ROLE = 'Legal Team';

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

const newFieldIn = (workspace: Workspace): SimField | undefined => intakeField(workspace, NEW_FIELD);

const intakeField = (workspace: Workspace, variable: string): SimField | undefined =>
  workspace.contractTypes
    .flatMap(({ intakeForm }) => intakeForm ?? [])
    .find((field) => field.variable === variable);
