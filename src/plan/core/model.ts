import type { Fingerprint, PlanDigest } from '#core-values';

/**
 * The decoded plan: one model for a plan file and for `terraform show -json` output.
 * Values are raw, secrets included: they may be compared and hashed, but never shown or logged.
 * Only `view.ts` turns them into something to show.
 */
export interface Plan {
  /** A `plan-json` is somebody's description: it can be reviewed, never approved or granted. */
  readonly kind: 'plan-file' | 'plan-json';
  readonly digest: PlanDigest;
  /** Absent for `plan-json`. */
  readonly fingerprint?: Fingerprint;
  readonly terraform: TerraformFacts;
  /** The state the plan was made from (after refresh); absent where the JSON description has none. */
  readonly state: StateFacts;
  readonly backend?: Backend;
  readonly variables: ReadonlyMap<string, PlanValue>;
  readonly changes: readonly PlannedChange[];
  readonly drift: readonly PlannedChange[];
  readonly outputs: readonly OutputChange[];
  readonly checks: readonly CheckResult[];
  readonly deferred: readonly DeferredChange[];
  readonly actions: readonly ActionInvocation[];
  readonly configuration: ConfigurationSnapshot;
  /** From `.terraform.lock.hcl`. */
  readonly lockedProviders: readonly LockedProvider[];
  /** Every AWS account id seen in state, changes or provider configuration, with where. */
  readonly accounts: readonly AccountSighting[];
}

export interface TerraformFacts {
  readonly version: string;
  readonly mode: 'normal' | 'destroy' | 'refresh-only';
  readonly errored: boolean;
  readonly complete: boolean;
  readonly applyable: boolean;
  readonly targets: readonly string[];
  /** OpenTofu's `-exclude`; absent where there are none. */
  readonly excludes?: readonly string[];
  readonly forceReplace: readonly string[];
  /** When the plan was begun, by the clock of the machine that made it; as it stands in the file. Absent where it does not. */
  readonly timestamp?: string;
}

export interface StateFacts {
  /** Empty for a stack that has no state yet. */
  readonly lineage: string;
  readonly serial: number;
}

export interface Backend {
  readonly type: string;
  readonly workspace: string;
  /** May hold secrets (an S3 backend's secret key is here in clear). */
  readonly config: PlanValue;
}

/** Stands in a value for what is only known after apply. */
export const UNKNOWN: unique symbol = Symbol('known after apply');

/** A number that no JavaScript number holds exactly, in its decimal text. */
export interface ExactNumber {
  readonly exactNumber: string;
}

export type PlanValue =
  | null
  | boolean
  | number
  | string
  | typeof UNKNOWN
  | ExactNumberValue
  | readonly PlanValue[]
  | ReadonlyMap<string, PlanValue>;

/** A class, so that no provider's object can be mistaken for it. */
export class ExactNumberValue implements ExactNumber {
  readonly exactNumber: string;
  constructor(exactNumber: string) {
    this.exactNumber = exactNumber;
  }
}

export type ChangeAction =
  | 'no-op'
  | 'create'
  | 'read'
  | 'update'
  | 'replace'
  | 'delete'
  | 'forget'
  | 'create-then-forget';

/** Steps into a value: attribute names, map keys and list indices. */
export type ValuePath = readonly (string | number)[];

export interface PlannedChange {
  readonly address: string;
  readonly previousAddress?: string;
  /** Key of a deposed object; (address, deposed) is the key of a change. */
  readonly deposed?: string;
  readonly mode: 'managed' | 'data';
  readonly type: string;
  readonly name: string;
  /** `module.a.module.b["x"]`; empty for the root module. */
  readonly module: string;
  /** `registry.terraform.io/hashicorp/aws` */
  readonly provider: string;
  /** The provider configuration's module and alias as Terraform writes it. */
  readonly providerConfig: string;
  readonly action: ChangeAction;
  /** Only for `replace`. */
  readonly replaceOrder?: 'delete-first' | 'create-first';
  /** Terraform's action reason in its JSON words (`replace_because_tainted`). */
  readonly reason?: string;
  readonly importing?: { readonly id?: string };
  /** `null` where the object does not exist on that side. */
  readonly before: PlanValue;
  readonly after: PlanValue;
  readonly beforeSensitive: readonly ValuePath[];
  readonly afterSensitive: readonly ValuePath[];
  /** The marks Terraform itself wrote, before we added what we know to be sensitive: for comparing the two sides. */
  readonly marked?: { readonly before: readonly ValuePath[]; readonly after: readonly ValuePath[] };
  readonly replacePaths: readonly ValuePath[];
}

export interface OutputChange {
  readonly name: string;
  readonly action: 'no-op' | 'create' | 'update' | 'delete';
  readonly sensitive: boolean;
  readonly before: PlanValue;
  readonly after: PlanValue;
}

export interface CheckResult {
  readonly address: string;
  readonly kind: string;
  readonly status: 'pass' | 'fail' | 'error' | 'unknown';
  readonly messages: readonly string[];
}

export interface DeferredChange {
  readonly reason: string;
  readonly change: PlannedChange;
}

export interface ActionInvocation {
  readonly address: string;
  readonly provider: string;
}

export interface LockedProvider {
  readonly address: string;
  readonly version: string;
  readonly hashes: readonly string[];
}

/** What of the configuration matters beyond the planned values: what runs, and where it comes from. */
export interface ConfigurationSnapshot {
  readonly modules: readonly ModuleSource[];
  readonly provisioners: readonly Provisioner[];
  /** `data "external"` and its like: programs run on the runner during plan. */
  readonly externalData: readonly CodeOnRunner[];
  /** Provider blocks with what they say of accounts, roles and regions; literal values only. */
  readonly providers: readonly ProviderBlock[];
  readonly requiredProviders: readonly {
    readonly name: string;
    readonly source: string;
    readonly version?: string;
  }[];
  /** Names of variables and outputs that the configuration declares sensitive. */
  readonly sensitiveNames: readonly string[];
  /** Addresses of `action` blocks (Terraform 1.14), which may run code during apply. */
  readonly actionBlocks?: readonly CodeOnRunner[];
}

export interface ModuleSource {
  /** `` for the root, else `a.b`. */
  readonly key: string;
  /** As written: `./modules/x`, `git::https://…`, `terraform-aws-modules/vpc/aws`. */
  readonly source: string;
  readonly version?: string;
}

export interface Provisioner {
  readonly module: string;
  /** `aws_instance.web` */
  readonly resource: string;
  /** `local-exec`, `remote-exec`, `file`. */
  readonly type: string;
  /** When it runs; `destroy` for destroy-time provisioners. */
  readonly when: 'create' | 'destroy';
  readonly place: { readonly file: string };
}

export interface CodeOnRunner {
  readonly module: string;
  readonly address: string;
  readonly place: { readonly file: string };
}

export interface ProviderBlock {
  readonly module: string;
  readonly name: string;
  readonly alias?: string;
  readonly region?: string;
  readonly roleArns: readonly string[];
  readonly allowedAccountIds: readonly string[];
  readonly place: { readonly file: string };
}

export interface AccountSighting {
  readonly accountId: string;
  readonly region?: string;
  /** `state`, `change` or `provider`, and the address or file. */
  readonly seenIn: 'state' | 'change' | 'provider' | 'backend';
  readonly at: string;
}
