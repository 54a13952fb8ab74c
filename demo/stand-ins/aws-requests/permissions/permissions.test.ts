import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AwsRequest } from '../model.ts';
import { serviceModels } from '../operations.ts';
import { readAwsRequest } from '../read-request.ts';
import { readRecorded } from '../recorded-request.ts';
import { ownAction } from './actions.ts';
import { fillTemplate, matchesTemplate } from './arn-templates.ts';
import { type PermissionLookup, permissionsOf } from './permissions.ts';
import { actionFacts } from './service-authorization.ts';

const CASES = join(import.meta.dirname, '../cases');
const ACCOUNT = '111111111111';
const NOTHING: PermissionLookup = {
  iamPath: async () => undefined,
  arnOf: async () => undefined,
  roleInProfile: async () => undefined,
};

async function needsOf(
  request: Pick<AwsRequest, 'service' | 'operation' | 'parameters'> & Partial<AwsRequest>,
  lookup: Partial<PermissionLookup> = {},
): Promise<readonly string[]> {
  const full: AwsRequest = {
    signingName: request.service,
    protocol: 'json-1.1',
    method: 'POST',
    path: '/',
    region: 'ap-northeast-1',
    ...request,
  };
  const needed = await permissionsOf(full, { account: ACCOUNT }, { ...NOTHING, ...lookup });
  return needed.ok ? needed.value.map(({ action, resource }) => `${action} ${resource}`) : [needed.error];
}

const needsOfAction = async (
  action: string,
  asked: Parameters<typeof needsOf>[0],
  lookup?: Partial<PermissionLookup>,
) => (await needsOf(asked, lookup)).filter((need) => need.startsWith(`${action} `));

describe('what a request needs', () => {
  it.each(readdirSync(CASES).filter((name) => !name.startsWith('refused')))(
    'is as recorded: %s',
    async (name) => {
      const read = readAwsRequest(readRecorded(join(CASES, name, 'request.http')));
      if (!read.ok) throw new Error(read.error.message);
      const expected: unknown = JSON.parse(readFileSync(join(CASES, name, 'permissions.json'), 'utf8'));
      const needed = await permissionsOf(read.value, { account: ACCOUNT }, NOTHING);
      if (!needed.ok) throw new Error(needed.error);
      expect(
        needed.value.map(({ action, resource, keys }) => ({
          action,
          resource,
          keys: Object.fromEntries([...keys].filter(([, values]) => values.length > 0)),
        })),
      ).toEqual(expected);
    },
  );

  it('is known for every operation but these, which are refused', async () => {
    const unknown: string[] = [];
    for (const service of serviceModels().values()) {
      for (const operation of service.operations) {
        const actions = ownAction(service.name, operation).replace('METHOD', 'GET').split(' ');
        const facts = await Promise.all(actions.map(actionFacts));
        if (facts.includes(undefined)) unknown.push(`${service.name} ${operation}`);
      }
    }
    const listed: unknown = JSON.parse(
      readFileSync(join(import.meta.dirname, 'unknown-operations.json'), 'utf8'),
    );
    expect(unknown).toEqual(listed);
    expect(await needsOf({ service: 'dynamodb', operation: 'ExecuteStatement', parameters: {} })).toEqual([
      'the stand-in does not know which IAM action dynamodb ExecuteStatement needs',
    ]);
  });

  it('includes passing a role to the service that will act as it', async () => {
    const role = `arn:aws:iam::${ACCOUNT}:role/job`;
    const asked = {
      service: 'lambda',
      operation: 'CreateFunction',
      parameters: { FunctionName: 'job', Role: role },
    };
    expect(await needsOfAction('iam:PassRole', asked)).toEqual([`iam:PassRole ${role}`]);
    const trusted = {
      service: 'lambda',
      operation: 'AddPermission',
      parameters: { FunctionName: 'job', Principal: role },
    };
    expect(await needsOfAction('iam:PassRole', trusted)).toEqual([]);
    const task = {
      service: 'ecs',
      operation: 'RegisterTaskDefinition',
      parameters: { family: 'web', containerDefinitions: [{ x: 1 }], taskRoleArn: role },
    };
    expect(await needsOfAction('iam:PassRole', task)).toEqual([`iam:PassRole ${role}`]);
  });

  it('includes passing the role that is in an instance profile', async () => {
    const parameters = { ImageId: 'ami-1', IamInstanceProfile: { Name: 'web' } };
    const lookup = { roleInProfile: async (name: string) => `arn:aws:iam::${ACCOUNT}:role/in-${name}` };
    expect(
      await needsOfAction('iam:PassRole', { service: 'ec2', operation: 'RunInstances', parameters }, lookup),
    ).toEqual([`iam:PassRole arn:aws:iam::${ACCOUNT}:role/in-web`]);
    const added = {
      service: 'iam',
      operation: 'AddRoleToInstanceProfile',
      parameters: { InstanceProfileName: 'web', RoleName: 'web' },
    };
    expect(await needsOfAction('iam:PassRole', added)).toEqual([
      `iam:PassRole arn:aws:iam::${ACCOUNT}:role/web`,
    ]);
  });

  it('includes the ACL of a new bucket, unless it is the usual one', async () => {
    const create = (ACL: string) =>
      needsOf({ service: 's3', operation: 'CreateBucket', parameters: { Bucket: 'photos', ACL } });
    expect(await create('private')).toEqual(['s3:CreateBucket arn:aws:s3:::photos']);
    expect(await create('public-read')).toEqual([
      's3:CreateBucket arn:aws:s3:::photos',
      's3:PutBucketAcl arn:aws:s3:::photos',
    ]);
  });

  it('names an IAM role with the path that only AWS knows', async () => {
    const lookup = { iamPath: async () => '/team/' };
    expect(
      await needsOf({ service: 'iam', operation: 'DeleteRole', parameters: { RoleName: 'job' } }, lookup),
    ).toEqual([`iam:DeleteRole arn:aws:iam::${ACCOUNT}:role/team/job`]);
    expect(
      await needsOf(
        {
          service: 'iam',
          operation: 'AttachRolePolicy',
          parameters: { RoleName: 'job', PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
        },
        lookup,
      ),
    ).toEqual([`iam:AttachRolePolicy arn:aws:iam::${ACCOUNT}:role/team/job`]);
  });

  it('names a key by its ARN where the request names an alias', async () => {
    const key = `arn:aws:kms:ap-northeast-1:${ACCOUNT}:key/1`;
    const lookup = { arnOf: async () => key };
    expect(
      await needsOf({ service: 'kms', operation: 'Decrypt', parameters: { KeyId: 'alias/shop' } }, lookup),
    ).toEqual([`kms:Decrypt ${key}`]);
    expect(
      await needsOf({
        service: 'kms',
        operation: 'CreateAlias',
        parameters: { AliasName: 'alias/shop', TargetKeyId: '1' },
      }),
    ).toEqual([`kms:CreateAlias arn:aws:kms:ap-northeast-1:${ACCOUNT}:alias/shop`, `kms:CreateAlias ${key}`]);
  });

  it.each([
    [
      'ec2',
      'CreateSubnet',
      { VpcId: 'vpc-1', CidrBlock: 'x' },
      ['ec2:CreateSubnet …subnet/*', 'ec2:CreateSubnet …vpc/vpc-1'],
    ],
    [
      'ec2',
      'CreateTags',
      { ResourceId: ['vpc-1', 'tgw-attach-2'], Tag: [{ Key: 'a', Value: 'b' }] },
      ['ec2:CreateTags …vpc/vpc-1', 'ec2:CreateTags …transit-gateway-attachment/tgw-attach-2'],
    ],
    ['ec2', 'DeleteSecurityGroup', { GroupId: 'sg-1' }, ['ec2:DeleteSecurityGroup …security-group/sg-1']],
    ['rds', 'DeleteDBInstance', { DBInstanceIdentifier: 'shop' }, ['rds:DeleteDBInstance …db:shop']],
    ['glue', 'GetDatabase', { Name: 'g' }, ['glue:GetDatabase …database/g', 'glue:GetDatabase …catalog']],
    [
      'logs',
      'CreateLogGroup',
      { logGroupName: '/shop', tags: { a: 'b' } },
      ['logs:CreateLogGroup …log-group:/shop:log-stream:', 'logs:TagResource …log-group:/shop'],
    ],
    [
      'logs',
      'PutRetentionPolicy',
      { logGroupName: '/shop' },
      ['logs:PutRetentionPolicy …log-group:/shop:log-stream:'],
    ],
    [
      'logs',
      'ListTagsForResource',
      { resourceArn: 'arn:aws:logs:ap-northeast-1:111111111111:log-group:/shop' },
      ['logs:ListTagsForResource …log-group:/shop'],
    ],
    ['sns', 'Subscribe', { TopicArn: 'arn:aws:sns:ap-northeast-1:111111111111:ops' }, ['sns:Subscribe …ops']],
    [
      'sqs',
      'SendMessageBatch',
      { QueueUrl: 'http://127.0.0.1:5000/111111111111/jobs' },
      ['sqs:SendMessage …jobs'],
    ],
    [
      'ecs',
      'UpdateService',
      { service: 'web', cluster: 'arn:aws:ecs:ap-northeast-1:111111111111:cluster/main' },
      ['ecs:UpdateService …service/main/web'],
    ],
    ['ecs', 'DeleteCluster', { cluster: 'main' }, ['ecs:DeleteCluster …cluster/main']],
    [
      'elasticache',
      'DeleteCacheCluster',
      { CacheClusterId: 'c' },
      ['elasticache:DeleteCacheCluster …cluster:c'],
    ],
    ['dynamodb', 'DeleteTable', { TableName: 'orders' }, ['dynamodb:DeleteTable …table/orders']],
    ['ssm', 'DeleteParameter', { Name: '/shop/timeout' }, ['ssm:DeleteParameter …parameter/shop/timeout']],
    [
      'secretsmanager',
      'CreateSecret',
      { Name: 'shop/db' },
      ['secretsmanager:CreateSecret …secret:shop/db-AbCdEf'],
    ],
    ['events', 'PutTargets', { Rule: 'nightly', Targets: [] }, ['events:PutTargets …rule/nightly']],
    ['events', 'PutRule', { Name: 'nightly', EventBusName: 'shop' }, ['events:PutRule …rule/shop/nightly']],
    ['events', 'CreateEventBus', { Name: 'shop' }, ['events:CreateEventBus …event-bus/shop']],
    [
      'events',
      'PutEvents',
      { Entries: [{ EventBusName: 'shop' }, {}] },
      ['events:PutEvents …event-bus/shop', 'events:PutEvents …event-bus/default'],
    ],
    ['cloudtrail', 'DeleteTrail', { Name: 'audit' }, ['cloudtrail:DeleteTrail …trail/audit']],
    [
      'elbv2',
      'DeleteLoadBalancer',
      { LoadBalancerArn: 'arn:aws:elasticloadbalancing:ap-northeast-1:111111111111:loadbalancer/app/web/1' },
      ['elasticloadbalancing:DeleteLoadBalancer …loadbalancer/app/web/1'],
    ],
    [
      'elbv2',
      'CreateTargetGroup',
      { Name: 'web' },
      ['elasticloadbalancing:CreateTargetGroup …targetgroup/web/*'],
    ],
    ['ecr', 'DeleteRepository', { repositoryName: 'web' }, ['ecr:DeleteRepository …repository/web']],
    [
      'efs',
      'DeleteFileSystem',
      { FileSystemId: 'fs-1' },
      ['elasticfilesystem:DeleteFileSystem …file-system/fs-1'],
    ],
    [
      'backup',
      'DeleteBackupVault',
      { BackupVaultName: 'main' },
      ['backup:DeleteBackupVault …backup-vault:main'],
    ],
    ['cognito-idp', 'DeleteUserPool', { UserPoolId: 'p' }, ['cognito-idp:DeleteUserPool …userpool/p']],
    ['kinesis', 'DeleteStream', { StreamName: 's' }, ['kinesis:DeleteStream …stream/s']],
    [
      'firehose',
      'DeleteDeliveryStream',
      { DeliveryStreamName: 's' },
      ['firehose:DeleteDeliveryStream …deliverystream/s'],
    ],
    [
      'stepfunctions',
      'DeleteStateMachine',
      { stateMachineArn: 'arn:aws:states:ap-northeast-1:111111111111:stateMachine:flow' },
      ['states:DeleteStateMachine …stateMachine:flow'],
    ],
    [
      'cloudwatch',
      'DeleteAlarms',
      { AlarmNames: ['a', 'b'] },
      ['cloudwatch:DeleteAlarms …alarm:a', 'cloudwatch:DeleteAlarms …alarm:b'],
    ],
    ['athena', 'DeleteWorkGroup', { WorkGroup: 'w' }, ['athena:DeleteWorkGroup …workgroup/w']],
    ['glue', 'DeleteJob', { JobName: 'j' }, ['glue:DeleteJob …job/j']],
    [
      'autoscaling',
      'DeleteAutoScalingGroup',
      { AutoScalingGroupName: 'g' },
      ['autoscaling:DeleteAutoScalingGroup …autoScalingGroup:*:autoScalingGroupName/g'],
    ],
    [
      'wafv2',
      'GetWebACL',
      { Scope: 'REGIONAL', Name: 'w', Id: '1' },
      ['wafv2:GetWebACL …regional/webacl/w/1'],
    ],
    [
      'lambda',
      'DeleteFunction',
      { FunctionName: 'arn:aws:lambda:ap-northeast-1:111111111111:function:job:1' },
      ['lambda:DeleteFunction …function:job:1'],
    ],
    [
      'acm',
      'DeleteCertificate',
      { CertificateArn: 'arn:aws:acm:ap-northeast-1:111111111111:certificate/1' },
      ['acm:DeleteCertificate …certificate/1'],
    ],
  ])('of %s %s is on the resource it names', async (service, operation, parameters, expected) => {
    const shortened = (await needsOf({ service, operation, parameters })).map((need) =>
      need.replace(/arn:aws:[^:]+:ap-northeast-1:111111111111:/, '…'),
    );
    expect(shortened).toEqual(expected);
  });

  it.each([
    [
      'cloudfront',
      'DeleteDistribution',
      { Id: 'E1' },
      ['cloudfront:DeleteDistribution arn:aws:cloudfront::111111111111:distribution/E1'],
    ],
    [
      'cloudfront',
      'GetOriginAccessControl',
      { Id: 'O1' },
      ['cloudfront:GetOriginAccessControl arn:aws:cloudfront::111111111111:origin-access-control/O1'],
    ],
    [
      'route53',
      'DeleteHostedZone',
      { Id: 'Z1' },
      ['route53:DeleteHostedZone arn:aws:route53:::hostedzone/Z1'],
    ],
    ['route53', 'GetChange', { Id: 'C1' }, ['route53:GetChange arn:aws:route53:::change/C1']],
    [
      'route53',
      'ListTagsForResource',
      { ResourceType: 'hostedzone', ResourceId: 'Z1' },
      ['route53:ListTagsForResource arn:aws:route53:::hostedzone/Z1'],
    ],
    [
      'budgets',
      'CreateBudget',
      { AccountId: ACCOUNT, Budget: { BudgetName: 'b' } },
      ['budgets:ModifyBudget arn:aws:budgets::111111111111:budget/b'],
    ],
    ['s3control', 'GetPublicAccessBlock', { AccountId: ACCOUNT }, ['s3:GetAccountPublicAccessBlock *']],
    ['ec2', 'DescribeVpcs', { VpcId: ['vpc-1'] }, ['ec2:DescribeVpcs *']],
    [
      'sts',
      'AssumeRole',
      { RoleArn: 'arn:aws:iam::222222222222:role/a' },
      ['sts:AssumeRole arn:aws:iam::222222222222:role/a'],
    ],
  ])(
    'of %s %s is on the resource it names, wherever that is',
    async (service, operation, parameters, expected) => {
      expect(await needsOf({ service, operation, parameters })).toEqual(expected);
    },
  );

  it('takes a name as it is, whatever stands in it', () => {
    const place = { partition: 'aws', region: 'r', account: ACCOUNT };
    const template = `arn:\${Partition}:s3:::\${Bucket}/\${Key}`;
    const strange = `$&\${Bucket}$1`;
    const { arns } = fillTemplate(template, place, (name) => [name === 'Key' ? strange : 'b']);
    expect(arns).toEqual([`arn:aws:s3:::b/${strange}`]);
    expect(matchesTemplate('arn:aws:s3:::b/k', template)).toBe(true);
    expect(matchesTemplate('arn:aws:sqs:r:1:q', template)).toBe(false);
  });
});
