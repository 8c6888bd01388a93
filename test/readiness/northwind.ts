import type {
  SimContract,
  SimContractType,
  SimField,
  SimTemplate,
  SimUser,
  SimWorkflow,
  SimWorkflowVersion,
  Workspace,
} from '../../sandbox/spotdraft/workspace.ts';
import { there } from '../environment.ts';

/** Finds parts of a seeded workspace by name, for tests that change them. */
const named =
  (name: string) =>
  (each: { name: string }): boolean =>
    each.name === name;

export const contractType = (workspace: Workspace, name = 'Order Form'): SimContractType =>
  there(workspace.contractTypes.find(named(name)), name);

export const template = (workspace: Workspace, name = 'Order Form - Standard'): SimTemplate =>
  there(workspace.templates.find(named(name)), name);

const field = (fields: SimField[], variable: string): SimField =>
  there(
    fields.find((each) => each.variable === variable),
    variable,
  );

export const intakeField = (workspace: Workspace, variable: string, type = 'Order Form'): SimField =>
  field(contractType(workspace, type).intakeForm ?? [], variable);

export const templateField = (workspace: Workspace, variable: string): SimField =>
  field(template(workspace).fields, variable);

export const metadataField = (workspace: Workspace, variable: string): SimField =>
  field(
    contractType(workspace).metadataFields.flatMap(({ descriptors }) => descriptors),
    variable,
  );

export const workflow = (workspace: Workspace): SimWorkflow =>
  there(
    workspace.workflows.find(({ title }) => title === 'Order Form'),
    'workflow',
  );

export const newestVersion = (workspace: Workspace): SimWorkflowVersion =>
  there(
    workflow(workspace).versions.toSorted((a, b) =>
      (b.lastPublished ?? '').localeCompare(a.lastPublished ?? ''),
    )[0],
    'version',
  );

export const user = (workspace: Workspace, email: string): SimUser =>
  there(
    workspace.users.find((each) => each.email === email),
    email,
  );

export const roleId = (workspace: Workspace, name: string): number =>
  there(workspace.roles.find(named(name)), name).id;

/** Contract by index; 0 is the newest. */
export const contract = (workspace: Workspace, index = 0): SimContract =>
  there(workspace.contracts.toSorted((a, b) => b.created.localeCompare(a.created))[index], 'contract');

/** Changes the value of an option and keeps its label. */
export function revalue(target: SimField, label: string, value: unknown): void {
  there(
    target.options?.find((option) => option.label === label),
    label,
  ).value = value;
}

export function remove<T>(list: T[], unwanted: (each: T) => boolean): void {
  const index = list.findIndex(unwanted);
  if (index < 0) throw new Error('what the test removes is not there');
  list.splice(index, 1);
}

/** Adds a newer version of the workflow, published an hour ago. */
export function publishAgain(workspace: Workspace, change: Partial<SimWorkflowVersion>): void {
  const now = new Date(Date.now() - 3_600_000).toISOString();
  workflow(workspace).versions.unshift({
    ...structuredClone(newestVersion(workspace)),
    frozenId: 1,
    created: now,
    lastPublished: now,
    ...change,
  });
}
