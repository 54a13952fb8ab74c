import type { Backend, Plan, PlannedChange, PlanValue } from '#plan/core';

/** What a session policy needs to know of one planned change. */
export interface PlannedAction {
  readonly address: string;
  readonly type: string;
  readonly mode: PlannedChange['mode'];
  /** `registry.terraform.io/hashicorp/aws` */
  readonly provider: string;
  readonly action: PlannedChange['action'];
  /** Of the object as it is now; absent where the plan does not tell. */
  readonly arn?: string;
}

/** Where Terraform keeps the stack's state; only S3 needs permissions of the session. */
export interface StateStore {
  readonly bucket: string;
  /** The object's whole key, workspace included. */
  readonly key: string;
  readonly region?: string;
  /** The lock table; absent where S3 itself locks. */
  readonly table?: string;
}

export const plannedActions = (plan: Pick<Plan, 'changes'>): readonly PlannedAction[] =>
  plan.changes.map(({ address, type, mode, provider, action, before }) => {
    const arn = before instanceof Map ? before.get('arn') : undefined;
    return { address, type, mode, provider, action, ...(typeof arn === 'string' && { arn }) };
  });

/** `undefined` for other backends. https://developer.hashicorp.com/terraform/language/backend/s3 */
export function stateStoreOf(backend: Backend | undefined): StateStore | undefined {
  if (backend?.type !== 's3' || !(backend.config instanceof Map)) return;
  const bucket = textOf(backend.config.get('bucket'));
  const key = textOf(backend.config.get('key'));
  if (bucket === undefined || key === undefined) return;
  const region = textOf(backend.config.get('region'));
  const table = textOf(backend.config.get('dynamodb_table'));
  const prefix = textOf(backend.config.get('workspace_key_prefix')) ?? 'env:';
  const inWorkspace = backend.workspace === '' || backend.workspace === 'default';
  return {
    bucket,
    key: inWorkspace ? key : `${prefix}/${backend.workspace}/${key}`,
    ...(region !== undefined && { region }),
    ...(table !== undefined && { table }),
  };
}

const textOf = (value: PlanValue | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** Whether the change takes an object out of the world. */
export const destroys = ({ mode, action }: PlannedAction): boolean =>
  mode === 'managed' && (action === 'delete' || action === 'replace');

/** Whether applying the change calls AWS to write. */
export const writes = ({ mode, action }: PlannedAction): boolean =>
  mode === 'managed' && action !== 'no-op' && action !== 'forget' && action !== 'read';
