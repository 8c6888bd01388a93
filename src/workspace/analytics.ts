import { z } from 'zod';
import type { SpotDraftReader } from '../spotdraft/client.ts';
import { type Fact, known, type Source, unknown } from '../spotdraft/fact.ts';
import type { AnalyticsRow } from '../spotdraft/schemas.ts';
import type { Workflow } from './facts.ts';

/** A page has at most 5,000 rows as documented. No workspace has more pages than this. */
const MAX_PAGES = 50;

interface Table {
  name: string;
  columns: string[];
  /** Integer column that orders the rows, so that a truncated answer can be continued after its last row. */
  key: string;
}

const tables = {
  workflows: {
    name: 'workflows_setup',
    columns: [
      'workspace_id',
      'frozen_workflow_id',
      'workflow_id',
      'title',
      'status',
      'created',
      'last_published',
      'unpublished_changes_present',
    ],
    key: 'frozen_workflow_id',
  },
  // The name is plural, unlike those of the other tables.
  signatures: {
    name: 'signatures_setups',
    columns: ['default_signature_id', 'workspace_id', 'workflow_id', 'type', 'name', 'sign_order'],
    key: 'default_signature_id',
  },
  approvals: {
    name: 'approvals_setup',
    columns: ['id', 'workspace_id', 'frozen_workflow_id', 'approval_name', 'approval_order'],
    key: 'id',
  },
} satisfies Record<string, Table>;

async function readTable(client: SpotDraftReader, table: Table): Promise<Fact<AnalyticsRow[]>> {
  const rows: AnalyticsRow[] = [];
  const sources: Source[] = [];
  let where = '';
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query = `SELECT ${table.columns.join(', ')} FROM ${table.name}${where} ORDER BY ${table.key} LIMIT 5000`;
    const fact = await client.read('analytics', { query });
    if (!fact.known) return { ...fact, sources: [...sources, ...fact.sources] };
    sources.push(...fact.sources);
    rows.push(...fact.value.rows);
    // Our LIMIT can hide the truncation that the server's limit of the same size would report.
    if (!fact.value.truncated && fact.value.rows.length < 5000) return known(rows, sources);
    const last = rows.at(-1)?.[table.key];
    if (typeof last !== 'number') break;
    where = ` WHERE ${table.key} > ${last}`;
  }
  return unknown('incomplete', `the end of ${table.name} was not reached`, sources);
}

const text = z.string().nullable().catch(null);
const integer = z.number().nullable().catch(null);
const flag = z.boolean().nullable().catch(null);

/**
 * Workflows from the three setup tables: the newest version of each, with its signatories (joined by workflow) and
 * approvals (joined by version). Returns the workspace ids of the rows too: SpotDraft does not document that the tables hold
 * only the caller's workspace, and rows of several workspaces cannot be told apart without its id.
 */
export async function readWorkflows(
  client: SpotDraftReader,
  workspaceId: number | null,
): Promise<{ workflows: Fact<Workflow[]>; workspaceIds: Fact<number[]> }> {
  const versions = await readTable(client, tables.workflows);
  // When the first query is refused, the other two would be too.
  if (!versions.known) return { workflows: versions, workspaceIds: versions };
  const [signatures, approvals] = await Promise.all([
    readTable(client, tables.signatures),
    readTable(client, tables.approvals),
  ]);
  const ids = [...new Set(versions.value.map((row) => integer.parse(row.workspace_id)))].filter(
    (id) => id !== null,
  );
  const workspaceIds = known(ids, versions.sources);
  if (!signatures.known) return { workflows: signatures, workspaceIds };
  if (!approvals.known) return { workflows: approvals, workspaceIds };
  const sources = [...versions.sources, ...signatures.sources, ...approvals.sources];
  if (ids.length > 1 && workspaceId === null) {
    const reason = `the analytics tables hold rows of ${ids.length} workspaces (${ids.join(', ')}) and the config sets no workspaceId`;
    return { workflows: unknown('shape', reason, sources), workspaceIds };
  }
  const own = (row: AnalyticsRow) =>
    ids.length < 2 || integer.parse(row.workspace_id) === null || row.workspace_id === workspaceId;
  const workflows = joinWorkflows(
    versions.value.filter(own),
    signatures.value.filter(own),
    approvals.value.filter(own),
  );
  return { workflows: known(workflows, sources), workspaceIds };
}

function joinWorkflows(
  versions: AnalyticsRow[],
  signatures: AnalyticsRow[],
  approvals: AnalyticsRow[],
): Workflow[] {
  return newestVersions(versions).map((version) => ({
    title: text.parse(version.title) ?? '',
    status: text.parse(version.status),
    unpublishedChanges: flag.parse(version.unpublished_changes_present),
    signatories: signatures
      .filter((row) => row.workflow_id === version.workflow_id)
      .map((row) => ({
        party: text.parse(row.type) ?? '',
        name: text.parse(row.name) ?? '',
        order: integer.parse(row.sign_order),
      })),
    approvals: approvals
      .filter((row) => row.frozen_workflow_id === version.frozen_workflow_id)
      .map((row) => ({
        name: text.parse(row.approval_name) ?? '',
        order: integer.parse(row.approval_order),
      })),
  }));
}

/** One row per frozen version: the newest by publication, else by creation, else by id. */
function newestVersions(rows: AnalyticsRow[]): AnalyticsRow[] {
  const newest = new Map<unknown, AnalyticsRow>();
  for (const row of rows) {
    const other = newest.get(row.workflow_id);
    if (!other || compareVersions(row, other) > 0) newest.set(row.workflow_id, row);
  }
  return [...newest.values()];
}

function compareVersions(left: AnalyticsRow, right: AnalyticsRow): number {
  for (const column of ['last_published', 'created']) {
    const difference = time(left[column]) - time(right[column]);
    if (difference !== 0) return difference;
  }
  return (integer.parse(left.frozen_workflow_id) ?? 0) - (integer.parse(right.frozen_workflow_id) ?? 0);
}

const time = (value: unknown): number => Date.parse(String(value)) || 0;
