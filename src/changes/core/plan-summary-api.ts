import { z } from 'zod';
import { ENVIRONMENTS } from '#core-values';
import { explainedDecision } from '#policy/core';
import { againInSummary } from './again-api.ts';
import {
  approvalAnswer,
  decisionAnswer,
  grantRecord,
  lockAnswer,
  permissionsAnswer,
  planAnswer,
  pullRequestUrl,
} from './api.ts';
import { budgetsAnswer } from './budget/index.ts';
import { denialAnswer } from './denied-api.ts';
import { PLAN_STATES } from './life.ts';
import { needAnswer } from './needs-api.ts';
import { repairAnswer } from './repair-api.ts';

const time = z.iso.datetime();
const state = z.enum(PLAN_STATES);
const names = z.array(z.string());

/** Everything a page shows of a plan, but its changes. */
export const planSummary = planAnswer.extend({
  stateWords: z.string(),
  pullRequestUrl,
  accountName: z.string().optional().describe('Absent once sekisho.yaml does not name the stack any more'),
  region: z.string().optional(),
  path: z.string().optional(),
  team: z.string().optional().describe('That owns the stack'),
  timeline: z.object({
    passed: z.array(
      z.object({
        at: time,
        event: z.string(),
        words: z.string(),
        state,
        stateWords: z.string(),
        byWhom: z.string(),
        decision: z
          .string()
          .optional()
          .describe(
            'What the person said: `approve`, `reject`, `break-glass`, `repair`, `agree-repair`, `withdraw-repair`',
          ),
        reason: z.string().optional().describe('In the person’s own words'),
      }),
    ),
    ahead: z.array(z.object({ state, words: z.string() })).describe('If all goes well'),
  }),
  decision: explainedDecision.optional().describe('What the policy says now, while something can be decided'),
  refusal: decisionAnswer.optional().describe('Why it was refused, as it was said then'),
  waitsFor: z
    .array(z.object({ person: z.string(), teams: names }))
    .describe('Who could approve it and has not spoken; by sekisho.yaml and the policies'),
  mine: z
    .object({
      isAuthor: z.boolean(),
      given: z
        .enum(['approve', 'reject', 'break-glass'])
        .optional()
        .describe('What you said, if it is in force'),
      approve: explainedDecision.optional(),
      breakGlass: explainedDecision.optional(),
      mayCancel: z.boolean(),
      again: againInSummary.optional(),
    })
    .optional()
    .describe('What you may do; absent for jobs'),
  approvals: z.array(approvalAnswer),
  budgets: budgetsAnswer,
  repair: repairAnswer,
  heldBy: lockAnswer.optional().describe('Another pull request holds the stack'),
  permissions: permissionsAnswer.optional().describe('What a grant can do, in words'),
  extraNeeds: z.array(needAnswer).optional(),
  denials: z.array(denialAnswer).optional(),
  grants: z.array(grantRecord),
  terraform: z.object({ version: z.string(), mode: z.enum(['normal', 'destroy', 'refresh-only']) }),
  summary: z.record(z.string(), z.number()).describe('Counts of what it does'),
  outputs: z.array(
    z.object({
      name: z.string(),
      action: z.enum(['no-op', 'create', 'update', 'delete']),
      sensitive: z.boolean(),
      before: z.unknown(),
      after: z.unknown(),
    }),
  ),
  accountsSeen: names.describe('Every AWS account that the plan mentions'),
  stacks: z
    .array(
      z.object({
        stack: z.string(),
        account: z.string(),
        environment: z.enum(ENVIRONMENTS),
        dependsOn: names,
        plan: z.object({ id: z.string(), state, stateWords: z.string() }),
      }),
    )
    .describe('The newest plans of the same commit, in the order in which they are applied'),
  newer: z.string().optional().describe('A later plan of the same stack and pull request, or ref'),
});
