import { describe, expect, it } from 'vitest';
import type { AwsRequest } from '../model.ts';
import { permissionsOf } from './permissions.ts';

const ACCOUNT = '111111111111';

async function needsOf(
  request: Pick<AwsRequest, 'service' | 'operation' | 'parameters'> & Partial<AwsRequest>,
): Promise<readonly string[]> {
  const full: AwsRequest = {
    signingName: request.service,
    protocol: 'json-1.1',
    method: 'POST',
    path: '/',
    region: 'ap-northeast-1',
    ...request,
  };
  const nothing = async () => undefined;
  const lookup = { iamPath: nothing, arnOf: nothing, roleInProfile: nothing };
  const needed = await permissionsOf(full, { account: ACCOUNT }, lookup);
  return needed.ok ? needed.value.map(({ action, resource }) => `${action} ${resource}`) : [needed.error];
}

const needsOfAction = async (action: string, asked: Parameters<typeof needsOf>[0]) =>
  (await needsOf(asked)).filter((need) => need.startsWith(`${action} `));

describe('what a request needs besides its own resource', () => {
  it('includes the tags of what is created where AWS asks for them', async () => {
    const balancer = `arn:aws:elasticloadbalancing:ap-northeast-1:${ACCOUNT}:loadbalancer/app/web/12`;
    const Tags = [{ Key: 'team', Value: 'a' }];
    const listener = { LoadBalancerArn: balancer, Port: '80', Tags };
    expect(await needsOf({ service: 'elbv2', operation: 'CreateListener', parameters: listener })).toEqual([
      `elasticloadbalancing:CreateListener ${balancer}`,
      `elasticloadbalancing:AddTags ${balancer.replace('loadbalancer/', 'listener/')}/*`,
    ]);
    const ListenerArn = `${balancer.replace('loadbalancer/', 'listener/')}/34`;
    expect(
      await needsOfAction('elasticloadbalancing:AddTags', {
        service: 'elbv2',
        operation: 'CreateRule',
        parameters: { ListenerArn, Priority: '1', Tags },
      }),
    ).toEqual([`elasticloadbalancing:AddTags ${ListenerArn.replace('listener/', 'listener-rule/')}/*`]);
    expect(
      await needsOfAction('apigateway:PUT', {
        service: 'apigateway',
        operation: 'CreateRestApi',
        method: 'POST',
        path: '/restapis',
        parameters: { name: 'shop', tags: { team: 'a' } },
      }),
    ).toEqual([
      'apigateway:PUT arn:aws:apigateway:ap-northeast-1::/tags/arn%3Aaws%3Aapigateway%3Aap-northeast-1%3A%3A%2Frestapis%2F*',
    ]);
  });

  it('is on the listener, the file system or the access point that gets tags', async () => {
    const rule = `arn:aws:elasticloadbalancing:ap-northeast-1:${ACCOUNT}:listener-rule/app/web/12/34/56`;
    const Tags = [{ Key: 'team', Value: 'a' }];
    const asked = { service: 'elbv2', operation: 'AddTags', parameters: { ResourceArns: [rule], Tags } };
    expect(await needsOf(asked)).toEqual([`elasticloadbalancing:AddTags ${rule}`]);
    const onFiles = (ResourceId: string) =>
      needsOf({ service: 'efs', operation: 'TagResource', parameters: { ResourceId, Tags } });
    const files = `arn:aws:elasticfilesystem:ap-northeast-1:${ACCOUNT}`;
    expect(await onFiles('fs-12')).toEqual([`elasticfilesystem:TagResource ${files}:file-system/fs-12`]);
    const document = { ResourceType: 'Document', ResourceId: 'restart', Tags };
    expect(await needsOf({ service: 'ssm', operation: 'AddTagsToResource', parameters: document })).toEqual([
      `ssm:AddTagsToResource arn:aws:ssm:ap-northeast-1:${ACCOUNT}:document/restart`,
    ]);
    expect(await onFiles('fsap-12')).toEqual([`elasticfilesystem:TagResource ${files}:access-point/fsap-12`]);
  });

  it('is on any template or prefix list where one is created by its name, for EC2 chooses the id', async () => {
    const created = { LaunchTemplateName: 'web', LaunchTemplateData: { InstanceType: 't3.micro' } };
    const asked = { service: 'ec2', operation: 'CreateLaunchTemplate', parameters: created };
    const template = `arn:aws:ec2:ap-northeast-1:${ACCOUNT}:launch-template/*`;
    expect(await needsOf(asked)).toEqual([`ec2:CreateLaunchTemplate ${template}`]);
  });

  it('includes the volumes of an instance', async () => {
    const parameters = { ImageId: 'ami-1', SubnetId: 'subnet-1' };
    const needed = await needsOf({ service: 'ec2', operation: 'RunInstances', parameters });
    expect(needed).toContain(`ec2:RunInstances arn:aws:ec2:ap-northeast-1:${ACCOUNT}:volume/*`);
  });

  it('reads tags of what Lambda has besides functions from that', async () => {
    const Resource = `arn:aws:lambda:ap-northeast-1:${ACCOUNT}:event-source-mapping:12-34`;
    expect(await needsOf({ service: 'lambda', operation: 'ListTags', parameters: { Resource } })).toEqual([
      `lambda:ListTags ${Resource}`,
    ]);
  });
});
