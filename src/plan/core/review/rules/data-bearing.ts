import { text } from '#core-values';
import bySpecification from '../data/data-bearing-types.json' with { type: 'json' };
import byHand from '../data/more-data-bearing-types.json' with { type: 'json' };
import { milder, type PlannedChange, type Rule, type RuleFinding, type Scene } from '../rule.ts';

/** Every Terraform type whose destruction loses data, backups, keys or names that nobody can make again. */
const TYPES: ReadonlySet<string> = new Set([
  ...bySpecification.types.map((entry) => entry.type),
  ...byHand.types.map((entry) => entry.type),
]);

/** Does destroying a resource of this Terraform type lose data? */
export const isDataBearing = (type: string): boolean => TYPES.has(type);

/** Types of which a part of a plan may go without anybody losing sleep: single items that are easily made again. */
const SINGLE_ITEMS: ReadonlySet<string> = new Set([
  'aws_cognito_user',
  'aws_dynamodb_table_item',
  'aws_s3_bucket_object',
  'aws_s3_object',
  'aws_secretsmanager_secret_version',
  'aws_ssm_parameter',
  'aws_instance',
]);

const deposedNote = (change: PlannedChange): { en: string; ja: string } =>
  change.deposed === undefined
    ? { en: '', ja: '' }
    : {
        en: ` (a deposed object, ${change.deposed})`,
        ja: `（置き換え済みの旧オブジェクト ${change.deposed}）`,
      };

const severityOf = (change: PlannedChange, scene: Scene): Pick<RuleFinding, 'severity'> =>
  SINGLE_ITEMS.has(change.type) ? { severity: milder(scene, 'high', 'low') } : {};

export const dataDestroyed: Rule = {
  id: 'data-destroyed',
  family: 'data',
  severity: { guarded: 'critical', elsewhere: 'high' },
  title: text('Data is destroyed', 'データが失われます'),
  sees: text(
    'Deletes of resources that hold data, backups, keys or names: what AWS calls stateful and a list kept by hand. Single items (an object, a parameter, an instance) are milder.',
    'データ・バックアップ・キー・名前を保持するリソースの削除。AWS の仕様で stateful とされる型と、手で管理している一覧が対象です。個別の項目（オブジェクト、パラメータ、インスタンスなど）は一段軽くなります。',
  ),
  why: text(
    'Infrastructure can be made again from code; what customers stored in it cannot.',
    'インフラはコードから作り直せますが、そこに保存された顧客のデータは作り直せません。',
  ),
  remedy: text(
    'Make sure a backup exists and was restored once. If only the address changed, use a moved block; if Terraform should merely let go, use removed with destroy = false.',
    'バックアップがあり、復元を確認済みであることを確かめてください。アドレスが変わっただけなら moved ブロックを、Terraform の管理から外すだけなら destroy = false の removed ブロックを使ってください。',
  ),
  check: (_plan, scene) =>
    scene.acting
      .filter((change) => change.action === 'delete' && isDataBearing(change.type))
      .map((change) => ({
        address: change.address,
        ...severityOf(change, scene),
        message: text(
          `${change.type} is deleted, with what it holds${deposedNote(change).en}`,
          `${change.type} が、保持している内容ごと削除されます${deposedNote(change).ja}`,
        ),
      })),
};

export const dataReplaced: Rule = {
  id: 'data-replaced',
  family: 'data',
  severity: { guarded: 'critical', elsewhere: 'high' },
  title: text('Data-bearing resource is replaced', 'データを持つリソースが作り直されます'),
  sees: text(
    'Replacements, in either order, of resources that hold data, backups, keys or names. Single items are milder.',
    'データ・バックアップ・キー・名前を保持するリソースの置き換え（順序は問いません）。個別の項目は一段軽くなります。',
  ),
  why: text(
    'The new resource starts empty; the old one goes with its contents. Replacements hide behind harmless-looking edits.',
    '新しいリソースは空の状態で始まり、古いものは中身ごと消えます。置き換えは、何気ない変更の裏に隠れがちです。',
  ),
  remedy: text(
    'Look at the attribute that forces the replacement and keep its old value, or plan a migration: new resource, copy, switch, then delete.',
    '置き換えの原因となる属性を確認して元の値に戻すか、「新規作成 → コピー → 切り替え → 削除」という移行を計画してください。',
  ),
  check: (_plan, scene) =>
    scene.acting
      .filter((change) => change.action === 'replace' && isDataBearing(change.type))
      .map((change) => {
        const forcing = [...new Set(change.replacePaths.map((path) => String(path[0] ?? '')))].filter(
          Boolean,
        );
        const because = forcing.length === 0 ? '' : forcing.join(', ');
        return {
          address: change.address,
          ...severityOf(change, scene),
          message: text(
            `${change.type} is destroyed and made anew, empty${because === '' ? '' : `; forced by ${because}`}`,
            `${change.type} が破棄され、空の状態で作り直されます${because === '' ? '' : `（原因: ${because}）`}`,
          ),
        };
      }),
};
