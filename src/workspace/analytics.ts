import type { SpotDraftReader } from '../spotdraft/client.ts';
import { type Fact, known, type Source, unknown } from '../spotdraft/fact.ts';
import type { AnalyticsRow } from '../spotdraft/schemas.ts';
import { canonicalJson } from '../text/canonical-json.ts';
import { idIn } from './analytics-cells.ts';
import type { Workflow } from './facts.ts';
import { joinWorkflows, type PlacedRow } from './join-workflows.ts';

/** A page has at most 5,000 rows as documented. No workspace has more pages than this. */
const MAX_PAGES = 50;
const PAGE_ROWS = 5_000;

interface Table {
  name: string;
  columns: string[];
  /** INT64 column that orders the rows, so that a truncated answer can be continued. */
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
    columns: [
      'default_signature_id',
      'workspace_id',
      'workflow_id',
      'type',
      'name',
      'sign_order',
      'conditional_signatory',
      'conditional_routing',
    ],
    key: 'default_signature_id',
  },
  approvals: {
    name: 'approvals_setup',
    columns: [
      'id',
      'workspace_id',
      'workflow_id',
      'frozen_workflow_id',
      'approval_name',
      'approval_order',
      'conditional_approval',
      'role_id',
    ],
    key: 'id',
  },
} satisfies Record<string, Table>;

/**
 * Reads a table to its end. A page that is not the last is continued after the last key but one, because rows that share
 * the last key may have been cut; what comes twice is dropped. Keys that do not ascend cannot be continued.
 */
async function readTable(client: SpotDraftReader, table: Table): Promise<Fact<AnalyticsRow[]>> {
  const rows = new Map<string, AnalyticsRow>();
  const sources: Source[] = [];
  let after: bigint | null = null;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const where = after === null ? '' : ` WHERE ${table.key} > ${after}`;
    const query = `SELECT ${table.columns.join(', ')} FROM ${table.name}${where} ORDER BY ${table.key} LIMIT ${PAGE_ROWS}`;
    const fact = await client.read('analytics', { query });
    if (!fact.known) return { ...fact, sources: [...sources, ...fact.sources] };
    sources.push(...fact.sources);
    for (const row of fact.value.rows) rows.set(canonicalJson(row), row);
    // Our LIMIT can hide the truncation that the server's limit of the same size would report.
    if (!fact.value.truncated && fact.value.rows.length < PAGE_ROWS)
      return known([...rows.values()], sources);
    const next = lastWholeKey(fact.value.rows.map((row) => idIn(row[table.key])));
    if (next === null || (after !== null && next <= after)) break;
    after = next;
  }
  return unknown(
    'incomplete',
    `the end of ${table.name} was not reached: its rows cannot be continued by ${table.key}`,
    sources,
  );
}

/** The key after which to continue: the last but one, or the only row's. null when the keys do not ascend, nulls first. */
function lastWholeKey(keys: readonly (string | null)[]): bigint | null {
  const present = keys.slice(keys.lastIndexOf(null) + 1).map((key) => BigInt(key ?? 0));
  const nulls = keys.length - present.length;
  const ascends =
    keys.slice(0, nulls).every((key) => key === null) &&
    present.every((key, index) => index === 0 || (present[index - 1] ?? key) <= key);
  const last = present.at(-1);
  if (!ascends || last === undefined) return null;
  if (keys.length === 1) return last;
  return present.findLast((key) => key < last) ?? null;
}

export interface WorkflowReading {
  workflows: Fact<Workflow[]>;
  /**
   * Workspace ids of the rows: SpotDraft does not document that the tables hold only the caller's workspace, and rows of
   * several workspaces cannot be separated without its id.
   */
  workspaceIds: Fact<string[]>;
}

/** Workflows from the three setup tables. Rows of another workspace do not count. */
export async function readWorkflows(
  client: SpotDraftReader,
  workspaceId: number | null,
): Promise<WorkflowReading> {
  const versions = await readTable(client, tables.workflows);
  // When the first query is refused, the other two would be too.
  if (!versions.known) return { workflows: versions, workspaceIds: versions };
  const [signatures, approvals] = await Promise.all([
    readTable(client, tables.signatures),
    readTable(client, tables.approvals),
  ]);
  const read = [versions, signatures, approvals].flatMap((fact) => (fact.known ? [fact.value] : []));
  const ids = distinctIds(read.flat());
  const workspaceIds = known(ids, versions.sources);
  if (!signatures.known) return { workflows: signatures, workspaceIds };
  if (!approvals.known) return { workflows: approvals, workspaceIds };
  const sources = [...versions.sources, ...signatures.sources, ...approvals.sources];
  const own = workspaceId === null ? (ids.length === 1 ? ids[0] : null) : String(workspaceId);
  const cannotTell = (reason: string) => ({
    workflows: unknown('other_workspaces', reason, sources),
    workspaceIds,
  });
  if (ids.length > 1 && workspaceId === null)
    return cannotTell(
      `the analytics tables hold rows of ${ids.length} workspaces (${ids.join(', ')}) and the config sets no workspaceId`,
    );
  /** Leaves out rows of other workspaces. A row without an id is certain only when no row has one. */
  const place = (rows: AnalyticsRow[]): PlacedRow[] =>
    rows
      .map((row) => ({ row, id: idIn(row.workspace_id) }))
      .filter(({ id }) => id === null || id === own)
      .map(({ row, id }) => ({ row, certain: id !== null || ids.length === 0 }));
  const placed = place(versions.value);
  if (placed.length === 0 && versions.value.length > 0)
    return cannotTell(
      `workflows_setup holds rows of workspace ${distinctIds(versions.value).join(', ')} only, and none of the configured workspace ${own}`,
    );
  const workflows = joinWorkflows({
    versions: placed,
    signatures: place(signatures.value),
    approvals: place(approvals.value),
  });
  return { workflows: known(workflows, sources), workspaceIds };
}

const distinctIds = (rows: AnalyticsRow[]): string[] => [
  ...new Set(rows.map((row) => idIn(row.workspace_id)).filter((id) => id !== null)),
];
