import { type CompiledCondition, compileCondition } from '../conditions/condition.ts';
import type { Glob } from '../match/glob.ts';
import { compileAction, compileResource, type ResourcePattern } from '../match/pattern.ts';
import type { PatternElement, PolicyDocument, PolicyKind, Statement } from '../model.ts';
import type { AccessRequest } from '../request/request.ts';
import { and, anyOf, not, type Truth } from '../truth.ts';
import { namesAtAll } from './principal-match.ts';

/** A policy with its patterns compiled, once for any number of requests. */
export interface CompiledPolicy {
  /** What people call it, for evidence. */
  readonly name: string;
  readonly kind: PolicyKind;
  readonly document: PolicyDocument;
  readonly allows: readonly CompiledStatement[];
  readonly denies: readonly CompiledStatement[];
}

export interface CompiledStatement {
  readonly policy: string;
  /** From 0 on, as in `Statement[0]`. */
  readonly index: number;
  readonly statement: Statement;
  readonly actions: CompiledActions;
  readonly resources?: CompiledResources;
  readonly conditions: readonly CompiledCondition[];
}

interface CompiledActions {
  readonly negated: boolean;
  readonly everyService: readonly Glob[];
  readonly byService: ReadonlyMap<string, readonly Glob[]>;
}

interface CompiledResources {
  readonly negated: boolean;
  readonly patterns: readonly ResourcePattern[];
}

export function compilePolicy(document: PolicyDocument, name: string): CompiledPolicy {
  const statements = document.statements.map(
    (statement, index): CompiledStatement => ({
      policy: name,
      index,
      statement,
      actions: compileActions(statement.actions),
      ...(statement.resources !== undefined && {
        resources: {
          negated: statement.resources.negated,
          patterns: statement.resources.patterns.map((words) => compileResource(words, document.version)),
        },
      }),
      conditions: statement.conditions.map((condition) => compileCondition(condition, document.version)),
    }),
  );
  const withEffect = (effect: Statement['effect']) =>
    statements.filter(({ statement }) => statement.effect === effect);
  return { name, kind: document.kind, document, allows: withEffect('Allow'), denies: withEffect('Deny') };
}

function compileActions({ negated, patterns }: PatternElement): CompiledActions {
  const everyService: Glob[] = [];
  const byService = new Map<string, Glob[]>();
  for (const { service, name } of patterns.map(compileAction)) {
    if (service === undefined) everyService.push(name);
    else byService.set(service, [...(byService.get(service) ?? []), name]);
  }
  return { negated, everyService, byService };
}

/** Whether action, resource and conditions are those of the request, whoever it is from. */
export function fits(statement: CompiledStatement, request: AccessRequest): Truth {
  if (!actionFits(statement, request)) return 'no';
  const resource = resourceFits(statement, request);
  return resource === 'no' ? 'no' : and(resource, conditionsHold(statement, request));
}

/** As `fits`, and the request is from somebody whom the statement names, if it names anybody. */
export function fitsWithPrincipal(statement: CompiledStatement, request: AccessRequest): Truth {
  const rest = fits(statement, request);
  const { principals } = statement.statement;
  return rest === 'no' || principals === undefined ? rest : and(rest, namesAtAll(principals, request));
}

export function actionFits({ actions }: CompiledStatement, { service, actionName }: AccessRequest): boolean {
  const isNamed =
    (actions.byService.get(service)?.some((glob) => glob.matches(actionName)) ?? false) ||
    actions.everyService.some((glob) => glob.matches(actionName));
  return isNamed !== actions.negated;
}

export function resourceFits({ resources }: CompiledStatement, { resource, lookUp }: AccessRequest): Truth {
  if (resources === undefined) return 'yes';
  const isNamed = anyOf(resources.patterns, (pattern) => pattern.matches(resource, lookUp));
  return resources.negated ? not(isNamed) : isNamed;
}

export function conditionsHold({ conditions }: CompiledStatement, { lookUp }: AccessRequest): Truth {
  let result: Truth = 'yes';
  for (const condition of conditions) {
    const holds = condition.holds(lookUp);
    if (holds === 'no') return 'no';
    if (holds === 'unknown') result = 'unknown';
  }
  return result;
}
