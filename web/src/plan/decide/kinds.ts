import type { PlanSummary } from '../queries.ts';

/** What a person can say about a plan. */
export type Kind =
  | 'approve'
  | 'reject'
  | 'break-glass'
  | 'cancel'
  | 'repair'
  | 'agree-repair'
  | 'withdraw-repair';

/** What this person may do about the plan now, as the server sees it: it decides anew, whatever is asked of it. */
export interface Offered {
  readonly approve: boolean;
  readonly reject: boolean;
  readonly breakGlass: boolean;
  readonly cancel: boolean;
  readonly repair: boolean;
  readonly agreeRepair: boolean;
  readonly withdrawRepair: boolean;
  /** Why there is no approval to give. */
  readonly whyNot?: { readonly message: string; readonly remedy: string };
}

export function offeredTo(plan: PlanSummary, me: string): Offered {
  const { mine, decision } = plan;
  const mayApprove = mine?.approve?.allowed === true;
  const [why] = mine?.approve?.allowed === false ? mine.approve.reasons : [];
  return {
    approve: mayApprove && mine?.given !== 'approve',
    reject: mayApprove,
    breakGlass:
      mine?.breakGlass?.allowed === true && decision?.allowed === false && mine.given !== 'break-glass',
    cancel: mine?.mayCancel === true,
    ...repairOffered(plan, me),
    ...(why === undefined ? {} : { whyNot: why }),
  };
}

/** A mark where budgets are in the way, an agreement to whom it is not their own, a withdrawal to those whom it concerns. */
function repairOffered({ mine, decision, budgets, repair }: PlanSummary, me: string) {
  const isOpen = mine?.approve !== undefined;
  const isInTheWay = budgets?.slos.some(({ stand }) => stand === 'spent' || stand === 'stale') === true;
  const isMine = repair !== undefined && [repair.by, repair.agreedBy].includes(me);
  return {
    repair: isOpen && isInTheWay && decision?.allowed === false && repair === undefined,
    agreeRepair:
      mine?.approve?.allowed === true &&
      repair !== undefined &&
      repair.agreedBy === undefined &&
      repair.by !== me,
    withdrawRepair: isOpen && repair !== undefined && (isMine || mine.mayCancel),
  };
}
