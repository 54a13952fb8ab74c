import { z } from 'zod';
import { text } from '#core-values';
import { parsedString } from '#platform/core';
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

const system = z.strictObject({
  name: field.plainName().describe('How a DataSource of the SLO definitions names it.'),
  prometheus: z
    .strictObject({
      url: field.line(2048).describe('Address of the server, before /api/v1.'),
      authorization: secret
        .optional()
        .describe('Where the whole value of the header `Authorization` is found: `Bearer …`, `Basic …`.'),
    })
    .optional()
    .describe('Prometheus, or what speaks like it.'),
  cloudwatch: z
    .strictObject({ region: field.region().describe('Region whose metrics are read.') })
    .optional()
    .describe('In its place: metrics of CloudWatch, read with the credentials around the server.'),
});

const traces = z.strictObject({
  token: secret.describe('Where the token is found that exporters send; 32 characters or more.'),
  customerAttribute: field
    .line(200)
    .optional()
    .describe('Attribute of spans or their resource that names who a request was for.'),
});

/** As browsers write it in the header `Origin`. */
const webOrigin = () =>
  parsedString(
    (words) =>
      /^https?:/.test(words) && URL.canParse(words) && new URL(words).origin === words ? words : undefined,
    {
      rule: 'config.web-origin',
      message: text('This is not the origin of a site.', 'サイトのオリジンではありません。'),
      remedy: text(
        'Write https://host[:port] in lower case, without path and trailing slash.',
        'https://host[:port] の形式で、小文字で、パスと末尾のスラッシュなしで書いてください。',
      ),
    },
  );

const beacons = z.strictObject({
  origins: z
    .array(webOrigin())
    .min(1)
    .max(100)
    .describe('Origins whose pages may send beacons: https://shop.example.'),
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
    systems: z.array(system).max(50).default([]).describe('Other systems that are asked for metrics.'),
    traces: traces.optional().describe('Takes spans of OpenTelemetry at POST /v1/traces.'),
    beacons: beacons.optional().describe('Takes what browsers tell at POST /v1/beacons.'),
  })
  .optional()
  .describe('What SLOs are counted from: docs/slo-data.md.');
