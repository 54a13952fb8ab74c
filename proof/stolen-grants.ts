import { MANAGEMENT_ACCOUNT } from '../demo/stand-ins/enforcing-aws/moto-reader.ts';
import { ADMINISTRATOR, assumeRole } from '../demo/stand-ins/enforcing-aws/testing.ts';
import {
  type Attempt,
  attemptMisuses,
  type Misuse,
  misusesFor,
  type Names,
  prepareTargets,
} from '../demo/stolen-grant/index.ts';
import type { LiveGrant, PlanResult, WithGrant } from './result.ts';
import { STEPS } from './result.ts';

/** One attempt as it is kept: what is denied says no more than that. */
type Kept = NonNullable<PlanResult['misuses']>[number];

/**
 * Tries every misuse with each grant of one stack while it lives. After the stack's last step the same is tried by the same role without a
 * session policy, which must succeed: throws where it does not, for then the denials before proved nothing.
 */
export function stolenGrants(): WithGrant {
  let targets: Names | undefined;
  const tried = new Map<string, Misuse>();
  return async (grant) => {
    targets ??= await targetsOf(grant);
    const { needs, calls } = grant.result;
    const made = calls.flatMap(({ resources }) => resources);
    const misuses = misusesFor({ targets, needs, made, roleArn: grant.roleArn });
    for (const misuse of misuses) if (misuse.notApplicable === undefined) tried.set(misuse.name, misuse);
    const { endpoint, region, credentials, decisions } = grant;
    const attempts = await attemptMisuses({ endpoint, region, credentials, decisions, misuses });
    if (grant.result.step === STEPS.at(-1)) await withoutPolicy(grant, [...tried.values()]);
    return attempts.map(keep);
  };
}

/** Made after the first apply, so that they are in no stack's way. */
const targetsOf = ({ endpoint, account, region, administrator }: LiveGrant): Promise<Names> =>
  prepareTargets({
    ...{ endpoint, account, region, administrator },
    otherAccount: MANAGEMENT_ACCOUNT,
    otherAdministrator: ADMINISTRATOR,
  });

async function withoutPolicy(grant: LiveGrant, misuses: readonly Misuse[]): Promise<void> {
  const { endpoint, region, administrator, roleArn, decisions } = grant;
  const asked = { RoleArn: roleArn, RoleSessionName: 'without-policy' };
  const credentials = await assumeRole(endpoint, administrator, asked);
  const attempts = await attemptMisuses({ endpoint, region, credentials, decisions, misuses });
  const failed = attempts.filter(({ verdict }) => verdict !== 'allowed');
  if (failed.length > 0)
    throw new Error(
      `also without a session policy: ${failed.map(({ name, message }) => `${name}: ${message}`).join('\n')}`,
    );
}

const keep = ({ name, kind, verdict, message, reason }: Attempt): Kept => ({
  name,
  kind,
  verdict,
  ...(reason !== undefined && { reason: reason.en }),
  ...(verdict !== 'denied' && message !== undefined && { message }),
});
