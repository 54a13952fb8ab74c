import { z } from 'zod';
import { type ChangeAction, SEVERITIES } from '#plan/core';

/** What the plan explorer gets over the wire. */
export const CHANGE_ACTIONS = [
  'no-op',
  'create',
  'read',
  'update',
  'replace',
  'delete',
  'forget',
  'create-then-forget',
] as const satisfies readonly ChangeAction[];

export const explorerRow = z.object({
  n: z.number().describe('Its place in the plan: `GET /v1/plans/{id}/changes/{n}` opens it'),
  address: z.string(),
  module: z.string().describe('Empty for the root module'),
  mode: z.enum(['managed', 'data', 'ephemeral']),
  type: z.string(),
  action: z.enum(CHANGE_ACTIONS),
  previousAddress: z.string().optional(),
  deposed: z.string().optional(),
  replaceOrder: z.enum(['delete-first', 'create-first']).optional(),
  reason: z.string().optional().describe('Terraform’s: `replace_because_cannot_update`'),
  importing: z.boolean(),
  attributes: z.array(z.string()).describe('Top-level attributes that differ; the first few'),
  moreAttributes: z.number(),
  hidden: z.boolean().describe('Some of its values are sensitive'),
  unknown: z.boolean().describe('Some of its values are known only after apply'),
  severity: z.enum(SEVERITIES).optional().describe('Of the gravest finding about it'),
  findings: z.number(),
});

const groups = z.array(z.object({ value: z.string(), count: z.number() }));

export const explorerAnswer = z.object({
  rows: z.array(explorerRow),
  total: z.number().describe('Rows that the filter lets through'),
  next: z.number().optional().describe('Give it as `cursor` for the next page'),
  groups: z
    .object({ module: groups, type: groups, action: groups, severity: groups })
    .optional()
    .describe('On the first page: rows by each value, the other filters applied; 200 of a kind at most'),
});

export const findingAnswer = z.object({
  rule: z.string(),
  severity: z.enum(SEVERITIES),
  address: z.string().optional(),
  n: z.number().optional().describe('The change that it is about'),
  message: z.string(),
  remedy: z.string(),
});

/** Any JSON; the API document cannot hold a type that contains itself. */
const anything = z.unknown();

export const changeAnswer = z.object({
  row: explorerRow,
  provider: z.string(),
  importing: z.object({ id: z.string().optional() }).optional(),
  before: anything.describe('`null` where there is none; hidden and unknown parts are their words'),
  after: anything,
  sensitivePaths: z.array(z.string()).describe('JSON Pointers: hidden on either side'),
  unknownPaths: z.array(z.string()).describe('JSON Pointers: known only after apply'),
  replacePaths: z.array(z.string()).describe('JSON Pointers: what forces the replacement'),
  changedSensitivePaths: z
    .array(z.string())
    .describe('JSON Pointers: hidden, and not the same on both sides'),
  differences: z
    .array(
      z.object({
        path: z.string().describe('`tags.Name`, `policy » Statement[0].Action`'),
        sign: z.enum(['+', '-', '~']),
        before: z.string().optional(),
        after: z.string().optional(),
        forcesReplacement: z.boolean(),
      }),
    )
    .describe('As `sekisho review` prints them'),
  unknownNames: z.array(z.string()).describe('New attributes that are known only after apply'),
  findings: z.array(findingAnswer),
});

export const findingsAnswer = z.object({
  findings: z.array(findingAnswer).describe('The gravest first'),
  total: z.number(),
  next: z.number().optional().describe('Give it as `cursor` for the next page'),
});
