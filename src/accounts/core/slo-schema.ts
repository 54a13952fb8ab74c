import { z } from 'zod';
import * as field from './fields.ts';
import { secretSource } from './secret-schema.ts';

const secret = z.strictObject(secretSource).meta({ minProperties: 1, maxProperties: 1 });

const bucket = z
  .strictObject({
    name: field.line(63).describe('Bucket that the logs are written to.'),
    region: field.region().describe('Its region.'),
    prefix: field.line(1024).default('').describe('What the keys of the logs begin with.'),
    queueUrl: field
      .line(1024)
      .optional()
      .describe('URL of the SQS queue that S3 tells of new objects; they are listed if left out.'),
  })
  .describe('Logs in S3, read with the credentials around the server.');

const source = z.strictObject({
  name: field.plainName().describe('How pages and `POST /v1/slo/logs?source=` name it.'),
  files: z
    .array(field.line(1024))
    .min(1)
    .max(100)
    .optional()
    .describe('Files, folders or globs on this machine, relative to this file.'),
  bucket: bucket.optional(),
  token: secret
    .optional()
    .describe(
      'Where the token is found with which logs are pushed to POST /v1/slo/logs; 32 characters or more.',
    ),
  format: field
    .line(40)
    .optional()
    .describe(
      'alb, cloudfront, combined, combined-seconds, common, ltsv, json and others; found by content if left out.',
    ),
  logFormat: z
    .string()
    .min(1)
    .max(4000)
    .optional()
    .describe('In its place: the log_format of nginx or the LogFormat of Apache that writes the logs.'),
  fields: z
    .record(z.string().max(40), field.line(200))
    .default({})
    .describe('What names of the format mean: `customer: http_x_customer`.'),
});

export const slo = z
  .strictObject({
    retention: field
      .duration('1h', '90d')
      .prefault('3d')
      .describe('How long requests are kept to be judged again; what comes later is too late.'),
    lateness: field
      .duration('0s', '1h')
      .prefault('2m')
      .describe('How much later than their request lines come; 6m for logs of load balancers in S3.'),
    sources: z.array(source).max(200).default([]).describe('Where access logs come from.'),
  })
  .optional()
  .describe('What SLOs are counted from: docs/slo-data.md.');
