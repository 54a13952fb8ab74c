import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { requireOutsideTools } from '../../outside-tools.ts';
import { type AwsCredentials, SHOP_REGION } from '../aws-organization.ts';
import { type Moto, startMoto } from '../moto.ts';
import { type EnforcingAws, startEnforcingAws } from './index.ts';
import { makeOrganization, type OpenSession, sessionMaker } from './testing.ts';

const MAIN = `
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  region            = "${SHOP_REGION}"
  s3_use_path_style = true
}
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
  tags       = { Name = "main" }
}
resource "aws_sns_topic" "orders" {
  name = "orders"
}
resource "aws_iam_role" "job" {
  name               = "job"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}
resource "aws_s3_bucket" "photos" {
  bucket = "photos"
}
resource "aws_route53_zone" "shop" {
  name = "shop.example"
}
`;

let moto: Moto;
let aws: EnforcingAws;
let directory: string;
let terraform: (args: readonly string[], session: AwsCredentials) => Promise<string>;
let within: OpenSession;
let lacking: OpenSession;

const on = (Action: readonly string[], Resource: string | readonly string[] = '*') => ({
  Effect: 'Allow',
  Action,
  Resource,
});
const policy = (...Statement: readonly object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement });
const READS = on([
  'ec2:Describe*',
  'sns:Get*',
  'sns:List*',
  'iam:Get*',
  'iam:List*',
  's3:Get*',
  's3:List*',
  'route53:Get*',
  'route53:List*',
]);

beforeAll(async () => {
  const tools = await requireOutsideTools();
  directory = await mkdtemp(join(tmpdir(), 'enforcing-aws-'));
  moto = await startMoto({ motoServer: tools.motoServer, directory });
  aws = await startEnforcingAws({ endpoint: moto.endpoint });
  const organization = await makeOrganization(aws.url);
  const session = sessionMaker(aws.url, organization);
  const role = policy(on(['*']));
  within = await session(role, {
    session: policy(
      READS,
      on(
        ['ec2:CreateVpc', 'ec2:CreateTags', 'ec2:ModifyVpcAttribute'],
        `arn:aws:ec2:${SHOP_REGION}:${organization.account}:vpc/*`,
      ),
      on(
        ['sns:CreateTopic', 'sns:SetTopicAttributes'],
        `arn:aws:sns:${SHOP_REGION}:${organization.account}:orders`,
      ),
      on(['iam:CreateRole'], `arn:aws:iam::${organization.account}:role/job`),
      on(['s3:CreateBucket'], 'arn:aws:s3:::photos'),
      on(['route53:CreateHostedZone', 'route53:ChangeTagsForResource']),
    ),
  });
  lacking = await session(role, { session: policy(READS) });
  await writeFile(join(directory, 'main.tf'), MAIN);
  terraform = (args, credentials) => {
    const env = {
      PATH: process.env.PATH,
      HOME: directory,
      TF_CLI_CONFIG_FILE: tools.terraformCliConfig,
      TF_IN_AUTOMATION: '1',
      CHECKPOINT_DISABLE: '1',
      AWS_ENDPOINT_URL: aws.url,
      AWS_REGION: SHOP_REGION,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken,
    };
    return new Promise((resolve) => {
      execFile(
        tools.terraform,
        [...args, '-no-color', '-input=false'],
        { cwd: directory, env },
        (error, stdout, stderr) => resolve(`${stdout}${stderr}${error === null ? '' : '\nfailed'}`),
      );
    });
  };
  await terraform(['init'], lacking);
});
afterAll(async () => {
  await aws?.stop();
  await moto?.stop();
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
});

it('Terraform applies what its session policy allows, and prints AWS’s refusals of all else', {
  timeout: 240_000,
}, async () => {
  const refused = (await terraform(['apply', '-auto-approve'], lacking)).replace(/\s*\n[│\s]*/g, ' ');
  const who = `arn:aws:sts::${/\d{12}/.exec(lacking.roleArn)?.[0]}:assumed-role/${lacking.name}/grant-1`;
  for (const [action, code] of [
    ['ec2:CreateVpc', 'api error UnauthorizedOperation'],
    ['sns:CreateTopic', 'AuthorizationError'],
    ['iam:CreateRole', 'api error AccessDenied'],
    ['s3:CreateBucket', 'api error AccessDenied'],
    ['route53:CreateHostedZone', 'api error AccessDenied'],
  ]) {
    const written = action?.replace('sns:', 'SNS:');
    expect(refused).toContain(`User: ${who} is not authorized to perform: ${written} on resource: `);
    expect(refused).toContain(`because no session policy allows the ${written} action`);
    expect(refused).toContain(code);
  }
  const before = aws.decisions().length;
  const applied = await terraform(['apply', '-auto-approve'], within);
  expect(
    aws
      .decisions()
      .slice(before)
      .filter(({ kind }) => kind === 'refused'),
  ).toEqual([]);
  expect(applied).toContain('Apply complete! Resources: 5 added, 0 changed, 0 destroyed.');
});
