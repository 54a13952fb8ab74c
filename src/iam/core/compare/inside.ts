import { type Text, text } from '#core-values';
import { labelOf } from '../document/where.ts';
import type { PolicyDocument, Statement } from '../model.ts';
import { pieces, statementCovers, statementsMayMeet } from './statement-sets.ts';
import { findWitness, type Witness } from './witness.ts';

/** Whether one policy allows nothing that another does not. */
export type Inside =
  | { readonly kind: 'inside' }
  /** A request that the first allows and the second does not, as `evaluate` says of both. */
  | { readonly kind: 'outside'; readonly witness: Witness }
  /** Neither was found; `why` names the first statement that could not be shown to be inside. */
  | { readonly kind: 'not-proven'; readonly why: Text };

/**
 * Whether every request that `inner` allows by itself is allowed by `outer` by itself. `inside` and `outside` are always right; what
 * cannot be shown either way (covered only by several statements together, conditions on numbers or dates) is `not-proven`.
 * Statements with principals are compared only with those of the same ones.
 */
export function isInside(inner: PolicyDocument, outer: PolicyDocument): Inside {
  const why = firstUncovered(inner, outer);
  if (why === undefined) return { kind: 'inside' };
  const witness = findWitness(inner, outer);
  return witness === undefined ? { kind: 'not-proven', why } : { kind: 'outside', witness };
}

function firstUncovered(inner: PolicyDocument, outer: PolicyDocument): Text | undefined {
  const versioned = ({ version }: PolicyDocument, statement: Statement) => ({ version, statement });
  const ofEffect = (document: PolicyDocument, effect: Statement['effect']) =>
    document.statements
      .filter((statement) => statement.effect === effect)
      .map((one) => versioned(document, one));
  const allows = ofEffect(outer, 'Allow');
  const denies = ofEffect(outer, 'Deny');
  const ownDenies = ofEffect(inner, 'Deny');
  for (const [index, statement] of inner.statements.entries()) {
    if (statement.effect === 'Deny') continue;
    for (const piece of pieces(statement)) {
      const one = versioned(inner, piece);
      // What the inner policy denies itself is allowed by nobody.
      if (ownDenies.some((deny) => statementCovers(deny, one))) continue;
      const isAllowed = allows.some((allow) => statementCovers(allow, one));
      const denial = denies.find(
        (deny) => statementsMayMeet(deny, one) && !ownDenies.some((own) => statementCovers(own, deny)),
      );
      if (isAllowed && denial === undefined) continue;
      return uncovered(index, statement, piece, isAllowed);
    }
  }
  return undefined;
}

function uncovered(index: number, { sid }: Statement, piece: Statement, isAllowed: boolean): Text {
  const where = labelOf({ statement: index, ...(sid !== undefined && { sid }) });
  const what = [...piece.actions.patterns, ...(piece.resources?.patterns ?? [])].join(' ');
  return isAllowed
    ? text(
        `${where}: ${what} may be denied there.`,
        `${where}: ${what} は比較先で拒否される可能性があります。`,
      )
    : text(
        `${where}: no single statement there is seen to cover ${what}.`,
        `${where}: ${what} を単独で含むステートメントが比較先に見つかりません。`,
      );
}
