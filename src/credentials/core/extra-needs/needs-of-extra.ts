import { isGlobal } from '../needs/coarse.ts';
import { condition, type Need } from '../needs/need.ts';
import type { ExtraNeed } from './extra-need.ts';

/** In the place of an address: no resource of the plan is known to need it. */
const STACK = 'stack-needs';

/** Extra needs beside those of a plan, to be fitted with them. What has no resource is bound to the stack's region, where AWS has regions. */
export const needsOfExtra = (extra: readonly ExtraNeed[], region: string): readonly Need[] =>
  extra.map(({ action, resource }) => ({
    action,
    resources: [resource],
    conditions:
      resource === '*' && !isGlobal(action)
        ? [condition('StringEquals', 'aws:RequestedRegion', [region])]
        : [],
    why: { address: STACK, operation: 'update' },
    ...(resource === '*' && { wide: 'no-narrower' as const }),
  }));
