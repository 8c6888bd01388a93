import { expect, test } from 'vitest';
import {
  createContractType,
  createEntity,
  createField,
  createRole,
  createTemplate,
  createWorkflow,
} from '../../sandbox/spotdraft/create-records.ts';
import type { SimField, Workspace } from '../../sandbox/spotdraft/model.ts';
import { planOf, planSections } from '../../src/workspace/diff/plan.ts';
import { startStand, there } from '../environment.ts';
import fc, { runs } from '../fast-check.ts';
import { long } from '../long.ts';
import { applyPlan } from './apply-plan.ts';

/** Returns a unique name, because nothing distinguishes two items of one name. */
let named = 0;
const newName = (): string => {
  named += 1;
  return `new_${named}_of_${'abcdefghijklmnopqrstuvwxyz'.repeat(2).slice(named % 26, (named % 26) + 12)}`;
};

const at = <T>(list: T[], pick: number): T => there(list[pick % list.length]);
const without = <T>(list: T[], pick: number): T[] => list.filter((_, index) => index !== pick % list.length);

const fieldsAt = ({ templates, contractTypes }: Workspace, pick: number): SimField[] =>
  at(
    [
      ...templates.map(({ fields }) => fields),
      ...contractTypes.flatMap(({ intakeForm }) => (intakeForm ? [intakeForm] : [])),
      ...contractTypes.flatMap(({ metadataFields }) => metadataFields.map(({ descriptors }) => descriptors)),
    ].filter((list) => list.length > 0),
    pick,
  );
const optionsAt = (workspace: Workspace, pick: number) =>
  at(
    [
      ...workspace.templates.flatMap(({ fields }) => fields),
      ...workspace.contractTypes.flatMap(({ intakeForm }) => intakeForm ?? []),
    ].flatMap(({ options }) => (options && options.length > 0 ? [options] : [])),
    pick,
  );

/** Turns columns of a repeating field into fields, because they are read, and created by a plan, as fields. */
function flatten({ contractTypes }: Workspace): void {
  for (const type of contractTypes)
    type.intakeForm = type.intakeForm?.map(({ attributes: _, ...field }): SimField => field) ?? null;
}

/** Changes to one of two workspaces. A change that needs an item which another one removed does nothing. */
const ways: Record<string, (workspace: Workspace, pick: number) => unknown> = {
  'a template less': (it, pick) => Object.assign(it, { templates: without(it.templates, pick) }),
  'a template renamed': (it, pick) => Object.assign(at(it.templates, pick), { name: newName() }),
  'a template more': (it) =>
    it.templates.push(createTemplate(it, { name: newName(), fields: [{ variable: 'x' }] })),
  'a tag less': (it, pick) => at(it.templates, pick).tags.pop(),
  'a tag more': (it, pick) => at(it.templates, pick).tags.push(newName()),
  'a template of another type': (it, pick) =>
    Object.assign(at(it.templates, pick), { contractTypeId: at(it.contractTypes, pick + 1).id }),
  'a contract type less': (it, pick) => {
    const { id } = at(it.contractTypes, pick);
    it.contractTypes = it.contractTypes.filter((each) => each.id !== id);
    it.templates = it.templates.filter(({ contractTypeId }) => contractTypeId !== id);
  },
  'a contract type renamed': (it, pick) => Object.assign(at(it.contractTypes, pick), { name: newName() }),
  'a contract type more': (it) =>
    it.contractTypes.push(createContractType(it, { name: newName(), intakeForm: [{ variable: 'x' }] })),
  'an entity less': (it, pick) => {
    const { id } = at(it.entities, pick);
    it.entities = it.entities.filter((each) => each.id !== id);
    for (const type of it.contractTypes) type.entityIds = type.entityIds.filter((each) => each !== id);
  },
  'an entity more': (it, pick) => {
    const entity = createEntity(it, { name: newName() });
    it.entities.push(entity);
    at(it.contractTypes, pick).entityIds.push(entity.id);
  },
  'another reference id': (it, pick) => Object.assign(at(it.entities, pick), { referenceId: newName() }),
  'another primary entity': (it, pick) => {
    const entity = at(it.entities, pick);
    entity.isPrimary = !entity.isPrimary;
  },
  'a template for another counterparty': (it, pick) =>
    Object.assign(at(it.templates, pick), { counterPartyKind: 'Individual' }),
  'a default value': (it, pick) => Object.assign(at(fieldsAt(it, pick), pick), { defaultValue: newName() }),
  'an obligation of a compound field': (it, pick) =>
    Object.assign(at(fieldsAt(it, pick), pick), { parentRequired: true }),
  'a conditional signatory': (it, pick) =>
    Object.assign(at(at(it.workflows, pick).signatories, pick), {
      conditional: true,
      conditionalRouting: true,
    }),
  'a conditional approval': (it, pick) => {
    for (const { approvals } of at(it.workflows, pick).versions)
      for (const each of approvals) each.conditional = true;
  },
  'an approval by another role': (it, pick) => {
    for (const { approvals } of at(it.workflows, pick).versions)
      for (const each of approvals) each.roleId = at(it.roles, pick).id;
  },
  'a type of a field': (it, pick) => Object.assign(at(fieldsAt(it, pick), pick), { type: 'float' }),
  'a field not required': (it, pick) => {
    const field = at(fieldsAt(it, pick), pick);
    field.required = !field.required;
  },
  'a label': (it, pick) => Object.assign(at(fieldsAt(it, pick), pick), { label: 'Another label' }),
  'a variable': (it, pick) => Object.assign(at(fieldsAt(it, pick), pick), { variable: newName() }),
  'a field less': (it, pick) => fieldsAt(it, pick).shift(),
  'a field more': (it, pick) => fieldsAt(it, pick).push(createField({ variable: newName(), type: 'date' })),
  'a value of an option': (it, pick) => Object.assign(at(optionsAt(it, pick), pick), { value: newName() }),
  'a label of an option': (it, pick) => Object.assign(at(optionsAt(it, pick), pick), { label: 'Another' }),
  'an option less': (it, pick) => optionsAt(it, pick).pop(),
  'an option more': (it, pick) => optionsAt(it, pick).push({ label: newName(), value: newName() }),
  'a role less': (it, pick) => {
    const { id } = at(it.roles, pick);
    it.roles = it.roles.filter((each) => each.id !== id);
    for (const user of it.users) user.roleIds = user.roleIds.filter((each) => each !== id);
    // An approval without a role is a row that could not be read.
    for (const { versions } of it.workflows)
      for (const { approvals } of versions)
        for (const each of approvals) if (each.roleId === id) each.roleId = at(it.roles, pick).id;
  },
  'a role more': (it) => it.roles.push(createRole(it, { name: newName() })),
  'a member inactive': (it) => Object.assign(at(it.users, 0), { active: false }),
  'a member outside the role': (it) => Object.assign(at(it.users, 0), { roleIds: [] }),
  'a member less': (it) => Object.assign(it, { users: it.users.slice(1) }),
  'a flag off': (it) => Object.assign(it.featureFlags, { PUBLIC_ANALYTICS_QUERY_API: false }),
  'a workflow less': (it, pick) => Object.assign(it, { workflows: without(it.workflows, pick) }),
  'a workflow more': (it) =>
    it.workflows.push(createWorkflow(it, { title: newName(), approvals: ['CFO', 'CEO'] })),
  'a workflow unpublished': (it, pick) =>
    Object.assign(there(at(it.workflows, pick).versions.at(-1)), {
      status: 'UNPUBLISHED',
      unpublishedChanges: true,
    }),
  'an approval less': (it, pick) =>
    Object.assign(there(at(it.workflows, pick).versions.at(-1)), { approvals: [] }),
  'a signatory renamed': (it, pick) =>
    Object.assign(at(at(it.workflows, pick).signatories, pick), { name: newName() }),
  'signatories in another order': (it, pick) => {
    for (const each of at(it.workflows, pick).signatories) each.order = 3 - each.order;
  },
  'a signatory of the other party': (it, pick) =>
    Object.assign(at(at(it.workflows, pick).signatories, 0), { party: 'COUNTER_PARTY' }),
};

const anyWays = fc.array(fc.tuple(fc.constantFrom(...Object.keys(ways)), fc.nat(11)), {
  minLength: 1,
  maxLength: 6,
});

function go(workspace: Workspace, steps: [string, number][]): void {
  for (const [way, pick] of steps)
    try {
      ways[way]?.(workspace, pick);
    } catch (error) {
      if (!(error instanceof Error && /is not there/.test(error.message))) throw error;
    }
}

test('no difference is left after the plan is applied', async () => {
  const stand = await startStand({
    log: null,
    prepare: ({ uat, prod }) => [uat, prod].forEach(flatten),
  });
  const [uat, prod] = [structuredClone(stand.uat), structuredClone(stand.prod)];
  const compare = () =>
    stand.core.drift.compare(stand.environment('uat'), stand.environment('prod'), () => {});
  const seen = new Set<string>();
  // These examples see every section, so the last assertion does not depend on chance.
  const changes: [string, number][] = [
    ...Object.keys(ways).map((way): [string, number] => [way, 1]),
    ...Array.from({ length: 12 }, (_, pick): [string, number] => ['a field less', pick]),
  ];
  // The long run makes each change alone, once per side. The short run makes two changes at a time, one per side.
  const every = changes.flatMap((change, index): [[string, number][], [string, number][]][] =>
    long
      ? [
          [[change], []],
          [[], [change]],
        ]
      : [[[change], [at(changes, index + 17)]]],
  );
  await fc.assert(
    fc.asyncProperty(anyWays, anyWays, async (left, right) => {
      named = 0;
      Object.assign(stand.uat, structuredClone(uat));
      Object.assign(stand.prod, structuredClone(prod));
      go(stand.uat, left);
      go(stand.prod, right);
      const found = await compare();
      const steps = planOf(found, 'uat', found.entities);
      for (const { section, action } of steps) seen.add(`${section} ${action}`);
      applyPlan(stand.prod, steps);
      expect(await compare()).toMatchObject({ differences: [], unknown: [] });
    }),
    { numRuns: every.length + runs(10), examples: every, endOnFailure: true },
  );
  for (const section of planSections.filter(
    (each) => !['webhooks', 'entities', 'featureFlags'].includes(each),
  ))
    for (const action of ['create', 'remove']) expect([...seen]).toContain(`${section} ${action}`);
});
