import { type Text, text } from '#core-values';
import { labelOf } from '../document/where.ts';
import { quoted } from '../quoted.ts';
import type { AccessRequest } from '../request/request.ts';
import type { LayerOutcome, StatementReference, Verdict } from './evaluate.ts';
import { alwaysPasses, type LayerName } from './layers.ts';

const LAYER_WORDS: Readonly<Record<LayerName, Text>> = {
  scp: text('SCP', 'SCP'),
  rcp: text('RCP', 'RCP'),
  identity: text('identity policies', 'アイデンティティベースポリシー'),
  boundary: text('permissions boundary', 'アクセス許可の境界'),
  session: text('session policies', 'セッションポリシー'),
  resource: text('resource policy', 'リソースベースポリシー'),
};

/** `SCP (root) "DenyRegions", Statement[0] "OnlyTokyo"`. */
export function statementText({ layer, level, policy, statement, sid }: StatementReference): Text {
  const of = `${level === undefined ? '' : ` (${quoted(level)})`} "${quoted(policy)}", ${labelOf({ statement, ...(sid !== undefined && { sid }) })}`;
  return text(`${LAYER_WORDS[layer].en}${of}`, `${LAYER_WORDS[layer].ja}${of}`);
}

export function outcomeText({ layer, level }: Pick<LayerOutcome, 'layer' | 'level'>): Text {
  const at = level === undefined ? '' : ` (${quoted(level)})`;
  return text(`${LAYER_WORDS[layer].en}${at}`, `${LAYER_WORDS[layer].ja}${at}`);
}

/** Why the verdict is what it is, in one sentence. */
export function reasonOf(verdict: Verdict, request: AccessRequest): Text {
  const list = (texts: readonly Text[]): Text =>
    text(texts.map(({ en }) => en).join('; '), texts.map(({ ja }) => ja).join('、'));
  const deciding = list(verdict.deciding.map(statementText));
  switch (verdict.kind) {
    case 'allowed':
      if (alwaysPasses(request)) {
        return text(
          'No policy can take this action away.',
          'このアクションはどのポリシーでも拒否できません。',
        );
      }
      return verdict.deciding.length === 0
        ? text(
            'The root user of an account may do everything in it.',
            'アカウントのルートユーザーは、そのアカウントですべての操作を行えます。',
          )
        : text(`Allowed by ${deciding.en}.`, `許可したステートメント: ${deciding.ja}`);
    case 'explicitly-denied':
      return text(
        `Denied by ${deciding.en}; a Deny that applies wins over every Allow.`,
        `${deciding.ja} の Deny に該当します。Deny はどの Allow よりも優先されます。`,
      );
    case 'implicitly-denied': {
      const missing = list(verdict.missing.map(outcomeText));
      return text(
        `Nothing allows it in: ${missing.en}.`,
        `許可するステートメントがありません: ${missing.ja}`,
      );
    }
    case 'unknown':
      return verdict.deciding.length === 0
        ? text(
            'What is known does not decide it: the account that owns the resource, or its policy, is missing.',
            '与えられた情報だけでは判定できません。リソースを所有するアカウント、またはリソースのポリシーが必要です。',
          )
        : text(
            `What is known does not decide whether these apply: ${deciding.en}.`,
            `与えられた情報だけでは、次のステートメントが該当するか判定できません: ${deciding.ja}`,
          );
  }
}

export const verdictWords: Readonly<Record<Verdict['kind'], Text>> = {
  allowed: text('allowed', '許可'),
  'explicitly-denied': text('explicitly denied', '明示的な拒否'),
  'implicitly-denied': text('implicitly denied', '暗黙的な拒否'),
  unknown: text('unknown', '判定不能'),
};
