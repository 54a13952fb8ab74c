import type { AwsRequest } from '../model.ts';
import { everyString, firstString, memberAt } from './members.ts';
import passedRoles from './passed-roles.json' with { type: 'json' };

/** A role that a request hands to an AWS service, which `iam:PassRole` must allow. */
export interface PassedRole {
  readonly arn: string;
  /** `iam:PassedToService`. */
  readonly service: string;
}

interface Rule {
  readonly default: string;
  readonly members?: Readonly<Record<string, string>>;
  readonly never?: readonly string[];
}

const RULES: Readonly<Record<string, Rule>> = passedRoles.services;
const ROLE = /^arn:[^:]+:iam::\d{12}:role\/.+$/;

/** Roles named by their ARNs in services that act as them. Those in instance profiles are for who can look them up. */
export function rolesPassedBy(request: AwsRequest): readonly PassedRole[] {
  const rule = RULES[request.service];
  // Reading and untagging hand nothing over.
  if (rule === undefined || /^(?:Get|List|Describe|Delete|Untag|Tag|Remove)/.test(request.operation))
    return [];
  const found = new Map<string, PassedRole>();
  for (const [member, value] of everyString(request.parameters)) {
    if (!ROLE.test(value) || rule.never?.includes(member)) continue;
    const service = rule.members?.[member] ?? rule.default;
    found.set(`${service} ${value}`, { arn: value, service });
  }
  return [...found.values()];
}

/** The instance profile that a request gives to an instance, by name or ARN; its role is passed to EC2. */
export function passedInstanceProfile({ service, parameters }: AwsRequest): string | undefined {
  if (service !== 'ec2') return undefined;
  const paths = ['IamInstanceProfile', 'LaunchTemplateData.IamInstanceProfile'];
  for (const path of paths) {
    const profile = firstString(parameters, `${path}.Arn`) ?? firstString(parameters, `${path}.Name`);
    if (profile !== undefined) return profile.replace(/^arn:.*\//, '');
  }
  return undefined;
}

/** The name of the role that a request puts into an instance profile. */
export const roleForProfile = ({ service, operation, parameters }: AwsRequest): string | undefined =>
  service === 'iam' && operation === 'AddRoleToInstanceProfile'
    ? String(memberAt(parameters, 'RoleName') ?? '')
    : undefined;
