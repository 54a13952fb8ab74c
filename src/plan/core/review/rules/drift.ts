import { text } from '#core-values';
import { elements, isMap, sameValue } from '../reading.ts';
import { milder, type PlannedChange, type PlanValue, type Rule } from '../rule.ts';

export const drift: Rule = {
  id: 'drift',
  family: 'drift',
  severity: { guarded: 'medium', elsewhere: 'low' },
  title: text('Changed outside Terraform', 'Terraform の外で変更されています'),
  sees: text(
    'Resources that are no longer what the state says, by attribute. Deleted outside is high; attributes that were merely empty before, as after a first refresh, are info. Null against an empty list, map or text is no difference.',
    'ステートの内容と実物が異なるリソース（属性ごと）。管理外で削除されたものは high、初回のリフレッシュのように空だった属性が埋まっただけのものは info です。null と空のリスト・マップ・文字列との違いは無視します。',
  ),
  why: text(
    'Somebody changed it by hand; this apply may undo what they did in an emergency.',
    '誰かが手で変更しています。この apply が、緊急対応で行われた変更を巻き戻すかもしれません。',
  ),
  remedy: text(
    'Find out who changed it and why (CloudTrail); then put it into the code, or let the apply undo it knowingly.',
    '誰がなぜ変更したかを CloudTrail で確認し、コードに取り込むか、承知のうえで apply に戻させてください。',
  ),
  check: (plan, scene) =>
    plan.drift
      .filter((change) => change.mode === 'managed' && change.action !== 'no-op')
      .flatMap((change) => {
        if (change.action === 'delete' || change.after === null) {
          return [
            {
              address: change.address,
              severity: milder(scene, 'high', 'medium'),
              message: text('was deleted outside Terraform', 'Terraform の外で削除されています'),
            },
          ];
        }
        const drifted = driftedAttributes(change);
        if (drifted.length === 0) return [];
        const names = namesOf(drifted);
        return drifted.every((attribute) => attribute.wasEmpty)
          ? [
              {
                address: change.address,
                severity: 'info' as const,
                message: text(
                  `filled in since the last apply: ${names}`,
                  `前回の apply 以降に値が入りました: ${names}`,
                ),
              },
            ]
          : [
              {
                address: change.address,
                message: text(
                  `changed outside Terraform: ${names}`,
                  `Terraform の外で変更されています: ${names}`,
                ),
              },
            ];
      }),
};

interface DriftedAttribute {
  readonly name: string;
  readonly wasEmpty: boolean;
}

function namesOf(drifted: readonly DriftedAttribute[]): string {
  const shown = drifted.slice(0, 6).map((attribute) => attribute.name);
  return `${shown.join(', ')}${drifted.length > 6 ? ` (+${drifted.length - 6})` : ''}`;
}

function driftedAttributes(change: PlannedChange): readonly DriftedAttribute[] {
  const before = isMap(change.before) ? change.before : new Map<string, PlanValue>();
  const after = isMap(change.after) ? change.after : new Map<string, PlanValue>();
  return [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .filter((name) => !meansTheSame(before.get(name), after.get(name)))
    .map((name) => ({ name, wasEmpty: isEmpty(before.get(name)) }));
}

/**
 * Providers write "not set" as null when they apply and as an empty collection or "" when they refresh; nobody changed
 * anything between the two.
 */
function meansTheSame(before: PlanValue | undefined, after: PlanValue | undefined): boolean {
  if (isEmpty(before) && isEmpty(after)) return true;
  if (isMap(before) && isMap(after)) {
    return [...new Set([...before.keys(), ...after.keys()])].every((key) =>
      meansTheSame(before.get(key), after.get(key)),
    );
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    return (
      before.length === after.length && before.every((element, index) => meansTheSame(element, after[index]))
    );
  }
  return sameValue(before ?? null, after ?? null);
}

const isEmpty = (value: PlanValue | undefined): boolean =>
  value === '' || (isMap(value) ? value.size === 0 : elements(value).length === 0);
