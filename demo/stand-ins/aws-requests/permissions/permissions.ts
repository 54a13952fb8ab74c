import { err, ok, type Result } from '../../../../src/core-values/index.ts';
import type { AwsRequest } from '../model.ts';
import { actionsOf, taggingAction } from './actions.ts';
import type { Place } from './arn-templates.ts';
import { keysOf, mayHaveKey, type RequestKeys } from './context.ts';
import { passedInstanceProfile, roleForProfile, rolesPassedBy } from './passed-roles.ts';
import { createdResource, type ResourceLookup, resourcesOf } from './resources.ts';
import { actionFacts } from './service-authorization.ts';
import { taggedWhileCreated } from './special-resources.ts';

/** One action on one resource that a request needs. */
export interface Permission {
  /** `s3:ListBucket` */
  readonly action: string;
  /** An ARN, or `*`. */
  readonly resource: string;
  /** Condition keys that the request settles, in lower case; an empty list is a key that is absent. */
  readonly keys: RequestKeys;
  /** Whether AWS might know a value, for a key that is not among them. */
  mayHaveKey(key: string): boolean;
}

/** As `ResourceLookup`, and the ARN of the role in an instance profile. */
export interface PermissionLookup extends ResourceLookup {
  roleInProfile(profile: string): Promise<string | undefined>;
}

/**
 * Everything that a request needs to be allowed, `iam:PassRole` included. Error: an operation for which IAM's name of the action
 * is not known, in words.
 */
export async function permissionsOf(
  request: AwsRequest,
  { account, partition = 'aws' }: { readonly account: string; readonly partition?: string },
  lookup: PermissionLookup,
): Promise<Result<readonly Permission[], string>> {
  const place = { partition, region: request.region, account };
  const permissions: Permission[] = [];
  const need = async (action: string, on?: readonly string[]): Promise<boolean> => {
    const facts = await actionFacts(action);
    if (facts === undefined) return false;
    const keys = keysOf(request, action, facts, account);
    const question = { request, action, facts, place, lookup };
    const created = on?.includes('*') ? await createdResource(question) : undefined;
    const resources = created === undefined ? (on ?? (await resourcesOf(question))) : [created];
    for (const resource of resources) {
      permissions.push({ action, resource, keys, mayHaveKey: (key) => mayHaveKey(facts, key) });
    }
    return true;
  };
  for (const action of actionsOf(request)) {
    if (!(await need(action))) return err(unknownAction(request));
  }
  const tagging = taggingAction(request);
  // EC2 says of each tag which kind of resource gets it, and CloudWatch Logs names a group otherwise for its tags.
  const on =
    request.service === 'ec2' || request.service === 'logs'
      ? undefined
      : taggedWhileCreated(
          request,
          permissions.map(({ resource }) => resource),
        );
  if (tagging !== undefined && !(await need(tagging, on))) return err(unknownAction(request));
  return ok([...permissions, ...(await passing(request, place, lookup))]);
}

const unknownAction = ({ service, operation }: AwsRequest): string =>
  `the stand-in does not know which IAM action ${service} ${operation} needs`;

async function passing(
  request: AwsRequest,
  place: Place,
  lookup: PermissionLookup,
): Promise<readonly Permission[]> {
  const passed = [...rolesPassedBy(request)];
  const profile = passedInstanceProfile(request);
  const inProfile = profile === undefined ? undefined : await lookup.roleInProfile(profile);
  if (inProfile !== undefined) passed.push({ arn: inProfile, service: 'ec2.amazonaws.com' });
  const name = roleForProfile(request);
  if (name !== undefined) {
    const path = (await lookup.iamPath('role', name)) ?? '/';
    passed.push({
      arn: `arn:${place.partition}:iam::${place.account}:role${path}${name}`,
      service: 'ec2.amazonaws.com',
    });
  }
  return passed.map(({ arn, service }) => ({
    action: 'iam:PassRole',
    resource: arn,
    keys: new Map([
      ['iam:passedtoservice', [service]],
      ['aws:requestedregion', [request.region]],
    ]),
    mayHaveKey: (key) =>
      key === 'iam:associatedresourcearn' ||
      key.startsWith('aws:resourcetag/') ||
      key.startsWith('iam:resourcetag/'),
  }));
}
