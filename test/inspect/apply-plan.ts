import {
  createContractType,
  createEntity,
  createField,
  createRole,
  createTemplate,
  createUser,
  createWorkflow,
} from '../../sandbox/spotdraft/create-records.ts';
import { freshId, metadataFields } from '../../sandbox/spotdraft/ids.ts';
import type {
  SimContractType,
  SimField,
  SimMetadataField,
  SimWorkflow,
  SimWorkflowVersion,
  Workspace,
} from '../../sandbox/spotdraft/model.ts';
import type { WorkflowSeed } from '../../sandbox/spotdraft/seed-types.ts';
import { splitPath } from '../../src/workspace/diff/path.ts';
import type { PlanStep } from '../../src/workspace/diff/plan.ts';
import { foldName } from '../../src/workspace/names.ts';
import { there } from '../environment.ts';
import { remove } from '../readiness/northwind.ts';

/** Applies a plan to a simulated workspace as a person would, with nothing but the plan. */
export function applyPlan(workspace: Workspace, steps: PlanStep[]): void {
  for (const step of steps) applyStep(workspace, step);
}

interface Work extends Pick<PlanStep, 'action'> {
  workspace: Workspace;
  /** Value that was read, of the type that the place needs. */
  left: never;
  right: never;
}

function applyStep(workspace: Workspace, { action, path, left, right }: PlanStep): void {
  const [list = '', name = '', ...below] = splitPath(path);
  const work: Work = { workspace, action, left: left as never, right: right as never };
  const apply = appliers[list];
  if (!apply) throw new Error(`no way to do ${path}`);
  apply(work, name, below);
}

const same = (one: unknown, other: unknown) => foldName(String(one)) === foldName(String(other));
const byName = <T, K extends keyof T>(list: T[], key: K, name: unknown): T =>
  there(
    list.find((each) => same(each[key], name)),
    String(name),
  );
const take = <T, K extends keyof T>(list: T[], key: K, name: unknown): void =>
  remove(list, (each) => same(each[key], name));

const appliers: Record<string, (work: Work, name: string, below: string[]) => unknown> = {
  entities({ workspace, action, left, right }, name, [value]) {
    const { entities } = workspace;
    if (value === 'name') byName(entities, 'name', right).name = left;
    else if (value !== undefined) Object.assign(byName(entities, 'name', name), { [value]: left ?? '' });
    else if (action === 'remove') take(entities, 'name', name);
    else if (!entities.some((each) => same(each.name, name)))
      entities.push(createEntity(workspace, { ...(action === 'create' ? (left as object) : {}), name }));
  },
  roles({ workspace, action, left, right }, name) {
    const { roles } = workspace;
    if (action === 'create') roles.push(createRole(workspace, { name: String(left) }));
    else if (action === 'remove') take(roles, 'name', name);
    else byName(roles, 'name', right).name = left;
  },
  users(work, email, [list, name]) {
    const { workspace, action, left } = work;
    const { users } = workspace;
    if (list === undefined && action === 'remove') return take(users, 'email', email);
    if (list === undefined) return users.push(createUser(workspace, { ...(left as object), email }));
    const user = byName(users, 'email', email);
    if (list === 'active') user.active = left;
    else {
      const { id } = byName(workspace.roles, 'name', name);
      if (action === 'create') user.roleIds.push(id);
      else user.roleIds = user.roleIds.filter((each) => each !== id);
    }
  },
  featureFlags({ workspace, left }, name) {
    if (left === null) delete workspace.featureFlags[name];
    else workspace.featureFlags[name] = left;
  },
  contractTypes(work, name, [list, item, ...below]) {
    const { workspace, action, left, right } = work;
    const types = workspace.contractTypes;
    if (list === undefined && action === 'create')
      return types.push(createContractType(workspace, { name: String(left), entities: [] }));
    if (list === undefined) return take(types, 'name', name);
    if (list === 'name') return Object.assign(byName(types, 'name', right), { name: left });
    const type = byName(types, 'name', name);
    if (list === 'entities') return applyEntity(work, type, item, below);
    if (list === 'metadataFields') return applyMetadataField(work, type, item ?? '', below);
    type.intakeForm ??= [];
    applyField(work, type.intakeForm, item ?? '', below);
  },
  templates(work, name, [list, item, ...below]) {
    const { workspace, action, left, right } = work;
    const { templates } = workspace;
    if (list === undefined && action === 'remove') return take(templates, 'name', name);
    if (list === undefined) return templates.push(createTemplate(workspace, left));
    if (list === 'name') return Object.assign(byName(templates, 'name', right), { name: left });
    const template = byName(templates, 'name', name);
    if (list === 'tags') applyTag(template.tags, work, item ?? '');
    else if (list === 'counterPartyKind') template.counterPartyKind = left;
    else if (list === 'contractType')
      template.contractTypeId = byName(workspace.contractTypes, 'name', left).id;
    else applyField(work, template.fields, item ?? '', below);
  },
  workflows(work, title, [list, item, value]) {
    const { workspace, action, left, right } = work;
    const { workflows } = workspace;
    if (list === undefined && action === 'remove') return take(workflows, 'title', title);
    if (list === undefined) {
      const { status, unpublishedChanges, approvals, ...rest } = left as WorkflowSeed & SimWorkflowVersion;
      return workflows.push(
        createWorkflow(workspace, {
          ...rest,
          title,
          versions: [{ status, unpublishedChanges, approvals: approvals ?? [] }],
        }),
      );
    }
    if (list === 'title') return Object.assign(byName(workflows, 'title', right), { title: left });
    applyToWorkflow(work, byName(workflows, 'title', title), list, item ?? '', value);
  },
};

/** The name and the primary mark belong to the entity, which has a step of its own. */
function applyEntity(
  { workspace, action }: Work,
  type: SimContractType,
  name: unknown,
  below: string[],
): void {
  if (below.length > 0) return;
  const { id } = byName(workspace.entities, 'name', name);
  type.entityIds =
    action === 'create' ? [...type.entityIds, id] : type.entityIds.filter((each) => each !== id);
}

/** Creates a separate definition per field, because no reading tells which of them belong together. */
function applyMetadataField(work: Work, type: SimContractType, variable: string, below: string[]): unknown {
  const { workspace, action, left } = work;
  if (below.length > 0 || action === 'remove') {
    const holder = there(
      type.metadataFields.find(({ descriptors }) =>
        descriptors.some((each) => same(each.variable, below[0] === 'variable' ? work.right : variable)),
      ),
      variable,
    );
    return applyField(work, holder.descriptors, variable, below);
  }
  const field: SimMetadataField = {
    id: freshId(
      workspace.key,
      `metadata/${variable}`,
      metadataFields(workspace).map(({ id }) => id),
    ),
    descriptors: [createField(left)],
    section: { id: 1, name: 'Added', type: 'USER_DEFINED' },
    external: false,
  };
  type.metadataFields.push(field);
}

function applyTag(tags: string[], { action, left, right }: Work, tag: string): unknown {
  if (action === 'create') return tags.push(left);
  remove(tags, (each) => same(each, action === 'remove' ? tag : right));
  return action === 'remove' || tags.push(left);
}

function applyField(
  { action, left, right }: Work,
  fields: SimField[],
  variable: string,
  below: string[],
): unknown {
  const [word, value, ...more] = below;
  if (word === undefined && action === 'create') return fields.push(createField(left));
  if (word === undefined) return take(fields, 'variable', variable);
  if (word === 'variable') return Object.assign(byName(fields, 'variable', right), { variable: left });
  const field = byName(fields, 'variable', variable);
  if (word !== 'options') return Object.assign(field, { [word]: left });
  field.options ??= [];
  if (more[0] === 'value') there(field.options.find((each) => each.value === right)).value = left;
  else if (more[0] === 'label')
    there(field.options.find((each) => String(each.value) === value)).label = left;
  else if (action === 'create') field.options.push(left);
  else remove(field.options, (each) => String(each.value) === value);
}

function applyToWorkflow(
  { workspace, action, left, right }: Work,
  workflow: SimWorkflow,
  list: string,
  item: string,
  value: string | undefined,
): unknown {
  const version = there(workflow.versions.at(-1));
  if (list === 'status' || list === 'unpublishedChanges') return Object.assign(version, { [list]: left });
  const items: { name: string; party?: string }[] =
    list === 'approvals' ? version.approvals : workflow.signatories;
  const nameOf = (each: { name: string; party?: string }, name = each.name) =>
    each.party === undefined ? name : `${each.party} ${name}`;
  if (action === 'create') {
    const built = createWorkflow(workspace, { title: workflow.title, [list]: [left] });
    const made = list === 'approvals' ? built.versions[0]?.approvals : built.signatories;
    return items.push(there(made?.[0]));
  }
  if (action === 'remove') return remove(items, (each) => same(nameOf(each), item));
  const target = there(
    items.find((each) =>
      value === 'name'
        ? each.name === (right as unknown)
        : same(nameOf(each), item) || (value === 'party' && item.endsWith(each.name)),
    ),
    item,
  );
  if (value === 'role') Object.assign(target, { roleId: byName(workspace.roles, 'name', left).id });
  else Object.assign(target, { [there(value)]: left });
}
