import type { SimWorkflow, SimWorkflowVersion, Workspace } from './model.ts';

type Cell = string | number | boolean | null;
export type Row = Record<string, Cell>;

export interface Table {
  /** All documented columns in the documented order. */
  columns: string[];
  rows: (workspace: Workspace) => Row[];
}

const columns = (list: string): string[] => list.split(/\s+/);

/** The simulated tables of the analytics catalogue, by lower-case name. Columns without data are null. */
export const tables: Record<string, Table> = {
  workflows_setup: {
    columns: columns(
      'workspace_id frozen_workflow_id workflow_id title status created last_published unpublished_changes_present cp_contract_download_permission',
    ),
    rows: (workspace) =>
      versions(workspace).map(({ workflow, version }) => ({
        workspace_id: workspace.workspaceId,
        frozen_workflow_id: version.frozenId,
        workflow_id: workflow.id,
        title: workflow.title,
        status: version.status,
        created: version.created,
        last_published: version.lastPublished,
        unpublished_changes_present: version.unpublishedChanges,
        cp_contract_download_permission: 'ENABLE_PDF_ONLY',
      })),
  },
  approvals_setup: {
    columns: columns(
      'approval_id approval_ver id approval_name approval_order frozen_workflow_id workflow_id workflow_name status type conditional_approval workspace_id role_id skip_approval_restriction download_contract_restriction send_to_cp_restriction',
    ),
    rows: (workspace) =>
      versions(workspace).flatMap(({ workflow, version }) =>
        version.approvals.map((approval) => ({
          approval_id: `APR-${approval.id}`,
          approval_ver: '1',
          id: approval.id,
          approval_name: approval.name,
          approval_order: approval.order,
          frozen_workflow_id: version.frozenId,
          workflow_id: workflow.id,
          workflow_name: workflow.title,
          status: version.status,
          type: 'TEMPLATE_WORKFLOW',
          conditional_approval: approval.conditional,
          workspace_id: workspace.workspaceId,
          role_id: approval.roleId,
          skip_approval_restriction: false,
          download_contract_restriction: false,
          send_to_cp_restriction: true,
        })),
      ),
  },
  // SpotDraft spells this one in the plural, unlike the others.
  signatures_setups: {
    columns: columns(
      'default_signature_id type name sign_order created workspace_id workflow_id conditional_signatory conditional_routing',
    ),
    rows: (workspace) =>
      workspace.workflows.flatMap((workflow) =>
        workflow.signatories.map((signatory) => ({
          default_signature_id: signatory.id,
          type: signatory.party,
          name: signatory.name,
          sign_order: signatory.order,
          created: workflow.versions[0]?.created ?? null,
          workspace_id: workspace.workspaceId,
          workflow_id: workflow.id,
          conditional_signatory: signatory.conditional,
          conditional_routing: signatory.conditionalRouting,
        })),
      ),
  },
  contract_types_setup: {
    columns: columns('workspace_id contract_type_id contract_type'),
    rows: (workspace) =>
      workspace.contractTypes.map((type) => ({
        workspace_id: workspace.workspaceId,
        contract_type_id: type.id,
        contract_type: type.name,
      })),
  },
  users: {
    columns: columns(
      'id last_activity_date invite_accepted first_login_date is_active is_deleted created designation created_by_workspace_id teams seniority_level department app_usage_purposes licensed_user',
    ),
    rows: (workspace) =>
      workspace.users.map((user) => ({
        id: user.id,
        invite_accepted: true,
        is_active: user.active,
        is_deleted: false,
        designation: user.designation ?? null,
        created_by_workspace_id: workspace.workspaceId,
        teams: workspace.roles
          .filter((role) => user.roleIds.includes(role.id))
          .map((role) => role.name)
          .join(','),
        licensed_user: true,
      })),
  },
};

function versions(workspace: Workspace): { workflow: SimWorkflow; version: SimWorkflowVersion }[] {
  return workspace.workflows.flatMap((workflow) =>
    workflow.versions.map((version) => ({ workflow, version })),
  );
}
