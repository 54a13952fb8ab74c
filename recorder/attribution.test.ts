import { describe, expect, it } from 'vitest';
import type { AwsRequest } from '../demo/stand-ins/aws-requests/index.ts';
import { resourceOf } from './attribution.ts';
import type { RecordedResource } from './recording.ts';

const queue = (label: string, name: string, id: string): RecordedResource => ({
  type: 'aws_sqs_queue',
  label,
  set: ['name'],
  planned: ['name'],
  state: { name, id, delay_seconds: 0, policy: 'shared-by-both' },
});

const jobs = queue('base', 'jobs', 'url-of-jobs');
const archive = queue('tags', 'jobs-archive', 'url-of-archive');

const asking = (parameters: AwsRequest['parameters']): AwsRequest => ({
  service: 'sqs',
  signingName: 'sqs',
  operation: 'GetQueueAttributes',
  protocol: 'json-1.0',
  method: 'POST',
  path: '/',
  region: 'ap-northeast-1',
  parameters,
});

const labelOf = (parameters: AwsRequest['parameters'], answer = '') =>
  resourceOf({ type: 'aws_sqs_queue', requests: [asking(parameters)], answers: [answer] }, [jobs, archive])
    ?.label;

describe('a call of Terraform to its provider', () => {
  it('is for the resource whose name it asks with', () => {
    expect(labelOf({ QueueName: 'jobs' })).toBe('base');
    expect(labelOf({ QueueName: 'jobs-archive' })).toBe('tags');
  });

  it('is for the resource whose id AWS answers with, where the request names none', () => {
    expect(labelOf({ DelaySeconds: '0' }, '{"QueueUrl":"url-of-archive"}')).toBe('tags');
    expect(labelOf({}, '<Queue>jobs-archive</Queue>')).toBe('tags');
  });

  it('is for the resource that it names, even where it gives it a value that another has', () => {
    const owner = { ...archive, state: { ...archive.state, policy: 'of-the-archive' } };
    const call = {
      type: jobs.type,
      answers: [],
      requests: [asking({ QueueName: 'jobs', Policy: 'of-the-archive' })],
    };
    expect(resourceOf(call, [jobs, owner])?.label).toBe('base');
  });

  it('is for none where both or neither are named', () => {
    expect(labelOf({ Names: ['jobs', 'jobs-archive'] })).toBeUndefined();
    expect(labelOf({ Policy: 'shared-by-both' })).toBeUndefined();
  });
});
