import { text } from '#core-values';
import type { PlannedChange, Rule } from '../rule.ts';
import { isDataBearing } from './data-bearing.ts';

/** Providers whose resources exist only in the state. */
const STATE_ONLY = /^(?:null|random|time|terraform|tls|local)_/;

export const deletionInProduction: Rule = {
  id: 'deletion-in-production',
  family: 'deletion',
  severity: { guarded: 'high', elsewhere: 'info' },
  title: text('Something is deleted in production', '本番環境で削除が行われます'),
  sees: text(
    'Every delete and replacement in production, in shared accounts and where no environment is given; nothing elsewhere. Replacements are medium; what lives only in the state (null_resource, random_id, terraform_data) is low. Data-bearing types have rules of their own.',
    '本番・共有アカウント、または環境の指定がない場合の、すべての削除と置き換え（それ以外の環境では報告しません）。置き換えは medium、ステートにしか存在しないもの（null_resource、random_id、terraform_data など）は low です。データを持つ型には専用のルールがあります。',
  ),
  why: text(
    'Deleting is the change that a rollback cannot undo by itself: names, addresses and permissions go with it.',
    '削除はロールバックだけでは元に戻せない変更です。名前・アドレス・権限も一緒に失われます。',
  ),
  remedy: text(
    'Check that nothing uses it any more (access logs, metrics, references), and delete in a change of its own.',
    'もう使われていないこと（アクセスログ、メトリクス、参照元）を確認し、削除だけの変更に分けてください。',
  ),
  check: (_plan, scene) =>
    scene.guarded
      ? scene.acting.filter(isOrdinaryDeletion).map((change) => ({
          address: change.address,
          ...(STATE_ONLY.test(change.type)
            ? { severity: 'low' as const }
            : change.action === 'replace'
              ? { severity: 'medium' as const }
              : {}),
          message:
            change.action === 'replace'
              ? text(`${change.type} is destroyed and made anew`, `${change.type} が破棄され、作り直されます`)
              : change.deposed === undefined
                ? text(`${change.type} is deleted`, `${change.type} が削除されます`)
                : text(
                    `${change.type}: a deposed object (${change.deposed}) is deleted`,
                    `${change.type}: 置き換え済みの旧オブジェクト（${change.deposed}）が削除されます`,
                  ),
        }))
      : [],
};

const isOrdinaryDeletion = (change: PlannedChange): boolean =>
  (change.action === 'delete' || change.action === 'replace') && !isDataBearing(change.type);
