import type { JsonObject, Text } from '#core-values';

/** Placeholders of a template; the lists stand for as many values as the account has. */
export const ACCOUNT = '{account}';
export const PARTITION = '{partition}';
export const LISTS = {
  stacks: '{stack}',
  stateObjects: '{state-object}',
  lockTables: '{lock-table}',
} as const;

export type ListName = keyof typeof LISTS;

/** One statement of a policy, and why it is there. Values may hold placeholders. */
export interface RoleStatement {
  readonly sid: string;
  readonly why: Text;
  readonly effect: 'Allow' | 'Deny';
  /** In trust policies only. */
  readonly principal?: { readonly kind: 'AWS' | 'Federated'; readonly id: string };
  readonly actions: { readonly isNegated: boolean; readonly patterns: readonly string[] };
  /** Absent in trust policies. */
  readonly resources?: { readonly isNegated: boolean; readonly patterns: readonly string[] };
  /** Operator → key → values. */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

export interface RoleKind {
  readonly key: 'plan' | 'apply' | 'revoke' | 'policy';
  /** The key in `sekisho.yaml`. */
  readonly setting: 'planRole' | 'applyRole' | 'revokeRole' | 'policyRole';
}

export interface RoleTemplate extends RoleKind {
  readonly name: string;
  readonly path: string;
  readonly why: Text;
  readonly trust: readonly RoleStatement[];
  /** ARNs of AWS's own policies, with placeholders, and why. */
  readonly managed: readonly { readonly arn: string; readonly why: Text }[];
  /** Inline, named after the role. Empty where managed ones say all. */
  readonly policy: readonly RoleStatement[];
  /** Whether the guard bounds it. */
  readonly isGuarded: boolean;
}

/** A managed policy: permissions boundary of the roles that plan and apply, so that nobody who may write their inline policies is past it. */
export interface GuardTemplate {
  readonly name: string;
  readonly path: string;
  readonly why: Text;
  readonly policy: readonly RoleStatement[];
}

/** Everything that Sekisho needs in an account, for any account. */
export interface AccountTemplate {
  /** Only by web identity. */
  readonly provider?: { readonly url: string; readonly audience: string; readonly why: Text };
  readonly guard: GuardTemplate;
  readonly roles: readonly RoleTemplate[];
}

/** What differs from account to account. */
export interface AccountValues {
  /** Twelve digits. */
  readonly account: string;
  readonly partition: string;
  /** ARNs of what stands where. */
  readonly lists: Readonly<Record<ListName, readonly string[]>>;
}

/** Documents of one account, as AWS takes them. */
export interface RoleDocuments extends RoleKind {
  readonly name: string;
  readonly arn: string;
  readonly trust: JsonObject;
  readonly managedArns: readonly string[];
  readonly policy?: JsonObject;
  readonly boundaryArn?: string;
}

export interface AccountDocuments {
  readonly providerArn?: string;
  readonly guard: { readonly arn: string; readonly policy: JsonObject };
  readonly roles: readonly RoleDocuments[];
}
