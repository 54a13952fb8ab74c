import type { NamedPolicy } from './policies.ts';

/** A session that the stand-in has issued for a role. */
export interface RoleSession {
  readonly accessKeyId: string;
  readonly sessionToken: string;
  readonly account: string;
  readonly roleArn: string;
  readonly roleId: string;
  readonly roleName: string;
  readonly sessionName: string;
  /** `arn:aws:sts::…:assumed-role/ROLE/SESSION` */
  readonly arn: string;
  /** Absent where no session policy was passed; then the role's own policies are the limit. */
  readonly policies?: readonly NamedPolicy[];
  readonly tags: ReadonlyMap<string, string>;
  readonly transitiveTagKeys: ReadonlySet<string>;
  readonly sourceIdentity?: string;
  /** ARN of the identity provider of a web-identity session. */
  readonly federatedProvider?: string;
  readonly issuedAtMs: number;
  readonly expiryMs: number;
}

/** Who makes a request. */
export type Caller =
  | { readonly kind: 'session'; readonly session: RoleSession }
  | { readonly kind: 'user'; readonly arn: string; readonly account: string; readonly name: string }
  /** Of the management account, made for demo and tests: may do everything its account may. */
  | { readonly kind: 'administrator'; readonly arn: string; readonly account: string };

export const callerArn = (caller: Caller): string =>
  caller.kind === 'session' ? caller.session.arn : caller.arn;

export const callerAccount = (caller: Caller): string =>
  caller.kind === 'session' ? caller.session.account : caller.account;
