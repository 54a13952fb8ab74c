import { type PlanDigest, parsePlanDigest } from '#core-values';
import { type Plan, type PlannedChange, type PlanValue, UNKNOWN, type ValuePath } from '../model.ts';

/**
 * Plans for tests, written as short JSON; cases/README.md tells the form. What is left out is what an ordinary,
 * harmless plan would have.
 */
export interface CompactPlan {
  readonly kind?: Plan['kind'];
  readonly terraform?: Partial<Plan['terraform']>;
  readonly state?: Plan['state'];
  readonly backend?: { readonly type: string; readonly workspace?: string; readonly config?: unknown };
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly changes?: readonly CompactChange[];
  readonly drift?: readonly CompactChange[];
  readonly outputs?: readonly (Pick<Plan['outputs'][number], 'name' | 'action' | 'sensitive'> & {
    readonly before?: unknown;
    readonly after?: unknown;
  })[];
  readonly checks?: Plan['checks'];
  readonly deferred?: readonly { readonly reason: string; readonly change: CompactChange }[];
  readonly actions?: Plan['actions'];
  readonly configuration?: Partial<Plan['configuration']>;
  readonly lockedProviders?: Plan['lockedProviders'];
  readonly accounts?: Plan['accounts'];
}

export interface CompactChange
  extends Partial<
    Omit<
      PlannedChange,
      'address' | 'action' | 'before' | 'after' | 'beforeSensitive' | 'afterSensitive' | 'replacePaths'
    >
  > {
  readonly address: string;
  readonly action: PlannedChange['action'];
  readonly before?: unknown;
  readonly after?: unknown;
  /** JSON Pointers, for both sides. */
  readonly sensitive?: readonly string[];
  readonly beforeSensitive?: readonly string[];
  readonly afterSensitive?: readonly string[];
  readonly replacePaths?: readonly string[];
}

const AWS = 'registry.terraform.io/hashicorp/aws';
const DIGEST = parseDigest('0'.repeat(64));

function parseDigest(words: string): PlanDigest {
  const digest = parsePlanDigest(words);
  if (digest === undefined) throw new Error(`no digest: ${words}`);
  return digest;
}

export function planOf(compact: CompactPlan): Plan {
  const changes = (compact.changes ?? []).map(changeOf);
  return {
    kind: compact.kind ?? 'plan-file',
    digest: DIGEST,
    terraform: {
      version: '1.11.4',
      mode: 'normal',
      errored: false,
      complete: true,
      applyable: true,
      targets: [],
      forceReplace: [],
      ...compact.terraform,
    },
    state: compact.state ?? { lineage: '6b1a4e1e-0000-4000-8000-000000000000', serial: 7 },
    ...(compact.backend === undefined
      ? {}
      : {
          backend: {
            type: compact.backend.type,
            workspace: compact.backend.workspace ?? 'default',
            config: planValue(compact.backend.config ?? {}),
          },
        }),
    variables: new Map(
      Object.entries(compact.variables ?? {}).map(([name, value]) => [name, planValue(value)]),
    ),
    changes,
    drift: (compact.drift ?? []).map(changeOf),
    outputs: (compact.outputs ?? []).map((output) => ({
      ...output,
      before: planValue(output.before ?? null),
      after: planValue(output.after ?? null),
    })),
    checks: compact.checks ?? [],
    deferred: (compact.deferred ?? []).map(({ reason, change }) => ({ reason, change: changeOf(change) })),
    actions: compact.actions ?? [],
    configuration: {
      modules: [],
      provisioners: [],
      externalData: [],
      providers: [],
      requiredProviders: [],
      sensitiveNames: [],
      ...compact.configuration,
    },
    lockedProviders: compact.lockedProviders ?? [{ address: AWS, version: '5.100.0', hashes: ['h1:'] }],
    accounts: compact.accounts ?? [],
  };
}

function changeOf(compact: CompactChange): PlannedChange {
  const { sensitive, beforeSensitive, afterSensitive, replacePaths, before, after, ...rest } = compact;
  const parts = compact.address.replace(/\[[^\]]*\]/g, '').split('.');
  const mode = parts.at(-3) === 'data' ? 'data' : 'managed';
  const paths = (pointers: readonly string[] | undefined): ValuePath[] =>
    (pointers ?? sensitive ?? []).map(pathOf);
  return {
    mode,
    type: parts.at(-2) ?? '',
    name: parts.at(-1) ?? '',
    module: parts.slice(0, mode === 'data' ? -3 : -2).join('.'),
    provider: AWS,
    providerConfig: 'provider["registry.terraform.io/hashicorp/aws"]',
    ...rest,
    before: planValue(before ?? null),
    after: planValue(after ?? null),
    beforeSensitive: paths(beforeSensitive),
    afterSensitive: paths(afterSensitive),
    replacePaths: (replacePaths ?? []).map(pathOf),
  };
}

const pathOf = (pointer: string): ValuePath =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));

/** `(known after apply)` is unknown; an object under `json()` becomes a JSON string, as policies are. */
function planValue(value: unknown): PlanValue {
  if (value === '(known after apply)') return UNKNOWN;
  if (
    value === null ||
    typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'boolean'
  ) {
    return value;
  }
  if (Array.isArray(value)) return value.map(planValue);
  if (typeof value !== 'object' || value === undefined) throw new Error('no JSON value');
  const entries = Object.entries(value);
  const [first] = entries;
  if (first !== undefined && entries.length === 1 && first[0] === 'json()') return JSON.stringify(first[1]);
  return new Map(entries.map(([name, inner]) => [name, planValue(inner)]));
}
