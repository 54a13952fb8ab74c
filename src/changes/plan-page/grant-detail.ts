import { type Language, type Text, text } from '#core-values';
import type { Grant } from '#credentials';
import type { grantDetail } from '../core/grant-detail-api.ts';
import { grantRecordOf } from '../grant-record.ts';
import { permissionsIn } from '../kept-review.ts';
import type { ChangesRoom } from '../room.ts';
import { findPlan } from '../store/plans.ts';
import type { PlanReviews } from './plan-reviews.ts';

const TO_PLAN = text(
  'Read what a plan needs, but no secret values; change nothing.',
  'プランに必要な読み取りだけができます。シークレットの値は読めず、変更もできません。',
);
const TO_APPLY = text(
  'Apply exactly the plan that was approved, and nothing beyond what is listed.',
  '承認されたプランの適用だけができます。ここに挙げた範囲を超える操作はできません。',
);

const TO_OPERATE = text(
  'Do what the role of the stack is for; no plan limits it.',
  'スタックのロールで許可された操作ができます(プランによる制限はありません)。',
);
const CAN: Readonly<Record<Grant['purpose'], Text>> = { plan: TO_PLAN, apply: TO_APPLY, operate: TO_OPERATE };

/** A grant as people see it, with what it can do in the words in which it was approved. */
export async function detailOf(
  room: Pick<ChangesRoom, 'db'>,
  planReviews: PlanReviews,
  grant: Grant,
  language: Language,
): Promise<(typeof grantDetail)['_output']> {
  const plan = grant.plan === undefined ? undefined : await findPlan(room.db, grant.plan.id);
  const review = plan === undefined ? undefined : await planReviews.of(plan);
  const permissions = review?.ok === true ? review.value.permissions : undefined;
  return {
    ...grantRecordOf(grant),
    can: CAN[grant.purpose][language],
    ...(permissions === undefined ? {} : { permissions: permissionsIn(permissions, language) }),
    sessionSeconds: grant.durationSeconds,
  };
}
