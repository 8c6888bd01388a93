import type { AnalyticsRow } from '../spotdraft/schemas.ts';
import { flagIn, idIn, numberIn, textIn, timeIn } from './analytics-cells.ts';
import type { Approval, Signatory, Workflow } from './facts.ts';
import { foldName } from './names.ts';

/** A row of an analytics table; not certain when it may belong to another workspace. */
export interface PlacedRow {
  row: AnalyticsRow;
  certain: boolean;
}

export interface SetupTables {
  versions: PlacedRow[];
  signatures: PlacedRow[];
  approvals: PlacedRow[];
}

/** The newest version of each workflow, with its signatories (joined by workflow) and approvals (joined by version). */
export function joinWorkflows({ versions, signatures, approvals }: SetupTables): Workflow[] {
  const bySignature = joiner(signatures, 'workflow_id', versions);
  const byApproval = joiner(approvals, 'frozen_workflow_id', versions);
  return versionsByWorkflow(versions).map((group): Workflow => {
    const { newest, doubt } = newestOf(group);
    const workflowId = idIn(newest.workflow_id);
    const signs = bySignature(workflowId);
    const approves = byApproval(idIn(newest.frozen_workflow_id));
    // An approval without a version may still name another workflow.
    const unplaced = approves.unplaced.filter(
      (row) => workflowId === null || [null, workflowId].includes(idIn(row.workflow_id)),
    );
    return {
      title: textIn(newest.title),
      status: statusIn(newest),
      unpublishedChanges: flagIn(newest.unpublished_changes_present),
      doubt,
      signatories: signs.own.map(signatory),
      approvals: approves.own.map(approval),
      unplaced: { signatories: signs.unplaced.map(signatory), approvals: unplaced.map(approval) },
    };
  });
}

const signatory = (row: AnalyticsRow): Signatory => ({
  party: textIn(row.type),
  name: textIn(row.name),
  order: numberIn(row.sign_order),
  conditional: flagIn(row.conditional_signatory),
  conditionalRouting: flagIn(row.conditional_routing),
});

const approval = (row: AnalyticsRow): Approval => {
  const roleId = idIn(row.role_id);
  return {
    name: textIn(row.approval_name),
    order: numberIn(row.approval_order),
    conditional: flagIn(row.conditional_approval),
    role: roleId === null ? null : { id: roleId, name: null },
  };
};

interface Joined {
  /** Rows that certainly belong to the id. */
  own: AnalyticsRow[];
  /** Rows that may belong to it, because an id is empty. */
  unplaced: AnalyticsRow[];
}

/** Joins rows with versions by a column. A row that joins with the id of another version never belongs to an empty id. */
function joiner(rows: PlacedRow[], column: string, versions: PlacedRow[]): (id: string | null) => Joined {
  const byId = Map.groupBy(rows, ({ row }) => idIn(row[column]));
  const taken = new Set(versions.map(({ row }) => idIn(row[column])));
  const rowsOf = (list: PlacedRow[] = []) => list.map(({ row }) => row);
  const withoutId = rowsOf(byId.get(null));
  const orphans = [...byId].flatMap(([id, list]) => (id === null || taken.has(id) ? [] : rowsOf(list)));
  return (id) => {
    if (id === null) return { own: [], unplaced: [...withoutId, ...orphans] };
    const [own = [], uncertain = []] = [true, false].map((certain) =>
      rowsOf(byId.get(id)?.filter((each) => each.certain === certain)),
    );
    return { own, unplaced: [...uncertain, ...withoutId] };
  };
}

/** Groups rows by workflow id. Rows without an id are of no certain workflow: they go to the one that has their title. */
function versionsByWorkflow(versions: PlacedRow[]): PlacedRow[][] {
  const [withId = [], withoutId = []] = [true, false].map((has) =>
    versions.filter(({ row }) => (idIn(row.workflow_id) !== null) === has),
  );
  const groups = [...Map.groupBy(withId, ({ row }) => idIn(row.workflow_id)).values()];
  const nameless = withoutId.filter(({ row }) => textIn(row.title) === null).map((version) => [version]);
  for (const rows of Map.groupBy(withoutId, titleKey).values()) {
    if (titleKey(rows[0]) === null) continue;
    const homes = groups.filter((group) => group.some((version) => titleKey(version) === titleKey(rows[0])));
    const [home] = homes;
    const uncertain = rows.map((version) => ({ ...version, certain: false }));
    if (home && homes.length === 1) home.push(...uncertain);
    else groups.push(rows.length > 1 ? uncertain : rows);
  }
  return [...groups, ...nameless];
}

function titleKey(version: PlacedRow | undefined): string | null {
  const title = textIn(version?.row.title);
  return title === null ? null : foldName(title);
}

function newestOf(versions: PlacedRow[]): { newest: AnalyticsRow; doubt: string | null } {
  const newest = versions.find((one) =>
    versions.every((other) => one === other || (isNewer(one.row, other.row) ?? false)),
  );
  const [first] = versions;
  if (!first) throw new Error('a workflow has at least one version');
  if (!newest)
    return {
      newest: first.row,
      doubt: `the newest of its ${versions.length} versions is unknown, because last_published, created or frozen_workflow_id is empty or contradicts another`,
    };
  const emptyColumn = idIn(newest.row.workspace_id) === null ? 'workspace_id' : 'workflow_id';
  return {
    newest: newest.row,
    doubt: newest.certain
      ? null
      : `its row in workflows_setup has no ${emptyColumn}, so it may belong to another ${emptyColumn === 'workspace_id' ? 'workspace' : 'workflow'}`,
  };
}

/**
 * Compares by publication and creation; of equal times the id decides. A version that was never published is older than a
 * published one, unless its status says that it was published: then only its time is missing. null when a column that would
 * decide is empty, or the two times contradict each other.
 */
function isNewer(one: AnalyticsRow, other: AnalyticsRow): boolean | null {
  const [published, otherPublished] = [timeIn(one.last_published), timeIn(other.last_published)];
  const [created, otherCreated] = [timeIn(one.created), timeIn(other.created)];
  const byCreation = created === null || otherCreated === null ? null : Math.sign(created - otherCreated);
  if (published !== null && otherPublished !== null) {
    const byPublication = Math.sign(published - otherPublished);
    if (byPublication !== 0) return byPublication === -(byCreation ?? 0) ? null : byPublication > 0;
    if (byCreation === 0) return hasHigherId(one, other);
  }
  if (byCreation === null) return null;
  if (published === null && otherPublished !== null && isUnpublished(one)) return false;
  if (otherPublished === null && published !== null && isUnpublished(other)) return true;
  return byCreation === 0 ? null : byCreation > 0;
}

function hasHigherId(one: AnalyticsRow, other: AnalyticsRow): boolean | null {
  const [id, otherId] = [idIn(one.frozen_workflow_id), idIn(other.frozen_workflow_id)];
  return id === null || otherId === null || id === otherId ? null : BigInt(id) > BigInt(otherId);
}

/** PUBLISHED, UNPUBLISHED or ARCHIVED, in whatever letter case the row has it. */
const statusIn = (row: AnalyticsRow): string | null => textIn(row.status)?.trim().toUpperCase() ?? null;

const isUnpublished = (row: AnalyticsRow): boolean => statusIn(row) === 'UNPUBLISHED';
