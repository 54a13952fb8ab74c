import { z } from 'zod';
import { ENVIRONMENTS } from '#core-values';
import { lockAnswer } from './api.ts';
import { PLAN_STATES } from './life.ts';

const time = z.iso.datetime();
const state = z.enum(PLAN_STATES);

const planOnMap = z.object({ id: z.string(), state, stateWords: z.string(), uploadedAt: time });

export const driftOnMap = z.object({
  verdict: z
    .enum(['none', 'drifted', 'unknown'])
    .describe('By the newest scheduled plan, or the apply after it'),
  plan: z.string().optional().describe('That says so'),
  at: time.optional(),
});

const stackOnMap = z.object({
  name: z.string(),
  team: z.string(),
  region: z.string(),
  path: z.string(),
  repository: z.object({ id: z.string(), name: z.string() }),
  dependsOn: z.array(z.string()),
  applies: z.enum(['after-merge', 'before-merge']),
  lastPlan: planOnMap.optional(),
  lastApplied: z.object({ plan: z.string(), at: time }).optional(),
  inFlight: z.string().optional().describe('The plan for which credentials may be out'),
  waiting: z.number().describe('Plans that wait for an approval'),
  knownState: z
    .object({ lineage: z.string(), serial: z.number(), reportedAt: time, reportedBy: z.string() })
    .optional()
    .describe('As the last granted job reported it'),
  lock: lockAnswer.optional(),
  drift: driftOnMap,
});

/** The accounts of sekisho.yaml by environment, production first, each with its stacks in dependency order. */
export const accountMap = z.object({
  accounts: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      environment: z.enum(ENVIRONMENTS),
      revocable: z.boolean().describe('Sessions of revoked grants are denied in AWS too'),
      freezes: z
        .array(z.object({ name: z.string(), reason: z.string(), from: time, to: time }))
        .describe('In which nothing is applied there now'),
      stacks: z.array(stackOnMap),
    }),
  ),
});

export type AccountMap = z.infer<typeof accountMap>;
export type StackOnMap = z.infer<typeof stackOnMap>;
