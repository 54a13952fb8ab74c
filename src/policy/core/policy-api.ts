import { z } from 'zod';
import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import { changesSchema, type DraftFacts, findingsSchema, timeSchema } from './draft.ts';
import { explainedDecision } from './explained.ts';
import type { PersonNamed } from './question.ts';
import { KEY_KINDS, type PersonPrincipal, POLICY_ACTIONS } from './request.ts';

/** What the playground asks and gets over the wire. */
const name = z.string().min(1).max(128);
const people = z.array(name).max(50);
const length = z.int().min(0).max(100_000);

/** Facts to assume, as cases name them (docs/policy.md); people by their names. */
export const assumedFacts = z
  .strictObject({
    protectedWorkflow: z.boolean(),
    findings: findingsSchema,
    changes: changesSchema,
    approvedBy: people,
    reviewedBy: people,
    authors: people,
    authorKnown: z.boolean(),
    freeze: z.string().min(1).max(200).describe('Name of a freeze that is active'),
    errorBudgetPpm: z.int(),
    errorBudgetBurning: z.boolean(),
    errorBudgetStale: z.boolean(),
    repair: z.strictObject({ by: name, reasonLength: length, agreedBy: name.optional() }),
    breakGlass: z.strictObject({ by: name, reasonLength: length }),
    reasonLength: length,
    verdict: z.enum(['approve', 'reject']),
    keyKind: z.enum(KEY_KINDS),
    time: timeSchema,
  } satisfies Record<keyof DraftFacts, z.ZodType>)
  .partial();

export const explainRequest = z.strictObject({
  by: z
    .strictObject({ kind: z.enum(['person', 'job']), name })
    .describe('A job is one of the stack’s own workflow'),
  action: z.enum(POLICY_ACTIONS),
  on: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('stack'), name }),
    z.strictObject({ kind: z.literal('account'), name: name.describe('Name or id') }),
    z.strictObject({ kind: z.literal('organization') }),
  ]),
  facts: assumedFacts
    .default({})
    .describe('What is assumed; the rest is as on a calm day, with the freezes that are configured now'),
});

export const explainAnswer = z.object({
  decision: explainedDecision,
  asked: z
    .array(z.object({ name: z.string(), value: z.string() }))
    .describe('Every fact the policies were given'),
});

const reason = z.object({ rule: z.string(), message: z.string(), remedy: z.string() });

export const policyAnswer = z.object({
  kind: z.enum(['loaded', 'denies-everything']),
  shipped: z.boolean().describe('What Sekisho ships, rather than policies of your own'),
  policies: z.array(
    z.object({
      id: z.string(),
      effect: z.enum(['permit', 'forbid']),
      message: z.string(),
      remedy: z.string().optional(),
      place: z.object({ file: z.string(), line: z.number().optional() }),
      source: z.string().describe('Its Cedar, which begins at that line'),
      conditions: z.array(z.object({ kind: z.enum(['when', 'unless']), text: z.string() })).describe('Cedar'),
      reads: z.array(z.string()).describe('The facts it reads'),
    }),
  ),
  warnings: z.array(reason),
  reasons: z.array(reason).describe('Why everything is denied'),
});

export const casesAnswer = z.object({
  passed: z.number(),
  cases: z.array(
    z.object({
      file: z.string(),
      name: z.string(),
      passed: z.boolean(),
      differences: z.array(z.object({ what: z.string(), expected: z.string(), actual: z.string() })),
      decision: explainedDecision.optional().describe('Of a case that is not as expected'),
    }),
  ),
});

/** Assumed facts with people in the place of their names. */
export function factsOfNames(
  asked: z.output<typeof assumedFacts>,
  personNamed: PersonNamed,
): Result<DraftFacts, Problem> {
  const { approvedBy, reviewedBy, authors, breakGlass, repair, ...rest } = asked;
  const named = [
    ...(approvedBy ?? []),
    ...(reviewedBy ?? []),
    ...(authors ?? []),
    ...(breakGlass ? [breakGlass.by] : []),
    ...(repair ? [repair.by, ...(repair.agreedBy === undefined ? [] : [repair.agreedBy])] : []),
  ];
  const unknown = named.find((one) => personNamed(one) === undefined);
  if (unknown !== undefined) return err(nobodyNamed(unknown));
  const principals = (names: readonly string[] | undefined): PersonPrincipal[] | undefined =>
    names?.flatMap((one) => personNamed(one) ?? []);
  const personOf = (one: string | undefined) => (one === undefined ? undefined : personNamed(one));
  const by = personOf(breakGlass?.by);
  const marker = personOf(repair?.by);
  return ok({
    ...rest,
    approvedBy: principals(approvedBy),
    reviewedBy: principals(reviewedBy),
    authors: principals(authors),
    breakGlass: by === undefined || breakGlass === undefined ? undefined : { ...breakGlass, by },
    repair:
      marker === undefined || repair === undefined
        ? undefined
        : { ...repair, by: marker, agreedBy: personOf(repair.agreedBy) },
  });
}

const nobodyNamed = (who: string): Problem =>
  problem('not-found', {
    rule: 'policy.person-unknown',
    message: text(`Nobody is named “${who}”.`, `「${who}」という人は登録されていません。`),
    remedy: text(
      'Use a name from the people in sekisho.yaml.',
      'sekisho.yaml の people にある名前を使ってください。',
    ),
  });
