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

/** T with only the named properties required. */
export type WithRequired<T, Required extends keyof T> = Pick<T, Required> & {
  [K in keyof T]?: T[K] | undefined;
};

export type FieldSeed = WithRequired<SimField, 'variable'>;
export type MetadataFieldSeed = Partial<Omit<SimMetadataField, 'descriptors' | 'section'>> & {
  descriptors: FieldSeed[];
  /** Fields with the same section name share the section. */
  section?: Partial<SimMetadataField['section']>;
};
/** `entities` holds names and replaces `entityIds`. */
export type ContractTypeSeed = WithRequired<
  Omit<SimContractType, 'intakeForm' | 'metadataFields'>,
  'name'
> & {
  entities?: string[];
  intakeForm?: FieldSeed[] | null;
  metadataFields?: MetadataFieldSeed[];
};
/** `contractType` is a name and replaces `contractTypeId`. */
export type TemplateSeed = WithRequired<Omit<SimTemplate, 'fields'>, 'name'> & {
  contractType?: string;
  fields?: FieldSeed[];
};
/** `roles` holds names and replaces `roleIds`. */
export type UserSeed = WithRequired<SimUser, 'email'> & { roles?: string[] };
/** `approvals` are those of a single version; each is a name or an object. */
export type WorkflowSeed = WithRequired<Omit<SimWorkflow, 'signatories' | 'versions'>, 'title'> & {
  signatories?: WithRequired<SimSignatory, 'party' | 'name'>[];
  versions?: (Partial<Omit<SimWorkflowVersion, 'approvals'>> & { approvals?: ApprovalSeed[] })[];
  approvals?: ApprovalSeed[];
};
/** A name, or an object. `role` is the name of a role and replaces `roleId`. */
type ApprovalSeed = string | (WithRequired<SimApproval, 'name'> & { role?: string });
/** `contractType` is a name and replaces `contractTypeId`. */
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
