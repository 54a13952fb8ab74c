import { z } from 'zod';
import * as field from './fields.ts';
import { messages } from './messages-schema.ts';
import { secretSource } from './secret-schema.ts';
import { signInProviders } from './sign-in-schema.ts';
import { slo } from './slo-schema.ts';

const keySource = z
  .strictObject({
    ...secretSource,
    kms: field.kmsKeyArn().optional().describe('ARN of the AWS KMS key that guards it.'),
  })
  .meta({ minProperties: 1, maxProperties: 1 });

export const server = z
  .strictObject({
    publicUrl: field
      .webAddress()
      .describe('Where people and jobs reach the server; also the default audience of tokens.'),
    listen: z
      .strictObject({
        host: field.line(255).default('127.0.0.1').describe('Address to listen on; 0.0.0.0 for all.'),
        port: z.int().min(0).max(65_535).default(8420).describe('Port to listen on; 0 for any free one.'),
      })
      .prefault({})
      .describe('Where the server listens; put TLS in front of anything but the loopback interface.'),
    database: z
      .strictObject(secretSource)
      .optional()
      .describe('Where the URL of a PostgreSQL 15 or newer is found; the embedded database if left out.'),
    encryption: z
      .strictObject({
        key: keySource.describe(
          'Exactly one of env, file and kms: the key that seals plan files and secrets.',
        ),
        previousKeys: z
          .array(keySource)
          .default([])
          .describe('Keys from before a rotation, for opening only.'),
      })
      .describe('Encryption at rest.'),
    audit: z
      .strictObject({
        checkpointFile: field
          .line(1024)
          .optional()
          .describe(
            'File to which signed checkpoints are appended, relative to this file; put it on another machine’s storage.',
          ),
      })
      .prefault({})
      .describe('The audit log.'),
    planRetention: field
      .duration('1h', '90d')
      .prefault('7d')
      .describe('How long a plan that was not applied is kept.'),
    maxPlanUploadMiB: z.int().min(1).max(1024).default(64).describe('Largest plan file accepted, in MiB.'),
    grant: z
      .strictObject({
        planDuration: field
          .duration('15m', '1h')
          .prefault('1h')
          .describe('How long credentials for planning live.'),
        applyDuration: field
          .duration('15m', '1h')
          .prefault('1h')
          .describe('How long credentials for applying live.'),
      })
      .prefault({})
      .describe('Life of credentials; AWS gives no less than 15 minutes.'),
    trail: z
      .strictObject({
        bucket: field.line(63).optional().describe('Bucket that your trail delivers to.'),
        prefix: field
          .line(200)
          .optional()
          .describe('The trail’s key prefix: what stands before `AWSLogs/`, without slash at its end.'),
        region: field.region().optional().describe('Region of the bucket.'),
        roleArn: field
          .roleArn()
          .optional()
          .describe('Role that may read the bucket; the credentials around the server if left out.'),
        folder: field
          .line(1024)
          .optional()
          .describe('In place of a bucket: a folder with copies of delivered files, relative to this file.'),
        believeAfter: z
          .int()
          .min(2)
          .max(1000)
          .default(3)
          .describe('How many applies of different plans show what a resource type needs.'),
      })
      .optional()
      .describe('Where CloudTrail delivers, for comparing grants with what was called.'),
    signIn: signInProviders.default([]),
    messages: messages.default([]),
    slo,
    aws: z
      .strictObject({
        access: z
          .enum(['ambient', 'web-identity'])
          .default('ambient')
          .describe(
            'ambient: AssumeRole with the credentials around the server; web-identity: with tokens of its own issuer.',
          ),
        issuerUrl: field
          .webAddress()
          .optional()
          .describe('The issuer the accounts trust, for web-identity; server.publicUrl if left out.'),
        stsRegion: field.region().optional().describe('Region whose STS is called; the stack’s if left out.'),
      })
      .prefault({})
      .describe('How the server reaches the accounts.'),
  })
  .describe('How the server runs. Changes here need a restart.');
