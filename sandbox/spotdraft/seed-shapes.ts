import type {
  SimApproval,
  SimContract,
  SimContractType,
  SimEntity,
  SimField,
  SimMetadataField,
  SimRole,
  SimSignatory,
  SimTemplate,
  SimUser,
  SimWorkflow,
  SimWorkflowVersion,
  Workspace,
} from './model.ts';

/** Everything but what is named may be left out. */
export type With<T, Required extends keyof T> = Pick<T, Required> & { [K in keyof T]?: T[K] | undefined };

export type FieldSeed = With<SimField, 'variable'>;
export type MetadataFieldSeed = Partial<Omit<SimMetadataField, 'descriptors' | 'section'>> & {
  descriptors: FieldSeed[];
  /** Fields with the same section name share the section. */
  section?: Partial<SimMetadataField['section']>;
};
/** `entities`: names, instead of `entityIds`. */
export type ContractTypeSeed = With<Omit<SimContractType, 'intakeForm' | 'metadataFields'>, 'name'> & {
  entities?: string[];
  intakeForm?: FieldSeed[] | null;
  metadataFields?: MetadataFieldSeed[];
};
/** `contractType`: its name, instead of `contractTypeId`. */
export type TemplateSeed = With<Omit<SimTemplate, 'fields'>, 'name'> & {
  contractType?: string;
  fields?: FieldSeed[];
};
/** `roles`: names, instead of `roleIds`. */
export type UserSeed = With<SimUser, 'email'> & { roles?: string[] };
/** `approvals`: of the newest version; each a name or more. */
export type WorkflowSeed = With<Omit<SimWorkflow, 'signatories' | 'versions'>, 'title'> & {
  signatories?: With<SimSignatory, 'party' | 'name'>[];
  versions?: (Partial<Omit<SimWorkflowVersion, 'approvals'>> & { approvals?: ApprovalSeed[] })[];
  approvals?: ApprovalSeed[];
};
type ApprovalSeed = string | With<SimApproval, 'name'>;
/** `contractType`: its name, instead of `contractTypeId`. */
export type ContractSeed = Partial<SimContract> & { contractType?: string };

type Scalars = Omit<
  Workspace,
  'key' | 'contractTypes' | 'templates' | 'entities' | 'roles' | 'users' | 'workflows' | 'contracts'
>;
export interface WorkspaceSeed extends Partial<Scalars> {
  key: string;
  contractTypes?: ContractTypeSeed[];
  templates?: TemplateSeed[];
  entities?: With<SimEntity, 'name'>[];
  roles?: With<SimRole, 'name'>[];
  users?: UserSeed[];
  workflows?: WorkflowSeed[];
  contracts?: ContractSeed[];
}
