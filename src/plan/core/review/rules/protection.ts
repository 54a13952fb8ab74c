import { text } from '#core-values';
import protections from '../data/protections.json' with { type: 'json' };
import { attribute, numberOf, type Placed, showPath, stringAt, valuesAt } from '../reading.ts';
import {
  milder,
  type PlannedChange,
  type PlanValue,
  type Rule,
  type RuleFinding,
  type Scene,
  UNKNOWN,
} from '../rule.ts';

interface Setting {
  readonly attribute: string;
  readonly what: { readonly en: string; readonly ja: string };
  readonly weak?: readonly (string | boolean | null)[];
  readonly lowered?: boolean;
  /** 0 means for ever, so that any number is less. */
  readonly zeroIsForever?: boolean;
  readonly expectedInProduction?: boolean;
}

const SETTINGS: ReadonlyMap<string, readonly Setting[]> = Map.groupBy(
  protections.settings.flatMap(({ types, ...setting }: { types: string[] } & Setting) =>
    types.map((type) => ({ type, ...setting })),
  ),
  (setting) => setting.type,
);
const GUARDS = new Map(protections.guards.map((guard) => [guard.type, guard]));

export const protectionOff: Rule = {
  id: 'protection-off',
  family: 'protection',
  severity: { guarded: 'critical', elsewhere: 'medium' },
  title: text('A protection is switched off', '保護設定が無効になります'),
  sees: text(
    'Settings that guard against loss, compared before and after: deletion protection, final snapshots, force_destroy, retention of backups and logs, versioning, object lock, KMS keys, point-in-time recovery, audit trails and more. Also deleted guards: backup plans, versioning, flow logs, detectors (milder). A value only known after apply counts as off.',
    '損失を防ぐ設定の前後比較: 削除保護、最終スナップショット、force_destroy、バックアップやログの保持期間、バージョニング、オブジェクトロック、KMS キー、ポイントインタイムリカバリ、監査証跡など。バックアッププラン、バージョニング、フローログ、脅威検知などの「守り」のリソースの削除も対象です（一段軽くなります）。適用後にしか決まらない値は無効とみなします。',
  ),
  why: text(
    'A protection is usually switched off one change before the loss. prevent_destroy is not in plans, so these settings are the last line.',
    '保護の解除は、多くの場合、損失の一つ前の変更で行われます。prevent_destroy はプランに現れないため、これらの設定が最後の砦です。',
  ),
  remedy: text(
    'Keep the protection; if it must go, say in the pull request why and for how long, and put it back afterwards.',
    '保護を維持してください。どうしても外す場合は、理由と期間をプルリクエストに書き、終わったら元に戻してください。',
  ),
  check: (_plan, scene) =>
    scene.acting.flatMap((change) =>
      change.action === 'delete' ? guardDeleted(change, scene) : settingsWeakened(change, scene),
    ),
};

function settingsWeakened(change: PlannedChange, scene: Scene): RuleFinding[] {
  if (change.action !== 'update' && change.action !== 'replace') return [];
  return (SETTINGS.get(change.type) ?? []).flatMap((setting) => {
    const after = weakness(
      setting,
      valuesAt(change.before, setting.attribute),
      valuesAt(change.after, setting.attribute),
    );
    if (after === undefined) return [];
    const path = after === 'gone' ? setting.attribute.split('/').filter((step) => step !== '*') : after.path;
    const to = after === 'gone' ? undefined : scene.secrets.quote(change, after.path, after.value);
    return [
      {
        address: change.address,
        message:
          to === undefined
            ? text(
                `${setting.what.en} is switched off: ${showPath(path)} is removed`,
                `${setting.what.ja}が無効になります: ${showPath(path)} が削除されます`,
              )
            : text(
                `${setting.what.en} is ${setting.lowered === true ? 'lowered' : 'switched off'}: ${showPath(path)} becomes ${to}`,
                `${setting.what.ja}が${setting.lowered === true ? '引き下げられます' : '無効になります'}: ${showPath(path)} → ${to}`,
              ),
      },
    ];
  });
}

/** The first value that is weaker than what was there, `gone` where the setting vanished; undefined where nothing weakened. */
function weakness(
  setting: Setting,
  before: readonly Placed[],
  after: readonly Placed[],
): Placed | 'gone' | undefined {
  if (setting.lowered === true) {
    const least = Math.max(...before.map((place) => amount(setting, place.value)), 0);
    if (least === 0) return undefined;
    if (after.length === 0) return before.length > 0 ? 'gone' : undefined;
    return after.find((place) => place.value === UNKNOWN || amount(setting, place.value) < least);
  }
  const isWeak = (value: PlanValue): boolean => (setting.weak ?? []).some((weak) => weak === value);
  const wasStrong = before.some((place) => place.value !== UNKNOWN && !isWeak(place.value));
  if (!wasStrong) return undefined;
  if (after.length === 0) return 'gone';
  return after.find((place) => place.value === UNKNOWN || isWeak(place.value));
}

function amount(setting: Setting, value: PlanValue): number {
  const number = numberOf(value) ?? 0;
  return setting.zeroIsForever === true && number === 0 ? Number.POSITIVE_INFINITY : number;
}

function guardDeleted(change: PlannedChange, scene: Scene): RuleFinding[] {
  const guard = GUARDS.get(change.type);
  if (guard === undefined || isOwnerGone(change, guard.owner, scene)) return [];
  return [
    {
      address: change.address,
      severity: milder(scene, 'high', 'low'),
      message: text(
        `${guard.what.en} is removed (${change.type})`,
        `${guard.what.ja}が削除されます（${change.type}）`,
      ),
    },
  ];
}

/** A bucket's versioning goes with the bucket: that is the bucket's finding. */
function isOwnerGone(change: PlannedChange, owner: string | undefined, scene: Scene): boolean {
  const name = owner === undefined ? undefined : stringAt(change.before, owner);
  if (name === undefined) return false;
  return scene.acting.some(
    (other) =>
      other !== change &&
      other.action === 'delete' &&
      !GUARDS.has(other.type) &&
      ['id', 'arn', 'name', 'bucket'].some((key) => attribute(other.before, key) === name),
  );
}

export const protectionMissing: Rule = {
  id: 'protection-missing',
  family: 'protection',
  severity: { guarded: 'medium', elsewhere: 'info' },
  title: text('Created without protection', '保護なしで作成されます'),
  sees: text(
    'In production, shared accounts and where no environment is given: new databases, tables, buckets and the like without deletion protection or final snapshot, or with force_destroy. Nothing elsewhere.',
    '本番・共有アカウント、または環境の指定がない場合に、削除保護や最終スナップショットがない、あるいは force_destroy 付きで新規作成されるデータベース・テーブル・バケットなど（それ以外の環境では報告しません）。',
  ),
  why: text(
    'What starts unprotected usually stays unprotected until the accident.',
    '保護なしで作られたものは、たいてい事故が起きるまでそのままです。',
  ),
  remedy: text(
    'Set the protection now; it costs nothing.',
    '今のうちに保護を有効にしてください。費用はかかりません。',
  ),
  check: (_plan, scene) =>
    scene.guarded
      ? scene.acting
          .filter((change) => change.action === 'create')
          .flatMap((change) =>
            (SETTINGS.get(change.type) ?? [])
              .filter((setting) => setting.expectedInProduction === true)
              .filter((setting) => {
                const values = valuesAt(change.after, setting.attribute);
                return values.some((place) => (setting.weak ?? []).some((weak) => weak === place.value));
              })
              .map((setting) => ({
                address: change.address,
                message: text(
                  `created without ${setting.what.en}${named(setting).en}`,
                  `${setting.what.ja}なしで作成されます${named(setting).ja}`,
                ),
              })),
          )
      : [],
};

/** The attribute, unless its name is in the words already. */
const named = ({ what, attribute: name }: Setting): { en: string; ja: string } =>
  what.en.includes(name) ? { en: '', ja: '' } : { en: ` (${name})`, ja: `（${name}）` };
