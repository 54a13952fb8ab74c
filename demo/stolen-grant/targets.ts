import { z } from 'zod';
import type { AwsCredentials } from '../stand-ins/aws-organization.ts';
import { Call, send } from './call.ts';
import { fill, type Names, type Place, placeNames } from './names.ts';
import targets from './targets.json' with { type: 'json' };

const Requests = z.array(
  z.object({
    request: Call,
    in: z.literal('other').optional(),
    keep: z.record(z.string(), z.string()).optional(),
  }),
);

export interface TargetsOrder extends Place {
  /** Of the enforcing stand-in. */
  readonly endpoint: string;
  /** Of the stack's account. */
  readonly administrator: AwsCredentials;
  readonly otherAdministrator: AwsCredentials;
}

/**
 * Makes everything that the misuses are after, once in an account: buckets, roles, keys, a trail … Answers what they are called.
 * Throws when the stand-in refuses one: an attempt on what is not there proves nothing.
 */
export async function prepareTargets(order: TargetsOrder): Promise<Names> {
  const { endpoint, administrator, otherAdministrator, region } = order;
  let names: Names = { ...placeNames(order), endpoint };
  for (const { request, keep = {}, ...where } of Requests.parse(targets.requests)) {
    const call = Call.parse(fill(request, names));
    const credentials = where.in === 'other' ? otherAdministrator : administrator;
    const { status, body } = await send({ endpoint, credentials, region }, call);
    if (status >= 300) throw new Error(`${call.service} ${call.operation ?? call.rest}: ${status} ${body}`);
    for (const [name, expression] of Object.entries(keep)) {
      const found = new RegExp(expression).exec(body)?.[1];
      if (found === undefined)
        throw new Error(`${call.service} ${call.operation ?? call.rest} told no ${name}: ${body}`);
      names = { ...names, [name]: found };
    }
  }
  return names;
}
