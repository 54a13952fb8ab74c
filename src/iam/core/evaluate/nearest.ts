import { type Text, text } from '#core-values';
import { operatorName } from '../model.ts';
import { quoted } from '../quoted.ts';
import type { Lookup } from '../request/context.ts';
import type { AccessRequest } from '../request/request.ts';
import type { Truth } from '../truth.ts';
import {
  actionFits,
  type CompiledStatement,
  conditionsHold,
  fitsWithPrincipal,
  resourceFits,
} from './compiled-policy.ts';
import { policiesOn, referenceTo, type StatementReference, type Verdict } from './evaluate.ts';
import type { LayerName, Layers } from './layers.ts';
import { namesAtAll } from './principal-match.ts';
import { outcomeText, statementText } from './words.ts';

/** One thing that must change; to be allowed, all of them. */
export interface Change {
  readonly layer: LayerName;
  readonly level?: string;
  /** The statement that is nearest to allowing, or that denies; absent where a new one is needed. */
  readonly statement?: StatementReference;
  readonly message: Text;
}

/**
 * The nearest thing that would allow a denied request: for an explicit denial what would take it out of the statement that denies;
 * else for each layer that does not agree the statement that lacks least. Empty for other verdicts.
 */
export function nearestToAllowed(
  layers: Layers,
  request: AccessRequest,
  verdict: Verdict,
): readonly Change[] {
  if (verdict.kind === 'explicitly-denied') {
    return verdict.deciding.flatMap((denial) => {
      const statement = statementAt(layers, request, denial);
      return statement === undefined ? [] : [escapeFrom(statement, denial)];
    });
  }
  if (verdict.kind !== 'implicitly-denied') return [];
  return verdict.missing.map(({ layer, level }) => {
    const at = { layer, ...(level !== undefined && { level }) };
    const [best] = candidates(layers, request, layer, level).toSorted(
      (a, b) => a.unmet.length - b.unmet.length,
    );
    if (best === undefined) return { ...at, message: newAllow(request, at) };
    const reference = referenceTo(best.statement, layer, level);
    return { ...at, statement: reference, message: lacking(reference, best.unmet, request) };
  });
}

interface Candidate {
  readonly statement: CompiledStatement;
  readonly unmet: readonly Unmet[];
}

interface Unmet {
  readonly element: 'Resource' | 'Principal' | 'Condition';
  readonly detail: string;
}

/** Statements that allow the action, with what else keeps them from allowing the request. */
function candidates(
  layers: Layers,
  request: AccessRequest,
  layer: LayerName,
  level: string | undefined,
): readonly Candidate[] {
  const found: Candidate[] = [];
  for (const one of policiesOn(layers, request)) {
    if (one.layer !== layer || one.level !== level) continue;
    for (const statement of one.policy.allows) {
      if (actionFits(statement, request)) found.push({ statement, unmet: unmetBy(statement, request) });
    }
  }
  return found;
}

function unmetBy(compiled: CompiledStatement, request: AccessRequest): readonly Unmet[] {
  const { principals, resources } = compiled.statement;
  const unmet: Unmet[] = [];
  if (resourceFits(compiled, request) !== 'yes') {
    unmet.push({
      element: 'Resource',
      detail: `${resources?.negated ? 'NotResource' : 'Resource'} ${resources?.patterns.map(quoted).join(', ') ?? ''}`,
    });
  }
  if (principals !== undefined && namesAtAll(principals, request) !== 'yes') {
    const ids = principals.principals.map((one) => (one.kind === 'everyone' ? '*' : quoted(one.id)));
    unmet.push({ element: 'Principal', detail: `Principal ${ids.join(', ')}` });
  }
  for (const { condition, holds } of compiled.conditions) {
    if (holds(request.lookUp) === 'yes') continue;
    const values = condition.values.map(quoted).join(', ');
    unmet.push({
      element: 'Condition',
      detail: `${operatorName(condition.operator)} ${quoted(condition.key)}: ${values}`,
    });
  }
  return unmet;
}

function lacking(reference: StatementReference, unmet: readonly Unmet[], { action }: AccessRequest): Text {
  const where = statementText(reference);
  const what = unmet.map(({ detail }) => detail).join('; ');
  return what === ''
    ? text(
        `${where.en} allows ${action}, but names the principal too loosely to do so alone: another layer must agree.`,
        `${where.ja} は ${action} を許可していますが、プリンシパルの指定がアカウント単位などのため、ほかのレイヤーの許可も必要です。`,
      )
    : text(
        `${where.en} allows ${action}, but not here: ${what}.`,
        `${where.ja} は ${action} を許可していますが、次の条件を満たしていません: ${what}`,
      );
}

function newAllow(
  { action, resource }: AccessRequest,
  at: { readonly layer: LayerName; readonly level?: string },
): Text {
  const where = outcomeText(at);
  return text(
    `${where.en}: no statement allows ${action}; one that allows it on ${quoted(resource)} would do.`,
    `${where.ja}: ${action} を許可するステートメントがありません。${quoted(resource)} に対して許可するステートメントが必要です。`,
  );
}

function escapeFrom({ statement }: CompiledStatement, reference: StatementReference): Change {
  const { layer, level } = reference;
  const where = statementText(reference);
  const conditions = statement.conditions.map(
    ({ operator, key, values }) =>
      `${operatorName(operator)} ${quoted(key)}: ${values.map(quoted).join(', ')}`,
  );
  const message =
    conditions.length === 0
      ? text(
          `${where.en} denies it unconditionally: action or resource must be outside of it, or the statement changed.`,
          `${where.ja} が無条件に拒否しています。対象外のアクションやリソースにするか、このステートメントを変更する必要があります。`,
        )
      : text(
          `${where.en} would not apply if one of these did not hold: ${conditions.join('; ')}.`,
          `${where.ja} は、次のいずれかが成り立たなければ適用されません: ${conditions.join('、')}`,
        );
  return { layer, ...(level !== undefined && { level }), statement: reference, message };
}

function statementAt(
  layers: Layers,
  request: AccessRequest,
  { layer, level, policy, statement }: StatementReference,
): CompiledStatement | undefined {
  for (const one of policiesOn(layers, request)) {
    if (one.layer !== layer || one.level !== level || one.policy.name !== policy) continue;
    const found = [...one.policy.denies, ...one.policy.allows].find(({ index }) => index === statement);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Condition keys, in lower case, whose values the verdict waits for. Empty unless it is `unknown`. */
export function keysWaitedFor(layers: Layers, request: AccessRequest, verdict: Verdict): readonly string[] {
  if (verdict.kind !== 'unknown') return [];
  const keys = new Set<string>();
  const asked = new Set<string>();
  const recording: AccessRequest = {
    ...request,
    lookUp(key): Lookup {
      const found = request.lookUp(key);
      if (found.kind === 'unknown') asked.add(key);
      return found;
    },
  };
  for (const { policy } of policiesOn(layers, request)) {
    for (const statement of [...policy.denies, ...policy.allows]) {
      asked.clear();
      const answer: Truth = fitsWithPrincipal(statement, recording);
      if (answer !== 'unknown') continue;
      // Asked again one by one: a statement stops asking at the first element that is not known.
      resourceFits(statement, recording);
      conditionsHold(statement, recording);
      for (const key of asked) keys.add(key);
    }
  }
  return [...keys].toSorted();
}
