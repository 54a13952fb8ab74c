import { z } from 'zod';
import {
  ENVIRONMENTS,
  err,
  ok,
  parseAccountId,
  parsePersonName,
  parseStackName,
  parseTeamName,
  type Reason,
  type Result,
  text,
} from '#core-values';
import {
  type AccountResource,
  type ChangeFacts,
  type FindingFacts,
  KEY_KINDS,
  type OrganizationResource,
  type PersonPrincipal,
  type PolicyAction,
  type PolicyRequest,
  type RepairFacts,
  type StackResource,
  type TimeFacts,
  type WorkloadPrincipal,
} from './request.ts';

/**
 * Facts as people write them in cases and on the command line. What is left out is as on a calm day: a job of the
 * protected workflow, a known author, nothing found, nobody has approved, no freeze, no known error budget, no repair.
 */
const count = z.int().min(0);
const flag = z.boolean();

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

const branded = <T>(parse: (value: string) => T | undefined, form: string) =>
  z.string().transform((value, context) => {
    const parsed = parse(value);
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: 'custom', message: `must be ${form}` });
    return z.NEVER;
  });

const NAME_FORM = 'lower-case letters, digits and hyphens';
const personName = branded(parsePersonName, NAME_FORM);
const teamName = branded(parseTeamName, NAME_FORM);

const person = z
  .strictObject({
    person: personName,
    teams: z.array(teamName).default([]),
    administrator: flag.default(false),
    mayBreakGlass: flag.default(false),
  })
  .transform(({ person: name, ...rest }): PersonPrincipal => ({ kind: 'person', name, ...rest }));

export const findingsSchema = z
  .strictObject({
    critical: count,
    high: count,
    medium: count,
    low: count,
    info: count,
    rules: z.array(z.string()),
    losesData: flag,
    widensIam: flag,
    runsCode: flag,
    opensToWorld: flag,
    wrongAccount: flag,
    partialPlan: flag,
  } satisfies Record<keyof FindingFacts, z.ZodType>)
  .partial();

export const changesSchema = z
  .strictObject({
    total: count,
    create: count,
    update: count,
    replace: count,
    delete: count,
    forget: count,
    import: count,
    move: count,
    drift: count,
  } satisfies Record<keyof ChangeFacts, z.ZodType>)
  .partial();

export const timeSchema = z.strictObject({
  day: z.enum(DAYS).default('wednesday'),
  hour: z.int().min(0).max(23).default(12),
  minute: z.int().min(0).max(59).default(0),
});

export const draftFactsSchema = z
  .strictObject({
    protectedWorkflow: flag,
    findings: findingsSchema,
    changes: changesSchema,
    approvedBy: z.array(person),
    reviewedBy: z.array(person),
    authors: z.array(person),
    authorKnown: flag,
    /** Name of the freeze that is active. */
    freeze: z.string().min(1),
    errorBudgetPpm: z.int(),
    errorBudgetBurning: flag,
    errorBudgetStale: flag,
    repair: z.strictObject({ by: person, reasonLength: count, agreedBy: person.optional() }),
    breakGlass: z.strictObject({ by: person, reasonLength: count }),
    reasonLength: count,
    verdict: z.enum(['approve', 'reject']),
    keyKind: z.enum(KEY_KINDS),
    time: timeSchema,
  })
  .partial();

export type DraftFacts = z.output<typeof draftFactsSchema>;

export const draftPersonSchema = person;

export const draftStackSchema = z
  .strictObject({
    name: branded(parseStackName, NAME_FORM).prefault('shop'),
    team: teamName.prefault('shop'),
    environment: z.enum(ENVIRONMENTS),
    account: branded(parseAccountId, 'twelve digits in quotes').prefault('111111111111'),
  })
  .transform(
    ({ name, team, environment, account: id }): StackResource => ({
      kind: 'stack',
      name,
      owningTeam: team,
      account: { kind: 'account', id, name: environment, environment, organization: 'organization' },
    }),
  );

/** The job that drafts are about: any, as far as policies that do not ask for claims can tell. */
export const sampleWorkload = (id: string): WorkloadPrincipal => ({
  kind: 'workload',
  id,
  issuer: 'https://token.actions.githubusercontent.com',
  repositoryId: '1',
  workflow: 'sample/infra/.github/workflows/terraform.yml@refs/heads/main',
  ref: 'refs/heads/main',
  event: 'push',
});

const NO_FINDINGS: FindingFacts = {
  critical: 0,
  high: 0,
  medium: 0,
  low: 0,
  info: 0,
  rules: [],
  losesData: false,
  widensIam: false,
  runsCode: false,
  opensToWorld: false,
  wrongAccount: false,
  partialPlan: false,
};

const NO_CHANGES: ChangeFacts = {
  total: 0,
  create: 0,
  update: 0,
  replace: 0,
  delete: 0,
  forget: 0,
  import: 0,
  move: 0,
  drift: 0,
};

/** Monday, 5 January 2026, 00:00 UTC: the week in which drafts take place. */
const MONDAY_EPOCH_SECONDS = 1_767_571_200;

export interface RequestDraft {
  readonly action: PolicyAction;
  readonly principal: PersonPrincipal | WorkloadPrincipal;
  readonly resource: StackResource | AccountResource | OrganizationResource;
  readonly facts: DraftFacts;
}

/** Fills in what a draft leaves out. An action asked of the wrong kind of principal or resource is `bad-input`. */
export function draftedRequest(draft: RequestDraft): Result<PolicyRequest, Reason> {
  const { action, principal, resource } = draft;
  const all = filledIn(draft.facts);
  const { time, findings, freeze, reasonLength, author } = all;
  if (action === 'operate' && resource.kind !== 'organization') {
    return ok({ action, principal, resource, facts: { reasonLength, time } });
  }
  if (action === 'administer' && principal.kind === 'person') {
    return ok({ action, principal, resource, facts: { time } });
  }
  if (resource.kind !== 'stack') return err(doesNotFit(draft));
  if (action === 'plan') {
    return ok({
      action,
      principal,
      resource,
      facts: { protectedWorkflow: all.protectedWorkflow, freeze, time },
    });
  }
  if (action === 'apply') {
    const { reasonLength: _reason, verdict: _verdict, keyKind: _key, ...facts } = all;
    return ok({ action, principal, resource, facts });
  }
  if (principal.kind !== 'person') return err(doesNotFit(draft));
  if (action === 'approve') {
    const { verdict, keyKind } = all;
    return ok({ action, principal, resource, facts: { verdict, keyKind, author, findings, time } });
  }
  return action === 'breakGlass'
    ? ok({ action, principal, resource, facts: { reasonLength, findings, freeze, time } })
    : err(doesNotFit(draft));
}

function filledIn(facts: DraftFacts) {
  const { freeze, errorBudgetPpm, breakGlass, repair } = facts;
  return {
    protectedWorkflow: facts.protectedWorkflow ?? true,
    findings: { ...NO_FINDINGS, ...given(facts.findings) },
    changes: { ...NO_CHANGES, ...given(facts.changes) },
    approvedBy: facts.approvedBy ?? [],
    reviewedBy: facts.reviewedBy ?? [],
    author: { known: facts.authorKnown ?? true, people: facts.authors ?? [] },
    freeze: { active: freeze !== undefined, name: freeze ?? '' },
    errorBudget: {
      ...{ known: errorBudgetPpm !== undefined, remainingPpm: errorBudgetPpm ?? 0 },
      ...{ burning: facts.errorBudgetBurning ?? false, stale: facts.errorBudgetStale ?? false },
    },
    repair: repair === undefined ? { active: false as const } : draftedRepair(repair),
    breakGlass:
      breakGlass === undefined ? { active: false as const } : { active: true as const, ...breakGlass },
    reasonLength: facts.reasonLength ?? 0,
    verdict: facts.verdict ?? 'approve',
    keyKind: facts.keyKind ?? 'ssh',
    time: draftedTime(facts.time ?? { day: 'wednesday', hour: 12, minute: 0 }),
  };
}

const draftedRepair = ({ agreedBy, ...marked }: NonNullable<DraftFacts['repair']>): RepairFacts => ({
  ...{ active: true, ...marked },
  ...(agreedBy === undefined ? {} : { agreedBy }),
});

type Given<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };

/** Without keys whose value is `undefined`, which would otherwise win over what is filled in. */
const given = <T extends object>(record: T | undefined): Partial<Given<T>> =>
  JSON.parse(JSON.stringify(record ?? {}));

function draftedTime({ day, hour, minute }: z.output<typeof timeSchema>): TimeFacts {
  const dayOfWeek = DAYS.indexOf(day) + 1;
  const hourOfWeek = (dayOfWeek - 1) * 24 + hour;
  return {
    epochSeconds: MONDAY_EPOCH_SECONDS + hourOfWeek * 3600 + minute * 60,
    hourOfWeek,
    dayOfWeek,
    hourOfDay: hour,
    minuteOfHour: minute,
  };
}

const doesNotFit = ({ action, principal, resource }: RequestDraft): Reason => ({
  rule: 'policy.question-impossible',
  message: text(
    `A ${principal.kind} cannot be asked to ${action} a ${resource.kind}.`,
    `${principal.kind} が ${resource.kind} に対して ${action} を行うという問いは成り立ちません。`,
  ),
  remedy: text(
    'approve, breakGlass and administer are for people; plan, approve, apply and breakGlass are about a stack.',
    'approve・breakGlass・administer の主体は人です。plan・approve・apply・breakGlass の対象はスタックです。',
  ),
});
