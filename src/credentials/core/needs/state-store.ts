import { serviceNames } from '../session-policy/service-names.ts';
import { type StateStore, stateObjects, stateTables } from '../session-policy/state-store.ts';
import { condition, type Need } from './need.ts';

/** Terraform reads, writes and locks its state with the session's own credentials. */
export function stateNeeds(store: StateStore, partition: string, region: string): readonly Need[] {
  const why = { address: 'terraform.state', operation: 'state' as const };
  const need = (action: string, resources: readonly string[]): Need => ({
    action,
    resources,
    conditions: [],
    why,
  });
  const [state = '', lock = ''] = stateObjects(store, partition);
  const keyUsers = serviceNames([`s3.${store.region ?? region}`], partition);
  const table = stateTables(store, partition);
  return [
    need('s3:ListBucket', [`arn:${partition}:s3:::${store.bucket}`]),
    need('s3:GetObject', [state, lock]),
    need('s3:PutObject', [state, lock]),
    need('s3:DeleteObject', [lock]),
    ...(table.length === 0
      ? []
      : ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem'].map((action) => need(action, table))),
    ...['kms:Decrypt', 'kms:GenerateDataKey'].map((action) => ({
      ...need(action, ['*']),
      conditions: [condition('StringEquals', 'kms:ViaService', keyUsers)],
      wide: 'unknown' as const,
    })),
  ];
}
