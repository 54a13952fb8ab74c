import { text } from '#core-values';
import type { Rule } from '../rule.ts';

const remedy = text(
  'Plan again from the current state of this stack; if the state was moved on purpose, tell the server.',
  'このスタックの最新のステートからプランを作り直してください。意図してステートを移した場合は、サーバー側に登録してください。',
);

export const stateLineage: Rule = {
  id: 'state-lineage',
  family: 'state',
  severity: { guarded: 'critical', elsewhere: 'critical' },
  title: text('Made from another state', '別のステートから作られたプランです'),
  sees: text(
    'A lineage other than the one the server knows, or an empty one where the stack has state.',
    'サーバーが把握しているものと異なる lineage、またはステートがあるはずのスタックでの空の lineage。',
  ),
  why: text(
    'A plan from a missing or foreign state creates everything a second time, or destroys what is not its own.',
    'ステートがない、または別のステートから作られたプランは、すべてを二重に作成したり、無関係なものを破棄したりします。',
  ),
  remedy,
  check: (plan, scene) => {
    const expected = scene.context.expectedState;
    if (expected === undefined || expected.lineage === plan.state.lineage) return [];
    return [
      {
        message:
          plan.state.lineage === ''
            ? text(
                'the plan was made without the state that this stack has',
                'このスタックには既存のステートがありますが、プランはステートなしで作られています',
              )
            : text(
                'the lineage of the state is not the one known for this stack',
                'ステートの lineage が、このスタックのものと一致しません',
              ),
      },
    ];
  },
};

export const stateSerial: Rule = {
  id: 'state-serial',
  family: 'state',
  severity: { guarded: 'critical', elsewhere: 'critical' },
  title: text('Made from an old state', '古いステートから作られたプランです'),
  sees: text(
    'A serial other than the one the server knows, of the same lineage.',
    '同じ lineage で、サーバーが把握しているものと異なる serial。',
  ),
  why: text(
    'Something was applied in between (or outside); what was reviewed is no longer what would happen.',
    'その間に（または管理外で）何かが適用されています。レビューした内容は、もう実際に起きることと一致しません。',
  ),
  remedy,
  check: (plan, scene) => {
    const expected = scene.context.expectedState;
    if (
      expected === undefined ||
      expected.lineage !== plan.state.lineage ||
      expected.serial === plan.state.serial
    )
      return [];
    return [
      {
        message: text(
          `the state's serial is ${plan.state.serial}, and ${expected.serial} is expected`,
          `ステートの serial は ${plan.state.serial} ですが、${expected.serial} であるはずです`,
        ),
      },
    ];
  },
};
