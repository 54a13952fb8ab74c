import { type Text, text } from '#core-values';
import type { AffectedReason, AffectedStack } from '#repository/core';
import type { Touched } from '../core/facts.ts';

const MOST_REASONS = 3;

/** Why a stack is affected, as people are told it; that its own folder changed needs no words. */
export function touchedOf({ fate, movedTo, reasons }: AffectedStack): Touched {
  if (fate === 'deleted') return { kind: 'deleted' };
  const why = reasons.flatMap((reason) => wordsOf(reason) ?? []).slice(0, MOST_REASONS);
  const [first] = reasons;
  return fate === 'moved' && movedTo !== undefined
    ? { kind: 'moved', from: first.path, to: movedTo }
    : { kind: 'changed', why };
}

function wordsOf({ kind, path, via = [] }: AffectedReason): Text | undefined {
  const module = via.at(-1) ?? path;
  switch (kind) {
    case 'module':
      return text(
        `It uses the module ${module}, in which ${path} changed.`,
        `使用しているモジュール ${module} の ${path} が変更されました。`,
      );
    case 'shared-file':
      return text(`It reads ${path}, which changed.`, `参照している ${path} が変更されました。`);
    case 'declared':
      return text(
        `${path} changed, which sekisho.yaml says affects it.`,
        `sekisho.yaml で影響するファイルとして宣言された ${path} が変更されました。`,
      );
    case 'lock-file':
      return text('Its provider versions changed.', 'プロバイダーのバージョンが変更されました。');
    case 'unreadable':
      return text(
        `${path} cannot be read, so nobody knows what it uses.`,
        `${path} を解析できず、依存関係が分かりません。`,
      );
    default:
      return undefined;
  }
}
