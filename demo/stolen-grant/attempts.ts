import type { Text } from '../../src/core-values/index.ts';
import type { Decision } from '../stand-ins/enforcing-aws/index.ts';
import { type Answer, type Sender, send } from './call.ts';
import type { Misuse } from './misuses.ts';

/**
 * `denied`: AWS's policies refuse it, and say so as AWS does. `allowed`: they let it pass, whatever came of it. `unproven`: something else
 * went wrong, which proves nothing. `not-applicable`: not tried, for the reason given.
 */
export type AttemptVerdict = 'denied' | 'allowed' | 'unproven' | 'not-applicable';

export interface Attempt {
  readonly name: string;
  readonly kind: string;
  readonly title: Text;
  readonly verdict: AttemptVerdict;
  /** What was denied, or else what the misuse is about. */
  readonly action: string;
  readonly resource: string;
  /** Of the answer; absent where nothing was tried. */
  readonly status?: number;
  /** AWS's words, or those of whatever went wrong. */
  readonly message?: string;
  readonly reason?: Text;
}

export interface Theft extends Sender {
  readonly misuses: readonly Misuse[];
  /** Of the enforcing stand-in at `endpoint`; nothing else may use the credentials meanwhile. */
  readonly decisions: () => readonly Decision[];
}

/** Tries one misuse after the other with stolen credentials. Throws when the credentials are dead: nothing would be proven. */
export async function attemptMisuses({ misuses, decisions, ...sender }: Theft): Promise<readonly Attempt[]> {
  const caller = await callerOf(sender);
  const attempts: Attempt[] = [];
  for (const misuse of misuses) attempts.push(await attempt(misuse, caller, decisions, sender));
  return attempts;
}

/** GetCallerIdentity passes under every policy, so its failing means that the credentials are none. */
async function callerOf(sender: Sender): Promise<string> {
  const { body } = await send(sender, { service: 'sts', operation: 'GetCallerIdentity' });
  const caller = /<Arn>([^<]+)<\/Arn>/.exec(body)?.[1];
  if (caller === undefined) throw new Error(`the stolen credentials are dead: ${body}`);
  return caller;
}

async function attempt(
  { name, kind, title, call, asks, notApplicable }: Misuse,
  caller: string,
  decisions: Theft['decisions'],
  sender: Sender,
): Promise<Attempt> {
  const about = { name, kind, title, ...asks[0] };
  if (notApplicable !== undefined) return { ...about, verdict: 'not-applicable', reason: notApplicable };
  const before = decisions().length;
  const answer = await send(sender, call);
  const [decision, ...others] = decisions()
    .slice(before)
    .filter((one) => one.caller === caller);
  const tried = { ...about, status: answer.status };
  if (decision === undefined || others.length > 0) {
    return { ...tried, verdict: 'unproven', message: `${answer.status} ${answer.errorCode ?? ''}` };
  }
  if (decision.kind === 'allowed') {
    return { ...tried, verdict: 'allowed', ...(answer.errorCode !== undefined && { message: answer.body }) };
  }
  const message = decision.refusal?.message ?? '';
  const verdict = isDeniedByPolicy(answer, decision) ? 'denied' : 'unproven';
  return { ...tried, ...decision.permissions.at(-1), verdict, message };
}

/** What AccessDenied is called. Sources: Smithy's AWS protocols; EC2 and SNS API References, common errors. */
const DENIED_CODES: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'UnauthorizedOperation',
  'AuthorizationError',
]);

/** What the stand-in itself cannot tell it refuses too, in words of its own: that is no denial of AWS's. */
const POLICIES_WORDS =
  /^User: \S+ is not authorized to perform: \S+ on resource: \S+(?: because no session policy allows the \S+ action| with an explicit deny in a session policy)$/;

/** STS does not say which policy it was. */
const STS_WORDS = /^User: \S+ is not authorized to perform: sts:AssumeRole on resource: \S+$/;

const isDeniedByPolicy = ({ errorCode = '' }: Answer, { refusal }: Decision): boolean =>
  DENIED_CODES.has(errorCode) &&
  refusal?.code === 'AccessDenied' &&
  (POLICIES_WORDS.test(refusal.message) || STS_WORDS.test(refusal.message));
