import { text } from '#core-values';
import { elements, isMap, sameValue } from '../reading.ts';
import { milder, type PlannedChange, type PlanValue, type Rule } from '../rule.ts';

export const drift: Rule = {
  id: 'drift',
  family: 'drift',
  severity: { guarded: 'medium', elsewhere: 'low' },
  title: text('Changed outside Terraform', 'Terraform の外で変更されています'),
  sees: text(
    'Resources that are no longer what the state says, by attribute. Deleted outside is high; attributes that were merely empty before, as after a first refresh, are info.',
    'ステートの内容と実物が異なるリソース（属性ごと）。管理外で削除されたものは high、初回のリフレッシュのように空だった属性が埋まっただけのものは info です。',
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
      .map((change) => {
        if (change.action === 'delete' || change.after === null) {
          return {
            address: change.address,
            severity: milder(scene, 'high', 'medium'),
            message: text('was deleted outside Terraform', 'Terraform の外で削除されています'),
          };
        }
        const drifted = driftedAttributes(change);
        const shown = drifted
          .slice(0, 6)
          .map((attribute) => attribute.name)
          .join(', ');
        const more = drifted.length > 6 ? ` (+${drifted.length - 6})` : '';
        return {
          address: change.address,
          ...(drifted.every((attribute) => attribute.wasEmpty) ? { severity: 'info' as const } : {}),
          message: text(
            `changed outside Terraform: ${shown}${more}`,
            `Terraform の外で変更されています: ${shown}${more}`,
          ),
        };
      }),
};

function driftedAttributes(change: PlannedChange): { name: string; wasEmpty: boolean }[] {
  const before = isMap(change.before) ? change.before : new Map<string, PlanValue>();
  const after = isMap(change.after) ? change.after : new Map<string, PlanValue>();
  return [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .filter((name) => !sameValue(before.get(name) ?? null, after.get(name) ?? null))
    .map((name) => ({ name, wasEmpty: isEmpty(before.get(name)) }));
}

const isEmpty = (value: PlanValue | undefined): boolean =>
  value === '' || (isMap(value) ? value.size === 0 : elements(value).length === 0);
