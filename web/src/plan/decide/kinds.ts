import type { PlanSummary } from '../queries.ts';

/** What a person can say about a plan. */
export type Kind = 'approve' | 'reject' | 'break-glass' | 'cancel';

/** What this person may do about the plan now, as the server sees it: it decides anew, whatever is asked of it. */
export interface Offered {
  readonly approve: boolean;
  readonly reject: boolean;
  readonly breakGlass: boolean;
  readonly cancel: boolean;
  /** Why there is no approval to give. */
  readonly whyNot?: { readonly message: string; readonly remedy: string };
}

export function offeredTo({ mine, decision }: PlanSummary): Offered {
  const mayApprove = mine?.approve?.allowed === true;
  const [why] = mine?.approve?.allowed === false ? mine.approve.reasons : [];
  return {
    approve: mayApprove && mine?.given !== 'approve',
    reject: mayApprove,
    breakGlass:
      mine?.breakGlass?.allowed === true && decision?.allowed === false && mine.given !== 'break-glass',
    cancel: mine?.mayCancel === true,
    ...(why === undefined ? {} : { whyNot: why }),
  };
}
