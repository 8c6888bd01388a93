import type { SimField, SimWorkflow, Workspace } from '../../spotdraft/workspace.ts';

/** One row of the comparison. A side is null when the item is missing there. */
export interface Row {
  name: string;
  /** 1 for a part of the item above. */
  depth: 0 | 1;
  uat: string | null;
  prod: string | null;
  /** True when the row deserves attention. */
  suspicious: boolean;
}

export interface RowGroup {
  title: string;
  rows: Row[];
}

/** Compares both workspaces, item by item, by name. */
export function comparison(uat: Workspace, prod: Workspace): RowGroup[] {
  const both = (read: (workspace: Workspace) => Entry[]) => paired(read(uat), read(prod));
  return [
    { title: 'Contract types', rows: both(contractTypes) },
    { title: 'Templates', rows: both(templates) },
    { title: 'Workflows', rows: both(workflows) },
    { title: 'Users', rows: both(users) },
    { title: 'Webhooks', rows: webhookRows(uat, prod) },
  ];
}

interface Entry {
  name: string;
  value: string;
  parts: { name: string; value: string }[];
}

function paired(uat: Entry[], prod: Entry[]): Row[] {
  return namesOf(uat, prod).flatMap((name) => {
    const [left, right] = [uat, prod].map((list) => list.find((entry) => entry.name === name));
    const parts = namesOf(left?.parts ?? [], right?.parts ?? []).map((part) => {
      const [inUat, inProd] = [left, right].map((entry) => entry?.parts.find((each) => each.name === part));
      // When the whole item is missing, its parts are not marked one by one.
      return row(
        part,
        1,
        inUat?.value ?? null,
        inProd?.value ?? null,
        left !== undefined && right !== undefined,
      );
    });
    return [row(name, 0, left?.value ?? null, right?.value ?? null, true), ...parts];
  });
}

const row = (name: string, depth: 0 | 1, uat: string | null, prod: string | null, judged: boolean): Row => ({
  name,
  depth,
  uat,
  prod,
  suspicious: judged && uat !== prod,
});

const namesOf = (left: { name: string }[], right: { name: string }[]): string[] => [
  ...new Set([...left, ...right].map(({ name }) => name)),
];

const fieldParts = (fields: SimField[]): Entry['parts'] =>
  fields.map(({ variable, type, required, options = [] }) => ({
    name: variable,
    value: [
      type,
      ...(required ? ['required'] : []),
      ...options.map(({ label, value }) => (label === value ? label : `${label} = ${value}`)),
    ].join(', '),
  }));

const contractTypes = ({ contractTypes: types, entities }: Workspace): Entry[] =>
  types.map(({ name, intakeForm, metadataFields, entityIds }) => ({
    name,
    value: entities
      .filter(({ id }) => entityIds.includes(id))
      .map((entity) => entity.name)
      .join(', '),
    parts: [
      ...fieldParts(intakeForm ?? []),
      ...fieldParts(metadataFields.flatMap(({ descriptors }) => descriptors)).map(
        ({ name: variable, value }) => ({
          name: `${variable} (metadata)`,
          value,
        }),
      ),
    ],
  }));

const templates = ({ templates: all, contractTypes: types }: Workspace): Entry[] =>
  all.map(({ name, state, contractTypeId, fields }) => ({
    name,
    value: `${state}, ${types.find(({ id }) => id === contractTypeId)?.name ?? 'no contract type'}`,
    parts: fieldParts(fields),
  }));

const workflows = ({ workflows: all }: Workspace): Entry[] =>
  all.map((workflow) => ({ name: workflow.title, value: workflowState(workflow), parts: [] }));

function workflowState({ versions, signatories }: SimWorkflow): string {
  const newest = versions.at(-1);
  if (!newest) return 'no version';
  const names = [...newest.approvals, ...signatories].map(({ name }) => name).join(', ');
  return `${newest.unpublishedChanges ? 'unpublished changes' : newest.status.toLowerCase()}; ${names}`;
}

const users = ({ users: all, roles }: Workspace): Entry[] =>
  all.map(({ email, active, roleIds }) => {
    const names = roles.filter(({ id }) => roleIds.includes(id)).map(({ name }) => name);
    return { name: email, value: [active ? 'active' : 'inactive', ...names].join(', '), parts: [] };
  });

/** For webhooks, the same URL on both sides is the mistake. */
function webhookRows(uat: Workspace, prod: Workspace): Row[] {
  const shown = ({ webhooks }: Workspace, title: string) => webhooks.find((each) => each.title === title);
  const titles = [...new Set([...uat.webhooks, ...prod.webhooks].map(({ title }) => title))];
  return titles.map((title) => {
    const [left, right] = [shown(uat, title), shown(prod, title)];
    const text = (webhook: typeof left) =>
      webhook ? `${webhook.url} (${webhook.status.toLowerCase().replaceAll('_', ' ')})` : null;
    const disabled = [left, right].some((webhook) => webhook && webhook.status !== 'ACTIVE');
    return {
      name: title,
      depth: 0,
      uat: text(left),
      prod: text(right),
      suspicious: disabled || (left !== undefined && left.url === right?.url),
    };
  });
}
