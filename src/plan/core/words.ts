import { own, type Text, text } from '#core-values';
import type { ShownChange } from './difference.ts';
import type { Severity } from './findings.ts';
import type { ChangeAction } from './model.ts';

export const SEVERITY_WORDS: Readonly<Record<Severity, Text>> = {
  critical: text('critical', '重大'),
  high: text('high', '高'),
  medium: text('medium', '中'),
  low: text('low', '低'),
  info: text('info', '情報'),
};

export const ACTION_WORDS: Readonly<Record<ChangeAction, Text>> = {
  delete: text('Delete', '削除'),
  replace: text('Replace', '置き換え'),
  update: text('Update', '更新'),
  create: text('Create', '作成'),
  forget: text('Let go (stays where it is)', '管理対象から除外（実物は残る）'),
  'create-then-forget': text('Create anew, forget the old one', '新規作成し、古いものは管理対象から除外'),
  read: text('Read during apply', '適用時に読み取り'),
  'no-op': text('Unchanged', '変更なし'),
};

/** The most dangerous first. */
export const ACTION_ORDER: readonly ChangeAction[] = [
  'delete',
  'replace',
  'create-then-forget',
  'forget',
  'update',
  'create',
  'read',
];

export const ACTION_SIGNS: Readonly<Record<ChangeAction, string>> = {
  delete: '-',
  replace: '±',
  update: '~',
  create: '+',
  forget: '○',
  'create-then-forget': '+',
  read: '<',
  'no-op': ' ',
};

/** Terraform's action reasons, in words; ones not listed are shown as they are. */
const REASONS: Readonly<Record<string, Text>> = {
  replace_because_tainted: text(
    'tainted: an earlier apply left it half-made',
    'tainted（前回の適用が途中で失敗）',
  ),
  replace_by_request: text('replacement asked for with -replace', '-replace による置き換えの指定'),
  replace_because_cannot_update: text('cannot be updated in place', 'その場での更新ができないため'),
  replace_by_triggers: text('replace_triggered_by', 'replace_triggered_by による'),
  delete_because_no_resource_config: text('no longer in the configuration', '構成から削除されたため'),
  delete_because_no_module: text(
    'its module is no longer in the configuration',
    'モジュールが構成から削除されたため',
  ),
  delete_because_wrong_repetition: text(
    'count or for_each was added or removed',
    'count / for_each の有無が変わったため',
  ),
  delete_because_count_index: text('its index is beyond count', 'count の範囲外になったため'),
  delete_because_each_key: text('its key is no longer in for_each', 'for_each からキーがなくなったため'),
  delete_because_no_move_target: text(
    'the target of a move does not exist',
    'moved の移動先が存在しないため',
  ),
  read_because_config_unknown: text('depends on values known after apply', '適用後に決まる値に依存するため'),
  read_because_dependency_pending: text('depends on changes of this plan', 'このプランの変更に依存するため'),
  read_because_check_nested: text('belongs to a check', 'check ブロック内のため'),
};

type NotedChange = Pick<ShownChange, 'replaceOrder' | 'reason' | 'deposed' | 'previousAddress' | 'importing'>;

/** How it is replaced, why, from where: what stands behind an address. */
export function notesOf(change: NotedChange): readonly Text[] {
  const reason =
    change.reason === undefined
      ? undefined
      : (own(REASONS, change.reason) ?? text(change.reason, change.reason));
  return [
    ...(change.replaceOrder === 'delete-first' ? [text('destroy, then create', '破棄してから作成')] : []),
    ...(change.replaceOrder === 'create-first' ? [text('create, then destroy', '作成してから破棄')] : []),
    ...(change.deposed === undefined
      ? []
      : [text(`deposed object ${change.deposed}`, `旧オブジェクト ${change.deposed}`)]),
    ...(reason === undefined ? [] : [reason]),
    ...(change.previousAddress === undefined
      ? []
      : [text(`was ${change.previousAddress}`, `旧アドレス ${change.previousAddress}`)]),
    ...(change.importing === undefined
      ? []
      : [
          change.importing.id === undefined
            ? text('imported', 'インポート')
            : text(`imported from ${change.importing.id}`, `${change.importing.id} からインポート`),
        ]),
  ];
}

/** What is counted of a plan, the most dangerous first. */
const COUNTED = [
  ['delete', text('to delete', '削除')],
  ['replace', text('to replace', '置き換え')],
  ['update', text('to update', '更新')],
  ['create', text('to create', '作成')],
  ['forget', text('to forget', '管理から除外')],
  ['create-then-forget', text('to create and forget', '作成して旧を除外')],
  ['import', text('to import', 'インポート')],
  ['move', text('moved', '移動')],
  ['read', text('to read', '読み取り')],
  ['drift', text('drifted', 'ドリフト')],
] as const;

/** `1 to delete, 3 to create`; `no changes`. */
export function countsText(counts: Readonly<Record<string, number>>): Text {
  const counted = COUNTED.flatMap(([name, words]) => {
    const count = counts[name] ?? 0;
    return count === 0 ? [] : [text(`${count} ${words.en}`, `${words.ja} ${count}`)];
  });
  return text(
    counted.map(({ en }) => en).join(', ') || 'no changes',
    counted.map(({ ja }) => ja).join('、') || '変更なし',
  );
}
