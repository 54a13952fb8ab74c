import type { CedarValueJson, TypeAndId } from '@cedar-policy/cedar-wasm/nodejs';
import { type ApprovedBy, countPersons, isOneOf } from './approvals.ts';
import type {
  AccountResource,
  AuthorFacts,
  BreakGlassFacts,
  FindingFacts,
  OrganizationResource,
  PersonPrincipal,
  PolicyRequest,
  RepairFacts,
  StackResource,
  TimeFacts,
  WorkloadPrincipal,
} from './request.ts';

type Context = Record<string, CedarValueJson>;

interface CedarEntity {
  readonly uid: TypeAndId;
  readonly attrs: Context;
  readonly parents: TypeAndId[];
}

/** A request in Cedar's words. Names go in as data (type and id apart), never as policy text. */
export interface CedarRequest {
  readonly principal: TypeAndId;
  readonly action: TypeAndId;
  readonly resource: TypeAndId;
  readonly context: Context;
  readonly entities: CedarEntity[];
}

type Actor = PersonPrincipal | WorkloadPrincipal;
type Resource = OrganizationResource | AccountResource | StackResource;

export function toCedar(request: PolicyRequest): CedarRequest {
  const entities = new Map<string, CedarEntity>();
  // The first record of an entity wins: what is asked about (principal, resource) before who else is named.
  for (const entity of [
    ...actorEntities(request.principal),
    ...resourceEntities(request.resource),
    ...peopleIn(request).flatMap(actorEntities),
  ]) {
    const key = JSON.stringify(entity.uid);
    if (!entities.has(key)) entities.set(key, entity);
  }
  return {
    principal: actorId(request.principal),
    action: uid('Action', request.action),
    resource: resourceId(request.resource),
    context: contextOf(request),
    entities: [...entities.values()],
  };
}

const uid = (type: string, id: string): TypeAndId => ({ type, id });
const reference = (type: string, id: string): CedarValueJson => ({ __entity: { type, id } });

const actorId = (actor: Actor): TypeAndId =>
  actor.kind === 'person' ? uid('Person', actor.name) : uid('Workload', actor.id);

function actorEntities(actor: Actor): CedarEntity[] {
  if (actor.kind === 'workload') {
    const { issuer, repositoryId, workflow, ref, event } = actor;
    return [{ uid: actorId(actor), attrs: { issuer, repositoryId, workflow, ref, event }, parents: [] }];
  }
  const { administrator, mayBreakGlass } = actor;
  const parents = actor.teams.map((team) => uid('Team', team));
  return [
    { uid: actorId(actor), attrs: { administrator, mayBreakGlass }, parents },
    ...parents.map((team) => ({ uid: team, attrs: {}, parents: [] })),
  ];
}

function resourceId(resource: Resource): TypeAndId {
  switch (resource.kind) {
    case 'organization':
      return uid('Organization', resource.name);
    case 'account':
      return uid('Account', resource.id);
    case 'stack':
      return uid('Stack', resource.name);
  }
}

function resourceEntities(resource: Resource): CedarEntity[] {
  switch (resource.kind) {
    case 'organization':
      return [{ uid: resourceId(resource), attrs: {}, parents: [] }];
    case 'account': {
      const organization = uid('Organization', resource.organization);
      return [
        {
          uid: resourceId(resource),
          attrs: { name: resource.name, environment: reference('Environment', resource.environment) },
          parents: [organization],
        },
        { uid: organization, attrs: {}, parents: [] },
      ];
    }
    case 'stack':
      return [
        {
          uid: resourceId(resource),
          attrs: {
            name: resource.name,
            account: reference('Account', resource.account.id),
            owningTeam: reference('Team', resource.owningTeam),
          },
          parents: [resourceId(resource.account)],
        },
        { uid: uid('Team', resource.owningTeam), attrs: {}, parents: [] },
        ...resourceEntities(resource.account),
      ];
  }
}

/** Everybody a policy may ask attributes of, beside the principal. */
function peopleIn(request: PolicyRequest): readonly PersonPrincipal[] {
  if (request.action !== 'apply') return [];
  const { approvedBy, reviewedBy, author, breakGlass, repair } = request.facts;
  return [
    ...[...approvedBy, ...reviewedBy, ...author.people],
    ...(breakGlass.active ? [breakGlass.by] : []),
    ...(repair.active ? [repair.by, ...(repair.agreedBy === undefined ? [] : [repair.agreedBy])] : []),
  ];
}

function contextOf(request: PolicyRequest): Context {
  const time: Context = { ...copyTime(request.facts.time) };
  switch (request.action) {
    case 'plan': {
      const { protectedWorkflow, freeze } = request.facts;
      return { protectedWorkflow, freeze: { ...freeze }, time };
    }
    case 'approve': {
      const { verdict, keyKind, author, findings } = request.facts;
      return {
        verdict: reference('Verdict', verdict),
        keyKind: reference('KeyKind', keyKind),
        isAuthor: isOneOf(request.principal, author.people),
        authorKnown: author.known,
        findings: findingContext(findings),
        time,
      };
    }
    case 'apply': {
      const { protectedWorkflow, findings, changes, freeze, errorBudget, author, repair, breakGlass } =
        request.facts;
      return {
        protectedWorkflow,
        findings: findingContext(findings),
        changes: { ...changes },
        approvals: approvalContext(request.facts, author, request.resource),
        author: { known: author.known, people: references('Person', namesOf(author.people)) },
        freeze: { ...freeze },
        errorBudget: { ...errorBudget },
        repair: repairContext(repair, author),
        breakGlass: breakGlassContext(breakGlass),
        time,
      };
    }
    case 'operate':
      return { reasonLength: request.facts.reasonLength, time };
    case 'breakGlass': {
      const { reasonLength, findings, freeze } = request.facts;
      return { reasonLength, findings: findingContext(findings), freeze: { ...freeze }, time };
    }
    case 'administer':
      return { time };
  }
}

const copyTime = (time: TimeFacts): Record<string, number> => ({ ...time });

const findingContext = (findings: FindingFacts): Context => ({ ...findings, rules: [...findings.rules] });

function approvalContext(approved: ApprovedBy, author: AuthorFacts, stack: StackResource): Context {
  const approvals = countPersons(approved, author.people, stack.owningTeam);
  return {
    total: approvals.total,
    fromOwningTeam: approvals.fromOwningTeam,
    signed: approvals.signed,
    signedFromOwningTeam: approvals.signedFromOwningTeam,
    approvers: references('Person', approvals.approvers),
    teams: references('Team', approvals.teams),
  };
}

const breakGlassContext = (breakGlass: BreakGlassFacts): Context =>
  breakGlass.active
    ? {
        active: true,
        reasonLength: breakGlass.reasonLength,
        by: reference('Person', breakGlass.by.name),
      }
    : { active: false, reasonLength: 0 };

/** Counted here, so that no caller lets somebody agree to their own mark or to their own work. */
function repairContext(repair: RepairFacts, author: AuthorFacts): Context {
  if (!repair.active) return { active: false, agreed: false, reasonLength: 0 };
  const { by, reasonLength, agreedBy } = repair;
  const isAgreed = agreedBy !== undefined && agreedBy.name !== by.name && !isOneOf(agreedBy, author.people);
  return {
    ...{ active: true, agreed: isAgreed, reasonLength, by: reference('Person', by.name) },
    ...(isAgreed ? { agreedBy: reference('Person', agreedBy.name) } : {}),
  };
}

const references = (type: string, ids: readonly string[]): CedarValueJson[] =>
  ids.map((id) => reference(type, id));

const namesOf = (people: readonly PersonPrincipal[]): string[] => people.map((person) => person.name);
