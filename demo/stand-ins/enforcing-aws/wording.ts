import type { LayerName, LayerOutcome, Verdict } from '../../../src/iam/core/index.ts';

/** What AWS calls each kind of policy. Source: IAM User Guide, "Access denied error message examples". */
const POLICY_WORDS: Readonly<Record<LayerName, string>> = {
  scp: 'service control policy',
  rcp: 'resource control policy',
  identity: 'identity-based policy',
  boundary: 'permissions boundary',
  session: 'session policy',
  resource: 'resource-based policy',
};

/** In the order in which AWS looks for an allow, and names what it did not find first. */
const ORDER: readonly LayerName[] = ['rcp', 'scp', 'resource', 'identity', 'boundary', 'session'];

export interface Denied {
  /** ARN; absent for who has none (a web identity). */
  readonly who?: string;
  readonly action: string;
  readonly resource: string;
}

/** SNS and SQS write the action in a way of their own: `SNS:CreateTopic`, `sqs:createqueue`. */
const asWritten = (action: string): string =>
  action.startsWith('sqs:') ? action.toLowerCase() : action.replace(/^sns:/, 'SNS:');

/** AWS's own sentence for a refusal. */
export function accessDenied(denied: Denied, verdict?: Verdict, isAssuming = false): string {
  const { who, resource } = denied;
  const action = asWritten(denied.action);
  const base = `${who === undefined ? 'Not' : `User: ${who} is not`} authorized to perform: ${action}`;
  const on = who === undefined ? base : `${base} on resource: ${resource}`;
  if (verdict === undefined || isAssuming) return on;
  const [denial] = verdict.deciding;
  if (verdict.kind === 'explicitly-denied' && denial !== undefined) {
    return `${on} with an explicit deny in ${article(POLICY_WORDS[denial.layer])}`;
  }
  const missing = firstMissing(verdict.missing);
  return missing === undefined
    ? on
    : `${on} because no ${POLICY_WORDS[missing.layer]} allows the ${action} action`;
}

const article = (words: string): string => `${words.startsWith('i') ? 'an' : 'a'} ${words}`;

const firstMissing = (missing: readonly LayerOutcome[]): LayerOutcome | undefined =>
  missing.toSorted((a, b) => ORDER.indexOf(a.layer) - ORDER.indexOf(b.layer))[0];
