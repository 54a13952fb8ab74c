import type { LockedProvider, ModuleSource, PlanValue } from '../model.ts';
import { type CanonicalInput, canonicalSet, canonicalText } from './canonical.ts';
import type {
  RawActionInvocation,
  RawOutputChange,
  RawPath,
  RawPlan,
  RawResourceChange,
} from './plan-messages.ts';

/** Names the rules below: a fingerprint made by other rules must never be equal by chance. */
const RULES = 'sekisho-fingerprint-1';
const NO_OP = 0;
const REFRESH_ONLY = 2;

/** Of a backend's settings these say who asks, not where the state is, and change from run to run. */
const BACKEND_CREDENTIALS: ReadonlySet<string> = new Set(['access_key', 'secret_key', 'token']);

export interface FingerprintInput {
  readonly plan: RawPlan;
  readonly modules: readonly ModuleSource[];
  /** Canonical texts of the configuration, in any order. */
  readonly configuration: readonly string[];
  readonly lockedProviders: readonly LockedProvider[];
}

/**
 * The canonical text of what a plan means; its SHA-256 is the fingerprint. In it: what would be done, where, by
 * which provider and program version, and what would be executed on the runner. The configuration is in it because
 * unknown values are computed from it at apply. Not in it: when the plan was made, the state's serial, the order of
 * things, what stays as it is, drift that nothing is done about, and reasons, which are for people only.
 */
export const canonicalMeaning = (input: FingerprintInput): string =>
  completeMeaning(entryMeaning(input.plan), input);

/** What the entry `tfplan` alone means: nearly all the work, and it needs no parsed configuration. */
export type EntryMeaning = Readonly<Record<string, CanonicalInput>>;

export function completeMeaning(
  entry: EntryMeaning,
  { modules, configuration, lockedProviders }: Omit<FingerprintInput, 'plan'>,
): string {
  return canonicalText({
    ...entry,
    modules: canonicalSet(modules.map((module) => ({ ...module }))),
    configuration: configuration.toSorted(),
    // Every hash names bytes that may run with the credentials: one more is one more program that is let in.
    providers: canonicalSet(
      lockedProviders.map(({ address, version, hashes }) => ({
        address,
        version,
        hashes: canonicalSet(hashes),
      })),
    ),
  });
}

export const entryMeaning = (plan: RawPlan): EntryMeaning => ({
  rules: RULES,
  // The exact version: a plan can be applied by no other, and another program computes unknown values its own way.
  terraform: plan.terraformVersion,
  mode: plan.uiMode,
  errored: plan.errored,
  targets: canonicalSet(plan.targetAddrs),
  excludes: canonicalSet(plan.excludeAddrs),
  actionTargets: canonicalSet(plan.actionTargetAddrs),
  forceReplace: canonicalSet(plan.forceReplaceAddrs),
  changes: canonicalSet(plan.resourceChanges.filter(isDoing).map(changeMeaning)),
  // A refresh-only plan writes the drift into the state: there it is what would be done.
  drift: plan.uiMode === REFRESH_ONLY ? canonicalSet(plan.resourceDrift.map(changeMeaning)) : [],
  outputs: canonicalSet(
    plan.outputChanges.filter(({ change }) => change?.action !== NO_OP).map(outputMeaning),
  ),
  deferred: canonicalSet(
    plan.deferredChanges.map(({ deferred, change }) => ({
      reason: deferred?.reason,
      change: change && changeMeaning(change),
    })),
  ),
  actions: canonicalSet(plan.actionInvocations.map(actionMeaning)),
  deferredActions: canonicalSet(
    plan.deferredActionInvocations.map(({ deferred, invocation }) => ({
      reason: deferred?.reason,
      action: invocation && actionMeaning(invocation),
    })),
  ),
  backend: backendMeaning(plan),
  // Unknown values depend on variables that no planned value shows.
  variables: canonicalSet(plan.variables.map(({ key, value }) => ({ key, value }))),
  applyTimeVariables: canonicalSet(plan.applyTimeVariables),
  functionResults: canonicalSet(plan.field22),
});

const isDoing = (raw: RawResourceChange): boolean =>
  raw.change?.action !== NO_OP || raw.change.importing !== undefined || raw.prevRunAddr !== '';

function changeMeaning(raw: RawResourceChange): CanonicalInput {
  const change = raw.change;
  // An import or move of an object that stays as it is does nothing to the object: its values are not the meaning.
  const stays = change?.action === NO_OP;
  // In the order of the canonical text, which is then not sorted again for every change.
  return {
    action: change?.action,
    address: raw.addr,
    afterIdentity: stays ? undefined : change?.afterIdentity,
    afterSensitive: pathSet(change?.afterSensitivePaths ?? []),
    beforeIdentity: stays ? undefined : change?.beforeIdentity,
    beforeSensitive: pathSet(change?.beforeSensitivePaths ?? []),
    deposed: raw.deposedKey,
    importing: change?.importing && { ...change.importing },
    previousAddress: raw.prevRunAddr,
    // Handed back to the provider unread at apply: whatever it says, it is part of what is done.
    private: raw.private,
    provider: raw.provider,
    requiredReplace: pathSet(raw.requiredReplace),
    values: stays ? [] : change?.values,
  };
}

const pathSet = (paths: readonly RawPath[]): readonly string[] => paths.map(pathMeaning).sort();

/** By what was decoded, which is the same for resources that have the same path. */
const PATH_MEANINGS = new WeakMap<RawPath, string>();

function pathMeaning(path: RawPath): string {
  const known = PATH_MEANINGS.get(path);
  if (known !== undefined) return known;
  const meaning = canonicalText(
    path.steps.map(({ attributeName, elementKey }) => ({ attributeName, elementKey })),
  );
  PATH_MEANINGS.set(path, meaning);
  return meaning;
}

const outputMeaning = (raw: RawOutputChange): CanonicalInput => ({
  name: raw.name,
  action: raw.change?.action,
  values: raw.change?.values,
  sensitive: raw.sensitive,
});

const actionMeaning = (raw: RawActionInvocation): CanonicalInput => ({
  address: raw.addr,
  provider: raw.provider,
  config: raw.configValue,
  resourceTrigger: raw.resourceTrigger && { ...raw.resourceTrigger },
  invokeTrigger: raw.invokeTrigger && { ...raw.invokeTrigger },
});

function backendMeaning({ backend, stateStore }: RawPlan): CanonicalInput {
  return {
    backend: backend && { ...backend, config: withoutCredentials(backend.config) },
    stateStore: stateStore && {
      ...stateStore,
      config: withoutCredentials(stateStore.config),
      provider: stateStore.provider && {
        source: stateStore.provider.source,
        version: stateStore.provider.version,
      },
    },
  };
}

function withoutCredentials(config: PlanValue | undefined): PlanValue | undefined {
  return config instanceof Map
    ? new Map([...config].filter(([key]) => !BACKEND_CREDENTIALS.has(key)))
    : config;
}
