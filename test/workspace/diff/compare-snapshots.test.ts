import { expect, test } from 'vitest';
import { comparedLists, patternsThatFitNothing } from '../../../src/config/difference-paths.ts';
import { compareSnapshots } from '../../../src/workspace/diff/compare-snapshots.ts';
import type { Difference, Weight } from '../../../src/workspace/diff/difference.ts';
import { kinds } from '../../../src/workspace/diff/kinds.ts';
import { segment } from '../../../src/workspace/diff/path.ts';
import { isCoverUsed, isRuleUsed, pathsOf } from '../../../src/workspace/diff/unmatched.ts';
import { foldName } from '../../../src/workspace/names.ts';
import type { SnapshotContent, SnapshotField } from '../../../src/workspace/snapshot.ts';
import { there } from '../../environment.ts';
import fc, { runs } from '../../fast-check.ts';
import { anyContent, shuffled, type WholeContent, type Workflows } from './contents.ts';

const compare = (left: SnapshotContent, right: SnapshotContent) =>
  compareSnapshots({ label: 'uat', content: left }, { label: 'prod', content: right });
const nothing = { differences: [], unknown: [] };

test('a configuration has no differences from itself', () => {
  fc.assert(
    fc.property(anyContent, (content) => {
      expect(compare(content, structuredClone(content))).toEqual(nothing);
    }),
  );
});

test('order does not matter', () => {
  fc.assert(
    fc.property(anyContent, anyContent, (left, right) => {
      expect(compare(left, shuffled(left))).toEqual(nothing);
      expect(compare(shuffled(left), shuffled(right))).toEqual(compare(left, right));
    }),
  );
});

/** Values in one case and lists in one order, because the two spellings of a name take turns and are sorted apart. */
const folded = (value: unknown): unknown => {
  if (typeof value === 'string') return foldName(value);
  if (Array.isArray(value)) return sorted(value.map(folded) as object[]);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value).map(([key, each]) => [key, folded(each)]);
};
/** Form of a difference when the sides are swapped; names in paths are folded, because two spellings are possible. */
const mirrored = ({ path, kind, left, right }: Difference) => ({
  path: path.split('/').map(foldName).join('/'),
  kind: { missing: 'extra', extra: 'missing', changed: 'changed' }[kind],
  left: folded(right),
  right: folded(left),
});
const plain = ({ path, kind, left, right }: Difference) => ({
  path: path.split('/').map(foldName).join('/'),
  kind,
  left: folded(left),
  right: folded(right),
});
const isRename = ({ path, kind }: Difference) =>
  kind === 'changed' && /\/(?:name|variable|title|party|value)$/.test(path);
const sorted = (list: object[]) => list.map((each) => JSON.stringify(each)).sort();

test('swapping the sides mirrors every difference and changes nothing else', () => {
  fc.assert(
    fc.property(anyContent, anyContent, (left, right) => {
      const [there_, back] = [compare(left, right), compare(right, left)];
      // References to a renamed item show its left name, which differs when the sides are swapped.
      if (there_.differences.some((each) => /^(?:roles|contractTypes)\/[^/]*\/name$/.test(each.path))) return;
      const others = (list: Difference[]) => list.filter((each) => !isRename(each));
      expect(sorted(others(there_.differences).map(mirrored))).toEqual(
        sorted(others(back.differences).map(plain)),
      );
      // A renamed item has its left name in the path.
      const pairs = (list: Difference[], turn: boolean) =>
        list
          .filter(isRename)
          .map((each) => ({ pair: turn ? [each.right, each.left] : [each.left, each.right] }));
      expect(sorted(pairs(there_.differences, true))).toEqual(sorted(pairs(back.differences, false)));
      expect(there_.unknown.length).toBe(back.unknown.length);
    }),
  );
});

interface Expected {
  path: string;
  kind: Difference['kind'];
  weight: Weight;
}
/** Changes the right side and returns the expected difference; null when this content has nothing to change. */
type Mutation = (content: WholeContent, pick: number) => Expected | null;

const at = <T>(list: T[], pick: number): T => there(list[pick % list.length]);
const drop = <T>(list: T[], item: T): void => void list.splice(list.indexOf(item), 1);
const written = (value: unknown): string =>
  segment(typeof value === 'string' && !readsAsJson(value) ? value : JSON.stringify(value));
const readsAsJson = (text: string): boolean =>
  /^["[{]/.test(text) ||
  ['true', 'false', 'null'].includes(text.toLowerCase()) ||
  !Number.isNaN(Number.parseFloat(text) - Number(text));
/** Longer than any generated name, so that it neither equals nor resembles one. */
const NEW = 'something that nothing else is called';

/** Another name that looks like the old one. */
const nearby = (name: string): string => `${name}\u200b`;

const changed = (path: string, weight: Weight): Expected => ({ path, kind: 'changed', weight });
const missing = (path: string): Expected => ({ path, kind: 'missing', weight: 'breaking' });
const extra = (path: string, weight: Weight = 'risky'): Expected => ({ path, kind: 'extra', weight });

const fieldLists: Record<string, (content: WholeContent, pick: number) => [string, SnapshotField[]]> = {
  templates({ templateFields }, pick) {
    const { template, fields } = at(templateFields, pick);
    return [`templates/${segment(template)}/fields`, fields.known];
  },
  intakeFields({ contractTypeDetails }, pick) {
    const { contractType, intakeFields } = at(contractTypeDetails, pick);
    return [`contractTypes/${segment(contractType)}/intakeFields`, intakeFields.known];
  },
  metadataFields({ contractTypeDetails }, pick) {
    const { contractType, metadataFields } = at(contractTypeDetails, pick);
    return [`contractTypes/${segment(contractType)}/metadataFields`, metadataFields.known];
  },
};

type FieldMutation = (place: string, list: SnapshotField[], pick: number) => Expected | null;
const ofField: Record<string, FieldMutation> = {
  type(place, list, pick) {
    const field = at(list, pick);
    field.type = field.type === 'date' ? 'string' : 'date';
    return changed(`${place}/${segment(field.variable)}/type`, 'breaking');
  },
  required(place, list, pick) {
    const field = at(list, pick);
    field.required = !field.required;
    return changed(`${place}/${segment(field.variable)}/required`, field.required ? 'breaking' : 'risky');
  },
  parentRequired(place, list, pick) {
    const field = at(list, pick);
    field.parentRequired = !field.parentRequired;
    return changed(
      `${place}/${segment(field.variable)}/parentRequired`,
      field.parentRequired ? 'breaking' : 'risky',
    );
  },
  'another default value'(place, list, pick) {
    const field = at(list, pick);
    field.defaultValue = NEW;
    return changed(`${place}/${segment(field.variable)}/defaultValue`, 'risky');
  },
  'no default value any more'(place, list, pick) {
    const field = at(list, pick);
    if (field.defaultValue === null) return null;
    field.defaultValue = null;
    return changed(`${place}/${segment(field.variable)}/defaultValue`, 'breaking');
  },
  label(place, list, pick) {
    const field = at(list, pick);
    field.label = `${field.label} changed`;
    return changed(`${place}/${segment(field.variable)}/label`, 'cosmetic');
  },
  variable(place, list, pick) {
    const field = at(list, pick);
    const was = field.variable;
    field.variable = nearby(was);
    return changed(`${place}/${segment(was)}/variable`, 'breaking');
  },
  'a field less'(place, list, pick) {
    const field = at(list, pick);
    drop(list, field);
    return missing(`${place}/${segment(field.variable)}`);
  },
  'a field more'(place, list, pick) {
    const required = pick % 2 === 0;
    list.push({ variable: NEW, type: 'date', label: null, required, options: [] });
    return extra(`${place}/${NEW}`, required ? 'breaking' : 'risky');
  },
  'the value of an option'(place, list, pick) {
    const field = at(list, pick);
    const option = at(field.options, pick);
    // A blank label tells no option from another.
    const label = foldName(option.label ?? '');
    if (label === '' || field.options.some((each) => each !== option && foldName(each.label ?? '') === label))
      return null;
    const was = option.value;
    option.value = NEW;
    return changed(`${place}/${segment(field.variable)}/options/${written(was)}/value`, 'breaking');
  },
  'the label of an option'(place, list, pick) {
    const field = at(list, pick);
    const option = at(field.options, pick);
    option.label = `${option.label} changed`;
    return changed(`${place}/${segment(field.variable)}/options/${written(option.value)}/label`, 'cosmetic');
  },
  'an option less'(place, list, pick) {
    const field = at(list, pick);
    const option = at(field.options, pick);
    drop(field.options, option);
    return missing(`${place}/${segment(field.variable)}/options/${written(option.value)}`);
  },
  'an option more'(place, list, pick) {
    const field = at(list, pick);
    field.options.push({ value: NEW, label: null });
    return extra(`${place}/${segment(field.variable)}/options/${NEW}`);
  },
};

const workflowAt = ({ workflows }: WholeContent, pick: number): [string, Workflows[number]] => {
  const workflow = at(workflows.known, pick);
  return [`workflows/${segment(workflow.title)}`, workflow];
};

const mutations: Record<string, Mutation> = {
  ...Object.fromEntries(
    Object.entries(fieldLists).flatMap(([list, find]) =>
      Object.entries(ofField).map(([what, change]): [string, Mutation] => [
        `${list}: ${what}`,
        (content, pick) => change(...find(content, pick), pick),
      ]),
    ),
  ),
  'a contract type less'(content, pick) {
    const type = at(content.contractTypes.known, pick);
    drop(content.contractTypes.known, type);
    content.contractTypeDetails = content.contractTypeDetails.filter((each) => each.contractType !== type);
    return missing(`contractTypes/${segment(type)}`);
  },
  'a contract type under another name, which its templates follow'(content, pick) {
    const type = at(content.contractTypes.known, pick);
    const now = nearby(type);
    content.contractTypes.known[content.contractTypes.known.indexOf(type)] = now;
    there(content.contractTypeDetails.find((each) => each.contractType === type)).contractType = now;
    for (const each of content.templates.known) if (each.contractType === type) each.contractType = now;
    return changed(`contractTypes/${segment(type)}/name`, 'breaking');
  },
  'an entity less'(content, pick) {
    const { contractType, entities } = at(content.contractTypeDetails, pick);
    const entity = at(entities.known, pick);
    drop(entities.known, entity);
    return missing(`contractTypes/${segment(contractType)}/entities/${segment(entity)}`);
  },
  'an entity more'(content, pick) {
    const { contractType, entities } = at(content.contractTypeDetails, pick);
    entities.known.push(NEW);
    return extra(`contractTypes/${segment(contractType)}/entities/${NEW}`);
  },
  'a template less'(content, pick) {
    const { name } = at(content.templates.known, pick);
    content.templates.known = content.templates.known.filter((each) => each.name !== name);
    content.templateFields = content.templateFields.filter((each) => each.template !== name);
    content.templateTags = content.templateTags.filter((each) => each.template !== name);
    return missing(`templates/${segment(name)}`);
  },
  'a template more'(content) {
    content.templates.known.push({ name: NEW, contractType: null });
    content.templateFields.push({ template: NEW, counterPartyKind: 'Both', fields: { known: [] } });
    content.templateTags.push({ template: NEW, tags: { known: [] } });
    return extra(`templates/${NEW}`);
  },
  'a template under another name'(content, pick) {
    const template = at(content.templates.known, pick);
    const was = template.name;
    template.name = nearby(was);
    for (const details of [content.templateFields, content.templateTags])
      there(details.find((each) => each.template === was)).template = template.name;
    return changed(`templates/${segment(was)}/name`, 'breaking');
  },
  'a template of another contract type'(content, pick) {
    const template = at(content.templates.known, pick);
    template.contractType = template.contractType === null ? NEW : null;
    return changed(`templates/${segment(template.name)}/contractType`, 'breaking');
  },
  'the status of a workflow'(content, pick) {
    const [place, workflow] = workflowAt(content, pick);
    const was = workflow.status;
    workflow.status = 'ARCHIVED';
    return changed(`${place}/status`, was === 'PUBLISHED' ? 'breaking' : 'risky');
  },
  'changes of a workflow that nobody published'(content, pick) {
    const [place, workflow] = workflowAt(content, pick);
    workflow.unpublishedChanges = !workflow.unpublishedChanges;
    return changed(`${place}/unpublishedChanges`, 'risky');
  },
  'a workflow under another title'(content, pick) {
    const [place, workflow] = workflowAt(content, pick);
    workflow.title = nearby(workflow.title);
    return changed(`${place}/title`, 'breaking');
  },
  'a workflow less'(content, pick) {
    const [place, workflow] = workflowAt(content, pick);
    drop(content.workflows.known, workflow);
    return missing(place);
  },
  'a signatory less'(content, pick) {
    const [place, { signatories }] = workflowAt(content, pick);
    const one = at(signatories, pick);
    drop(signatories, one);
    return missing(`${place}/signatories/${segment(`${one.party} ${one.name}`)}`);
  },
  'the order of a signatory'(content, pick) {
    const [place, { signatories }] = workflowAt(content, pick);
    const one = at(signatories, pick);
    one.order = 9;
    return changed(`${place}/signatories/${segment(`${one.party} ${one.name}`)}/order`, 'risky');
  },
  'the party of a signatory'(content, pick) {
    const [place, { signatories }] = workflowAt(content, pick);
    const one = at(signatories, pick);
    const was = one.party;
    one.party = was === 'CREATOR_PARTY' ? 'COUNTER_PARTY' : 'CREATOR_PARTY';
    return changed(`${place}/signatories/${segment(`${was} ${one.name}`)}/party`, 'breaking');
  },
  'an approval more'(content, pick) {
    const [place, { approvals }] = workflowAt(content, pick);
    approvals.push({ name: NEW, order: 9 });
    return extra(`${place}/approvals/${NEW}`);
  },
  'the order of an approval'(content, pick) {
    const [place, { approvals }] = workflowAt(content, pick);
    const one = at(approvals, pick);
    one.order = 9;
    return changed(`${place}/approvals/${segment(one.name)}/order`, 'risky');
  },
  'the kind of counterparty of a template'({ templateFields }, pick) {
    const one = at(templateFields, pick);
    const narrower = one.counterPartyKind === 'Both';
    one.counterPartyKind = narrower ? 'Individual' : 'Both';
    const path = `templates/${segment(one.template)}/counterPartyKind`;
    return changed(path, narrower ? 'breaking' : 'risky');
  },
  'the reference id of an entity'({ entities }, pick) {
    const one = at(entities.known, pick);
    one.referenceId = NEW;
    return changed(`entities/${segment(one.name)}/referenceId`, 'breaking');
  },
  'the primary entity'({ entities }, pick) {
    const one = at(entities.known, pick);
    one.isPrimary = !one.isPrimary;
    return changed(`entities/${segment(one.name)}/isPrimary`, 'risky');
  },
  'an entity of the workspace less'({ entities }, pick) {
    const one = at(entities.known, pick);
    drop(entities.known, one);
    return missing(`entities/${segment(one.name)}`);
  },
  'the condition of a signatory'(content, pick) {
    const [place, { signatories }] = workflowAt(content, pick);
    const one = at(signatories, pick);
    one.conditional = !one.conditional;
    return changed(`${place}/signatories/${segment(`${one.party} ${one.name}`)}/conditional`, 'risky');
  },
  'the conditional routing of a signatory'(content, pick) {
    const [place, { signatories }] = workflowAt(content, pick);
    const one = at(signatories, pick);
    one.conditionalRouting = !one.conditionalRouting;
    return changed(`${place}/signatories/${segment(`${one.party} ${one.name}`)}/conditionalRouting`, 'risky');
  },
  'the condition of an approval'(content, pick) {
    const [place, { approvals }] = workflowAt(content, pick);
    const one = at(approvals, pick);
    one.conditional = !one.conditional;
    return changed(`${place}/approvals/${segment(one.name)}/conditional`, 'risky');
  },
  'the role of an approval'(content, pick) {
    const [place, { approvals }] = workflowAt(content, pick);
    const one = at(approvals, pick);
    one.role = NEW;
    return changed(`${place}/approvals/${segment(one.name)}/role`, 'risky');
  },
  'a tag less'({ templateTags }, pick) {
    const { template, tags } = at(templateTags, pick);
    const tag = at(tags.known, pick);
    drop(tags.known, tag);
    return { path: `templates/${segment(template)}/tags/${segment(tag)}`, kind: 'missing', weight: 'risky' };
  },
  'a role less'({ roles }, pick) {
    const role = at(roles.known, pick);
    drop(roles.known, role);
    return missing(`roles/${segment(role)}`);
  },
  'a role more'({ roles }) {
    roles.known.push(NEW);
    return extra(`roles/${NEW}`);
  },
  'the spelling of a role'({ roles }, pick) {
    const role = at(roles.known, pick);
    roles.known[roles.known.indexOf(role)] = `${role} `;
    return changed(`roles/${segment(role)}/name`, 'cosmetic');
  },
  'a member who left'({ users }, pick) {
    const one = at(users, pick);
    one.user = { known: null };
    return missing(`users/${segment(one.email)}`);
  },
  'a member who is no longer active'({ users }, pick) {
    const { email, user } = at(users, pick);
    if (!('known' in user) || !user.known) return null;
    user.known.active = !user.known.active;
    return changed(`users/${segment(email)}/active`, user.known.active ? 'risky' : 'breaking');
  },
  'a member outside a role'({ users }, pick) {
    const { email, user } = at(users, pick);
    if (!('known' in user) || !user.known?.roles) return null;
    const role = at(user.known.roles, pick);
    drop(user.known.roles, role);
    return missing(`users/${segment(email)}/roles/${segment(role)}`);
  },
  'a feature flag'({ featureFlags }, pick) {
    const flag = at(Object.keys(featureFlags.known), pick);
    const was = featureFlags.known[flag];
    if (was === null) return null;
    Object.defineProperty(featureFlags.known, flag, { value: !was });
    return changed(`featureFlags/${segment(flag)}`, was ? 'breaking' : 'risky');
  },
  'a feature flag that the answer does not hold'({ featureFlags }, pick) {
    const flag = at(Object.keys(featureFlags.known), pick);
    if (featureFlags.known[flag] === null) return null;
    Object.defineProperty(featureFlags.known, flag, { value: null });
    return missing(`featureFlags/${segment(flag)}`);
  },
  'an activity that the webhook does not announce'(content, pick) {
    const activity = at(content.webhooks, pick);
    drop(content.webhooks, activity);
    return missing(`webhooks/${segment(activity)}`);
  },
};

test.each(Object.keys(mutations))('one difference at its path, with its weight, and no other: %s', (what) => {
  let tried = 0;
  fc.assert(
    fc.property(anyContent, fc.nat(11), (left, pick) => {
      const right = structuredClone(left);
      const expected = mutations[what]?.(right, pick) ?? null;
      if (!expected) return;
      tried += 1;
      const { differences, unknown } = compare(left, right);
      expect(differences.map(({ path, kind, weight }) => ({ path, kind, weight }))).toEqual([expected]);
      expect(unknown).toEqual([]);
      const [difference] = differences;
      if (expected.kind === 'missing') expect(difference?.right).toBeNull();
      if (expected.kind === 'extra') expect(difference?.left).toBeNull();
      if (expected.kind === 'changed') expect(difference?.left).not.toEqual(difference?.right);
    }),
    { numRuns: runs(25), endOnFailure: true },
  );
  expect(tried).toBeGreaterThan(2);
});

test('every difference has a path that covers and drift.ignore accept, and that matches what was read', () => {
  const names = (lists: Record<string, { values: object; lists: object }>): unknown =>
    Object.fromEntries(
      Object.entries(lists).map(([name, { values, lists: below }]) => [
        name,
        [
          (Array.isArray(values) ? values : Object.keys(values)).filter((value) => value !== '').sort(),
          names(below as typeof lists),
        ],
      ]),
    );
  expect(names(comparedLists)).toEqual(names(kinds));
  let compared = 0;
  fc.assert(
    fc.property(anyContent, anyContent, (left, right) => {
      const sides = [left, right].map((content) => pathsOf(content));
      const { differences } = compareSnapshots({ label: 'a', content: left }, { label: 'b', content: right });
      const problems = patternsThatFitNothing(
        {
          drift: { ignore: differences.map(({ path }) => ({ path })) },
          signOffs: [{ covers: differences.map(({ path }) => path) }],
        },
        (path, { wrong }) => ({
          place: '',
          path: path.join('.'),
          wrong,
          value: null,
          allowed: '',
          remedy: '',
        }),
      );
      expect(problems).toEqual([]);
      for (const { path } of differences)
        expect([path, sides.some((side) => isCoverUsed(path, side) && isRuleUsed(path, side))]).toEqual([
          path,
          true,
        ]);
      compared += differences.length;
    }),
    { numRuns: runs(20) },
  );
  expect(compared).toBeGreaterThan(50);
});

test.each([
  ['templates/Nobody', false],
  ['templates/*/fields/nothing', false],
  ['roles/Role of *', false],
  ['templates', true],
  ['templates/*', true],
  ['workflows/*/approvals/whatever', true],
])('the pattern %s matches a reading without workflows: %s', (pattern, isUsed) => {
  const content = { version: 1, templates: { known: [] }, roles: { known: ['Legal'] } };
  const paths = pathsOf({
    ...content,
    templates: { known: [{ name: 'NDA', contractType: null }] },
    templateFields: [{ template: 'NDA', fields: { known: [] }, counterPartyKind: 'Both' }],
  } as never);
  expect([isCoverUsed(pattern, paths), isRuleUsed(pattern, paths)]).toEqual([isUsed, isUsed]);
});
