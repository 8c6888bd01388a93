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
export type WithRequired<T, Required extends keyof T> = Pick<T, Required> & {
  [K in keyof T]?: T[K] | undefined;
};

export type FieldSeed = WithRequired<SimField, 'variable'>;
export type MetadataFieldSeed = Partial<Omit<SimMetadataField, 'descriptors' | 'section'>> & {
  descriptors: FieldSeed[];
  /** Fields with the same section name share the section. */
  section?: Partial<SimMetadataField['section']>;
};
/** `entities`: names, instead of `entityIds`. */
export type ContractTypeSeed = WithRequired<
  Omit<SimContractType, 'intakeForm' | 'metadataFields'>,
  'name'
> & {
  entities?: string[];
  intakeForm?: FieldSeed[] | null;
  metadataFields?: MetadataFieldSeed[];
};
/** `contractType`: its name, instead of `contractTypeId`. */
export type TemplateSeed = WithRequired<Omit<SimTemplate, 'fields'>, 'name'> & {
  contractType?: string;
  fields?: FieldSeed[];
};
/** `roles`: names, instead of `roleIds`. */
export type UserSeed = WithRequired<SimUser, 'email'> & { roles?: string[] };
/** `approvals`: of the newest version; each a name or more. */
export type WorkflowSeed = WithRequired<Omit<SimWorkflow, 'signatories' | 'versions'>, 'title'> & {
  signatories?: WithRequired<SimSignatory, 'party' | 'name'>[];
  versions?: (Partial<Omit<SimWorkflowVersion, 'approvals'>> & { approvals?: ApprovalSeed[] })[];
  approvals?: ApprovalSeed[];
};
type ApprovalSeed = string | WithRequired<SimApproval, 'name'>;
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
  entities?: WithRequired<SimEntity, 'name'>[];
  roles?: WithRequired<SimRole, 'name'>[];
  users?: UserSeed[];
  workflows?: WorkflowSeed[];
  contracts?: ContractSeed[];
}
