import { describe, expect, it } from 'vitest';
import { arnTemplate } from './arn-template.ts';
import type { RecordedResource, Step } from './recording.ts';

const resource = (
  type: string,
  state: RecordedResource['state'],
  planned: readonly string[] = [],
): RecordedResource => ({ type, label: 'base', set: [], state, planned: [...planned] });

const templateOf = (arn: string, of: RecordedResource, step: Step = 'create') =>
  arnTemplate(arn, { account: '123456789012', region: 'ap-northeast-1', step, resource: of });

const TOPIC = 'arn:aws:sns:ap-northeast-1:123456789012:orders';

describe('an ARN that was asked for', () => {
  it('names what the plan knows of the resource, and leaves its place open', async () => {
    const topic = resource('aws_sns_topic', { arn: TOPIC, id: TOPIC, name: 'orders' }, ['name']);
    expect(await templateOf(TOPIC, topic)).toBe(`arn:\${Partition}:sns:\${Region}:\${Account}:\${.name}`);
  });

  it('is the resource’s own once it exists', async () => {
    const topic = resource('aws_sns_topic', { arn: TOPIC, id: TOPIC, name: 'orders' }, ['name']);
    expect(await templateOf(TOPIC, topic, 'delete')).toBe(`\${.arn}`);
  });

  it('keeps the words of the service and nothing that this recording happened to see', async () => {
    const listener = resource('aws_lb_listener', { port: 80 });
    const arn =
      'arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/app/shop/0123456789abcdef';
    expect(await templateOf(arn, listener)).toBe(
      `arn:\${Partition}:elasticloadbalancing:\${Region}:\${Account}:loadbalancer/app/*/*`,
    );
  });

  it('of what a load balancer will have within it is the load balancer’s but for the type', async () => {
    const balancer =
      'arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/app/shop/0123456789abcdef';
    const listener = resource('aws_lb_listener', { load_balancer_arn: balancer, port: 80 }, ['port']);
    expect(await templateOf(`${balancer.replace('loadbalancer/', 'listener/')}/*`, listener)).toBe(
      `arn:\${Partition}:elasticloadbalancing:\${Region}:\${Account}:listener/\${.load_balancer_arn|within}/*`,
    );
  });

  it('has the path of an IAM name even where it is short', async () => {
    const role = resource('aws_iam_role', { name: 'deploy', path: '/' }, ['name', 'path']);
    expect(await templateOf('arn:aws:iam::123456789012:role/deploy', role)).toBe(
      `arn:\${Partition}:iam::\${Account}:role\${.path}\${.name}`,
    );
  });

  it('has the slash before a parameter’s name whether the name begins with one or not', async () => {
    const parameter = (name: string) => resource('aws_ssm_parameter', { name }, ['name']);
    const arn = 'arn:aws:ssm:ap-northeast-1:123456789012:parameter/shop/db';
    const template = `arn:\${Partition}:ssm:\${Region}:\${Account}:parameter/\${.name}`;
    expect(await templateOf(arn, parameter('/shop/db'))).toBe(template);
    expect(await templateOf(arn, parameter('shop/db'))).toBe(template);
  });

  it('leaves open what AWS appends to a secret’s name', async () => {
    const secret = resource('aws_secretsmanager_secret', { name: 'shop/db' }, ['name']);
    const arn = 'arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:shop/db-AbCdEf';
    expect(await templateOf(arn, secret)).toBe(
      `arn:\${Partition}:secretsmanager:\${Region}:\${Account}:secret:\${.name}-??????`,
    );
  });

  it('does not take a name for the beginning of another', async () => {
    const bucket = resource('aws_s3_bucket', { bucket: 'photos' }, ['bucket']);
    expect(await templateOf('arn:aws:s3:::photos-archive/one', bucket)).toBe(`arn:\${Partition}:s3:::*/*`);
  });

  it('names what stands in a list or a block', async () => {
    const state = { groups: ['sg-1234', 'sg-5678'], network: [{ subnet: ['subnet-1234'] }], domain: 'vpc' };
    const instance = resource('aws_instance', state, ['groups', 'network']);
    const ec2 = 'arn:aws:ec2:ap-northeast-1:123456789012:';
    const prefix = `arn:\${Partition}:ec2:\${Region}:\${Account}:`;
    expect(await templateOf(`${ec2}security-group/sg-5678`, instance)).toBe(
      `${prefix}security-group/\${.groups}`,
    );
    expect(await templateOf(`${ec2}subnet/subnet-1234`, instance)).toBe(
      `${prefix}subnet/\${.network.subnet}`,
    );
    expect(await templateOf(`${ec2}vpc/vpc-1234`, instance)).toBe(`${prefix}vpc/*`);
  });

  it('is of a log group as policies write it', async () => {
    const group = resource('aws_cloudwatch_log_group', { name: '/shop/web' }, ['name']);
    const logs = 'arn:aws:logs:ap-northeast-1:123456789012:log-group:';
    const prefix = `arn:\${Partition}:logs:\${Region}:\${Account}:log-group:`;
    expect(await templateOf(`${logs}/shop/web:log-stream:`, group)).toBe(`${prefix}\${.name}:*`);
    expect(await templateOf(`${logs}:log-stream:`, group)).toBe(`${prefix}*`);
  });

  it('is everything where it was', async () => {
    expect(await templateOf('*', resource('aws_vpc', {}))).toBe('*');
  });
});
