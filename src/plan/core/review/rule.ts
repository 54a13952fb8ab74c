import type { AccountId, Environment, Text } from '#core-values';
import type { Finding, Severity } from '../findings.ts';
import type { Plan, PlannedChange } from '../model.ts';
import type { Secrets } from './secrets.ts';

export type { Finding, Severity } from '../findings.ts';
export type {
  ActionInvocation,
  CheckResult,
  OutputChange,
  Plan,
  PlannedChange,
  PlanValue,
  Provisioner,
  ValuePath,
} from '../model.ts';
export { UNKNOWN } from '../model.ts';

/** What the reviewer knows beyond the plan itself. Everything is optional; what is missing is never taken for safe. */
export interface ReviewContext {
  /** Where it will be applied; treated as production where absent. */
  readonly environment?: Environment;
  /** The stack's account. */
  readonly account?: AccountId;
  /** The stack's region, `ap-northeast-1`. */
  readonly region?: string;
  /** What the server knows of the stack's state. */
  readonly expectedState?: { readonly lineage: string; readonly serial: number };
  readonly allowed?: AllowedSources;
  /** From how many changes on a plan is called large; 50 where absent. */
  readonly largeChangeCount?: number;
}

/** Allow-lists; `*` stands for anything within one segment between slashes. A missing list is not an empty one. */
export interface AllowedSources {
  /** `registry.terraform.io/hashicorp/*` */
  readonly providers?: readonly string[];
  /** `terraform-aws-modules/*`, `git::https://github.com/acme/*`; local modules need no entry. */
  readonly modules?: readonly string[];
  /** `module.a.aws_instance.web` (without instance keys), or the same with `:local-exec`; actions and external data by address. */
  readonly provisioners?: readonly string[];
  /** Other accounts that this stack may speak of. */
  readonly accounts?: readonly string[];
  /** `s3` */
  readonly backends?: readonly string[];
}

/** What several rules ask of plan and context, worked out once. */
export interface Scene {
  readonly context: ReviewContext;
  /** True for production, shared, and where nobody said. */
  readonly guarded: boolean;
  /** Managed resources that something is done to. */
  readonly acting: readonly PlannedChange[];
  /** The stack's account: as told, else the only one the state and the providers speak of. */
  readonly account: string | undefined;
  readonly secrets: Secrets;
}

export type RuleFamily =
  | 'data'
  | 'deletion'
  | 'protection'
  | 'exposure'
  | 'iam'
  | 'runner'
  | 'source'
  | 'place'
  | 'state'
  | 'drift'
  | 'partial'
  | 'size'
  | 'lifecycle'
  | 'secrets'
  | 'checks';

export interface Rule {
  /** Stable; policies and people refer to it. */
  readonly id: string;
  readonly family: RuleFamily;
  /** `guarded` in production, in shared accounts and where no environment is given; single findings may be milder. */
  readonly severity: { readonly guarded: Severity; readonly elsewhere: Severity };
  readonly title: Text;
  /** What it looks at, and when a finding is milder or graver. */
  readonly sees: Text;
  readonly why: Text;
  readonly remedy: Text;
  check(plan: Plan, scene: Scene): readonly RuleFinding[];
}

/** A finding before it takes its rule's id, severity and remedy. */
export interface RuleFinding {
  readonly address?: string;
  readonly message: Text;
  /** Where this one is graver or milder than its rule. */
  readonly severity?: Severity;
  readonly remedy?: Text;
}

/** The rule's own severity in this scene; `undefined` leaves it to the rule. */
export const milder = (scene: Scene, guarded: Severity, elsewhere: Severity): Severity =>
  scene.guarded ? guarded : elsewhere;

export const toFinding = (rule: Rule, scene: Scene, found: RuleFinding): Finding => ({
  rule: rule.id,
  severity: found.severity ?? (scene.guarded ? rule.severity.guarded : rule.severity.elsewhere),
  ...(found.address === undefined ? {} : { address: found.address }),
  message: found.message,
  remedy: found.remedy ?? rule.remedy,
});
