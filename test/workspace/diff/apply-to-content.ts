import { splitPath } from '../../../src/workspace/diff/path.ts';
import type { PlanStep } from '../../../src/workspace/diff/plan.ts';
import { locate } from '../../../src/workspace/names.ts';
import type { SnapshotField } from '../../../src/workspace/snapshot.ts';
import { there } from '../../environment.ts';
import type { WholeContent } from './contents.ts';

/** Follows a plan in a configuration as a person would, with nothing but the plan. A step that cannot be followed throws. */
export function applyToContent(content: WholeContent, steps: PlanStep[]): void {
  const entities = new Set([
    ...content.contractTypeDetails.flatMap((each) => each.entities.known),
    ...content.entities.known.map((each) => each.name),
  ]);
  for (const step of steps) {
    const [list = '', name = '', ...below] = splitPath(step.path);
    there(appliers[list], step.path)({ content, entities, step }, name, below);
  }
}

interface Work {
  content: WholeContent;
  /** Names of all entities of the workspace. */
  entities: Set<string>;
  step: PlanStep;
}

const find = <T>(list: T[], name: string, nameOf: (each: T) => string): T => {
  const located = locate(list, name, nameOf);
  if (located.kind !== 'found') throw new Error(`“${name}” is ${located.kind}`);
  return located.match;
};
const itself = (name: string): string => name;
const replace = (list: string[], was: string, now: string): string[] =>
  list.map((each) => (each === was ? now : each));
const drop = <T>(list: T[], name: string, nameOf: (each: T) => string): void =>
  void list.splice(list.indexOf(find(list, name, nameOf)), 1);

function applyToNames(list: string[], { action, left, right }: PlanStep, name: string): void {
  if (action === 'create') list.push(left as string);
  else if (action === 'remove') drop(list, name, itself);
  else list.splice(list.indexOf(find(list, String(right), itself)), 1, left as string);
}

/** Options are data: the exact value, as it was read. */
function applyToOption(
  { step: { action, left, right, path } }: Work,
  field: SnapshotField,
  below: string[],
): void {
  const indexOf = (matches: (value: unknown) => boolean) => {
    const index = field.options.findIndex((each) => matches(each.value));
    if (index < 0) throw new Error(`no option at ${path}`);
    return index;
  };
  const at = (value: unknown) => indexOf((each) => each === value);
  // In a path a text that reads as JSON is quoted, and all that is no text is written as JSON.
  const named = (name: string) =>
    indexOf(
      (each) => JSON.stringify(each) === name || (each === name && !/^["\d-]|^(?:true|false)$/.test(name)),
    );
  const [value = '', part] = below;
  if (part === 'value') there(field.options[at(right)]).value = left;
  else if (part === 'label') there(field.options[named(value)]).label = left as string;
  else if (action === 'create') field.options.push(left as SnapshotField['options'][number]);
  else field.options.splice(at((right as { value: unknown }).value), 1);
}

function applyToFields(work: Work, fields: SnapshotField[], [variable = '', part, ...below]: string[]): void {
  const { action, left, right } = work.step;
  const exact = (wanted: unknown) =>
    there(
      fields.find((each) => each.variable === wanted),
      String(wanted),
    );
  if (part === undefined && action === 'create')
    fields.push(Object.assign({ options: [] }, left as SnapshotField));
  else if (part === undefined) fields.splice(fields.indexOf(exact(variable)), 1);
  else if (part === 'variable') exact(right).variable = left as string;
  else if (part === 'options') applyToOption(work, exact(variable), below);
  else Object.assign(exact(variable), { [part]: left });
}

const appliers: Record<string, (work: Work, name: string, below: string[]) => void> = {
  entities({ content, entities, step }, name, [part]) {
    const all = content.entities.known;
    if (part === undefined && step.action === 'remove')
      return void all.splice(all.indexOf(find(all, name, (each) => each.name)), 1);
    if (part === undefined && step.action === 'create')
      all.push({ referenceId: null, ...(step.left as { name: string; isPrimary: boolean }) });
    if (part === undefined) return void entities.add(name);
    if (part !== 'name')
      return void Object.assign(
        find(all, name, (each) => each.name),
        { [part]: step.left },
      );
    for (const each of all) if (each.name === step.right) each.name = step.left as string;
    if (!entities.delete(step.right as string)) throw new Error(`no entity ${step.right}`);
    entities.add(step.left as string);
    for (const { entities: list } of content.contractTypeDetails)
      list.known = replace(list.known, step.right as string, step.left as string);
  },
  roles({ content, step }, name) {
    applyToNames(content.roles.known, step, name);
    if (step.action !== 'change') return;
    for (const approval of content.workflows.known.flatMap(({ approvals }) => approvals))
      if (approval.role === step.right) approval.role = step.left as string;
    for (const { user } of content.users)
      if ('known' in user && user.known?.roles)
        user.known.roles = replace(user.known.roles, step.right as string, step.left as string);
  },
  webhooks({ content, step }, name) {
    applyToNames(content.webhooks, step, name);
  },
  users({ content, step }, email, [part, role = '']) {
    const entry = find(content.users, email, (each) => each.email);
    if (part === undefined && step.action === 'remove') entry.user = { known: null };
    else if (part === undefined) entry.user = { known: { roles: [], ...(step.left as object) } as never };
    else if ('known' in entry.user && entry.user.known) {
      if (part === 'active') entry.user.known.active = step.left as boolean;
      else applyToNames(there(entry.user.known.roles), step, role);
    }
  },
  featureFlags({ content, step }, name) {
    Object.defineProperty(content.featureFlags.known, name, { value: step.left, enumerable: true });
  },
  contractTypes(work, name, [part, ...below]) {
    const { content, step } = work;
    const { known } = content.contractTypes;
    if (part === undefined && step.action === 'create') {
      known.push(step.left as string);
      const none = { entities: { known: [] }, intakeFields: { known: [] }, metadataFields: { known: [] } };
      return void content.contractTypeDetails.push({ contractType: step.left as string, ...none });
    }
    if (part === undefined) {
      drop(content.contractTypeDetails, name, (each) => each.contractType);
      return drop(known, name, itself);
    }
    if (part === 'name') {
      const [was, now] = [step.right as string, step.left as string];
      content.contractTypes.known = replace(known, was, now);
      find(content.contractTypeDetails, was, (each) => each.contractType).contractType = now;
      for (const each of content.templates.known) if (each.contractType === was) each.contractType = now;
      return;
    }
    const details = find(content.contractTypeDetails, name, (each) => each.contractType);
    if (part !== 'entities')
      return applyToFields(work, details[part as 'intakeFields' | 'metadataFields'].known, below);
    if (step.action === 'create' && !work.entities.has(step.left as string))
      throw new Error(`the plan never created the entity ${step.left}`);
    applyToNames(details.entities.known, step, below[0] ?? '');
  },
  templates(work, name, [part, ...below]) {
    const { content, step } = work;
    if (part === undefined && step.action === 'create') {
      const { contractType = null, fields = [], tags = [] } = step.left as Record<string, never>;
      const { counterPartyKind } = step.left as { counterPartyKind: string };
      content.templates.known.push({ name, contractType });
      content.templateFields.push({ template: name, fields: { known: fields }, counterPartyKind });
      return void content.templateTags.push({ template: name, tags: { known: tags } });
    }
    const row = find(
      content.templates.known,
      part === 'name' ? String(step.right) : name,
      (each) => each.name,
    );
    const fields = find(content.templateFields, row.name, (each) => each.template);
    const tags = find(content.templateTags, row.name, (each) => each.template);
    if (part === undefined) {
      content.templates.known.splice(content.templates.known.indexOf(row), 1);
      content.templateFields.splice(content.templateFields.indexOf(fields), 1);
      content.templateTags.splice(content.templateTags.indexOf(tags), 1);
    } else if (part === 'name') {
      row.name = step.left as string;
      fields.template = row.name;
      tags.template = row.name;
    } else if (part === 'contractType') row.contractType = step.left as string;
    else if (part === 'counterPartyKind') fields.counterPartyKind = step.left as string;
    else if (part === 'tags') applyToNames(tags.tags.known, step, below[0] ?? '');
    else applyToFields(work, fields.fields.known, below);
  },
  workflows({ content, step }, title, [part, item = '', value]) {
    const { known } = content.workflows;
    const { action, left, right } = step;
    if (part === undefined && action === 'create')
      return void known.push(
        Object.assign({ signatories: [], approvals: [] }, left as (typeof known)[number]),
      );
    if (part === undefined) return drop(known, title, (each) => each.title);
    const workflow = find(known, part === 'title' ? String(right) : title, (each) => each.title);
    if (part !== 'signatories' && part !== 'approvals') return void Object.assign(workflow, { [part]: left });
    const items: { name: string; party?: string }[] = workflow[part];
    const nameOf = (each: { name: string; party?: string }) =>
      each.party === undefined ? each.name : `${each.party} ${each.name}`;
    if (action === 'create') return void items.push(left as { name: string });
    if (action === 'remove') return drop(items, item, nameOf);
    const renamed = (each: { name: string; party?: string }) =>
      value === 'name' || value === 'party'
        ? nameOf({ ...each, [value]: each[value] === right ? left : null })
        : nameOf(each);
    Object.assign(find(items, item, renamed), { [there(value)]: left });
  },
};
