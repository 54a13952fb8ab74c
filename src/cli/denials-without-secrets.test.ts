import { expect, test } from 'vitest';
import type { DeniedCall } from '#credentials/core';
import { withoutSecrets } from './denials-without-secrets.ts';

const SECRET = 'canary-name-5f1e';
const topic = (name: string): string => `arn:aws:sns:ap-northeast-1:333333333333:${name}`;
const denied = (name: string): DeniedCall => ({
  ...{ action: 'sns:CreateTopic', named: true, by: 'session-policy', explicit: false },
  ...{ resource: topic(name), address: 'aws_sns_topic.orders' },
});
const change = { actions: ['create'], before: null, after_unknown: {}, before_sensitive: false };
const plan = Buffer.from(
  JSON.stringify({
    ...{ format_version: '1.2', terraform_version: '1.11.4' },
    resource_changes: [
      {
        ...{ address: 'aws_sns_topic.orders', mode: 'managed', type: 'aws_sns_topic', name: 'orders' },
        provider_name: 'registry.terraform.io/hashicorp/aws',
        change: { ...change, after: { name: SECRET }, after_sensitive: { name: true } },
      },
    ],
  }),
);

test('A resource that is named by a sensitive value does not leave the job, and others do', async () => {
  const [first, second] = await withoutSecrets([denied(SECRET), denied('orders')], plan);
  expect(JSON.stringify(first)).not.toContain(SECRET);
  expect(first).toMatchObject({ action: 'sns:CreateTopic', address: 'aws_sns_topic.orders' });
  expect(second).toEqual(denied('orders'));
});

test('Where the plan cannot be read, no name leaves the job', async () => {
  const [first] = await withoutSecrets([denied('orders')], Buffer.from('no plan'));
  expect(Object.keys(first ?? {})).toEqual(['action', 'named', 'by', 'explicit']);
});
