import type { Recorded } from './mock-server.ts';

/** A row of a report: one line of `expected` and the line of `actual` beside it. */
interface Row {
  check: string;
  status: string;
  expected: string;
  actual: string;
}

interface Check {
  id: string;
  status: string;
  expected: string;
  actual: string;
}

/** One required item, and the answers in which it has to be. */
interface Required {
  check: string;
  /** Text in `expected` that tells the row of this item. */
  words: string[];
  item: string;
  names: (answers: Recorded[]) => string[] | null;
  /** Names that count for certain, where an answer may also hold old ones. Default: all `names`. */
  certain?: (answers: Recorded[]) => string[];
}

const fold = (name: string): string => name.normalize('NFC').trim().toLowerCase();

const ok = (answers: Recorded[], path: RegExp): Recorded[] =>
  answers.filter(({ path: asked, status }) => path.test(asked) && status === 200);

/** Rows of objects in a body, wherever the document puts them; none when the body has another shape. */
function rowsOf(body: unknown, key: string | null): Record<string, unknown>[] {
  const list = key === null ? body : (body as Record<string, unknown>)[key];
  const rows = Array.isArray(list) ? list : list === body ? [body] : [];
  return rows.filter((row) => typeof row === 'object' && row !== null);
}

const texts = (rows: Record<string, unknown>[], key: string): string[] =>
  rows.map((row) => row[key]).filter((value) => typeof value === 'string');

/** Names of a list; null when it was never answered with 200. */
const listed =
  (path: RegExp, key: string | null, name: string) =>
  (answers: Recorded[]): string[] | null => {
    const found = ok(answers, path);
    return found.length === 0 ? null : found.flatMap(({ body }) => texts(rowsOf(body, key), name));
  };

/** Variables of fields. A column of a repeating field is `parent.column`. */
const variables = (rows: Record<string, unknown>[]): string[] =>
  rows.flatMap(({ variable, attributes }) => [
    String(variable),
    ...texts(rowsOf(attributes, null), 'variable').map((column) =>
      column.startsWith(`${variable}.`) ? column : `${variable}.${column}`,
    ),
  ]);

/** Does what `listed` does for a detail of the item of this name: the answers for each id that the list gives it. */
const detail =
  (
    { list, listKey }: { list: RegExp; listKey: string | null },
    owner: string,
    answerOf: (id: string) => (each: Recorded) => boolean,
    namesIn: (body: unknown) => string[],
  ) =>
  (answers: Recorded[]): string[] | null => {
    const rows = ok(answers, list)
      .flatMap(({ body }) => rowsOf(body, listKey))
      .filter(({ name }) => typeof name === 'string' && fold(name) === fold(owner));
    // An item of exactly this name comes before those whose names only look alike.
    const exact = rows.filter(({ name }) => name === owner);
    const ids = (exact.length > 0 ? exact : rows).map(({ id }) => String(id));
    const found = ids.flatMap((id) => answers.filter((each) => each.status === 200 && answerOf(id)(each)));
    return found.length === 0 ? null : found.flatMap(({ body }) => namesIn(body));
  };

const types = { list: /^\/contract_types\/$/, listKey: null };
const templates = { list: /^\/templates\/$/, listKey: 'items' };
const at = (path: (id: string) => string) => (id: string) => (each: Recorded) => each.path === path(id);

/** Titles of workflows that are not archived, have one version, and belong to this workspace. */
function currentWorkflows(answers: Recorded[], workspaceId: number): string[] {
  const rows = ok(answers, /^\/analytics\/query\/$/).flatMap(({ body }) => rowsOf(body, 'rows'));
  return texts(
    rows.filter(
      (row) =>
        row.workspace_id === workspaceId &&
        row.status !== 'ARCHIVED' &&
        typeof row.workflow_id === 'number' &&
        rows.filter(({ title, workflow_id }) => title !== undefined && workflow_id === row.workflow_id)
          .length === 1,
    ),
    'title',
  );
}

export interface Requirements {
  contractTypes: {
    name: string;
    entities?: string[];
    intakeFields?: { variable: string }[];
    metadataFields?: { variable: string }[];
  }[];
  templates: { name: string; contractType?: string; fields?: { variable: string }[] }[];
  workflows: { title: string }[];
  roles: string[];
  users: { email: string }[];
  featureFlags: string[];
}

/** Every required item of the config, with the answers that decide about it. */
export function requiredItems(
  { contractTypes, templates: wanted, workflows, roles, users }: Requirements,
  workspaceId: number,
): Required[] {
  return [
    ...contractTypes.flatMap(({ name, entities = [], intakeFields = [], metadataFields = [] }) => [
      { check: 'config.contract-types', words: [name], item: name, names: listed(types.list, null, 'name') },
      ...entities.map((item) => ({
        check: 'config.entities',
        words: [name, item],
        item,
        names: detail(
          types,
          name,
          at((id) => `/contract_types/${id}/entities`),
          (body) => texts(rowsOf(body, null), 'entity_name'),
        ),
      })),
      ...intakeFields.map(({ variable }) => ({
        check: 'config.intake-forms',
        words: [name, variable],
        item: variable,
        names: detail(
          types,
          name,
          at((id) => `/contract_types/${id}/intake_form/questionnaire/`),
          (body) => variables(rowsOf(body, null)),
        ),
      })),
      ...metadataFields.map(({ variable }) => ({
        check: 'config.metadata-fields',
        words: [name, variable],
        item: variable,
        names: detail(
          types,
          name,
          (id) => (each) => each.path === '/key_pointers/' && each.query.get('contract_type_id') === id,
          (body) => variables(rowsOf(body, null).flatMap((row) => rowsOf(row.descriptors, null))),
        ),
      })),
    ]),
    ...wanted.flatMap(({ name, fields = [] }) => [
      {
        check: 'config.templates',
        words: [name],
        item: name,
        names: listed(templates.list, 'items', 'name'),
      },
      ...fields.map(({ variable }) => ({
        check: 'config.template-fields',
        words: [name, variable],
        item: variable,
        names: detail(
          templates,
          name,
          at((id) => `/templates/${id}/metadata`),
          (body) => variables(rowsOf(body, 'attributes')),
        ),
      })),
    ]),
    ...workflows.map(({ title }) => ({
      check: 'config.workflows',
      words: [title],
      item: title,
      names: listed(/^\/analytics\/query\/$/, 'rows', 'title'),
      certain: (answers: Recorded[]) => currentWorkflows(answers, workspaceId),
    })),
    ...roles.map((name) => ({
      check: 'routing.roles',
      words: [name],
      item: name,
      names: listed(/^\/auth\/roles\/$/, 'active_roles', 'name'),
    })),
    ...users.map(({ email }) => ({
      check: 'routing.users',
      words: [email],
      item: email,
      names: listed(/^\/auth\/users\/$/, 'results', 'email'),
    })),
  ];
}

const rowsOfCheck = ({ id, status, expected, actual }: Check): Row[] => {
  const found = actual.split('\n');
  return expected
    .split('\n')
    .map((line, index) => ({ check: id, status, expected: line, actual: found[index] ?? found[0] ?? '' }));
};

/** Answers without which a check cannot pass. */
const behind: Record<string, (answers: Recorded[]) => boolean> = {
  'credentials.accepted': (answers) => ok(answers, /^\/(?:webhooks\/hmac_key|contract_types)\/$/).length > 0,
  'credentials.workspace': (answers) => ok(answers, /hmac_key|^\/contracts\/$|analytics/).length > 0,
  'config.feature-flags': (answers) =>
    ok(answers, /feature-flags/).some(({ body }) =>
      Object.values(body as object).some((value) => value === true),
    ),
  ...Object.fromEntries(
    ['convention', 'unique', 'foreign'].map((part) => [
      `external-metadata.${part}`,
      (answers: Recorded[]) =>
        ok(answers, /^\/contracts\/$/).some(({ body }) => rowsOf(body, 'results').length > 0),
    ]),
  ),
};

const MISSING = /^(?:not found|missing|no such|none|nobody|not a member)/i;

/** Passes and "missing" of a report that the answers do not carry, one sentence each; and how many of each were looked at. */
export function compareWithAnswers(
  checks: readonly Check[],
  required: readonly Required[],
  answers: Recorded[],
): { problems: string[]; passes: number; missing: number } {
  const rows = checks.flatMap(rowsOfCheck);
  const result = { problems: [] as string[], passes: 0, missing: 0 };
  for (const { id, status, expected } of checks)
    if (status === 'pass' && behind[id]?.(answers) === false)
      result.problems.push(`${id}: “${expected}” passes, and no answer carries it`);
  for (const { check, words, item, names, certain } of required)
    for (const row of rows.filter(
      (each) => each.check === check && words.every((word) => each.expected.includes(word)),
    )) {
      const found = names(answers);
      const problem = `${check}: “${row.expected}” ${row.status}, “${row.actual}”; answered: ${JSON.stringify(found)}`;
      if (row.status === 'pass') {
        result.passes += 1;
        if (!found?.some((name) => fold(name) === fold(item))) result.problems.push(problem);
      } else if ((row.status === 'fail' || row.status === 'warn') && MISSING.test(row.actual)) {
        result.missing += 1;
        if (!found || (certain?.(answers) ?? found).includes(item)) result.problems.push(problem);
      }
    }
  return result;
}

/** Names of the lists that a comparison has at its top, as an environment answered them; null when it did not. */
export const topLists: Record<string, (answers: Recorded[]) => string[] | null> = {
  contractTypes: listed(types.list, null, 'name'),
  templates: listed(templates.list, 'items', 'name'),
  roles: listed(/^\/auth\/roles\/$/, 'active_roles', 'name'),
};
