import type { Json, JsonObject, Language } from '#core-values';
import type { Finding } from './findings.ts';
import type { Plan, PlannedChange, PlanValue, ValuePath } from './model.ts';
import { sameValue } from './review/reading.ts';
import { jsonPointer, unknownPointers, valueAt } from './values.ts';
import { viewValue } from './view.ts';

/** Raised by one whenever a field changes its meaning or goes away; new fields leave it. */
export const REVIEW_FORMAT_VERSION = 1;

/** Counts of `review --format json`. */
export type PlanSummary = Readonly<
  Record<
    | 'create'
    | 'update'
    | 'replace'
    | 'delete'
    | 'read'
    | 'no-op'
    | 'forget'
    | 'create-then-forget'
    | 'import'
    | 'drift'
    | 'move',
    number
  >
>;

/** An import or a move is also counted under its action; `drift` counts what changed outside Terraform. */
export function planSummary(plan: Plan): PlanSummary {
  const count = (wanted: (change: PlannedChange) => boolean): number => plan.changes.filter(wanted).length;
  const action = (name: PlannedChange['action']): number => count((change) => change.action === name);
  return {
    create: action('create'),
    update: action('update'),
    replace: action('replace'),
    delete: action('delete'),
    read: action('read'),
    'no-op': action('no-op'),
    forget: action('forget'),
    'create-then-forget': action('create-then-forget'),
    import: count((change) => change.importing !== undefined),
    // Moves show up in the drift as no-ops.
    drift: plan.drift.filter((change) => change.action !== 'no-op').length,
    move: count((change) => change.previousAddress !== undefined),
  };
}

/** The documented, versioned JSON of a review. Holds no sensitive value. */
export const planToJson = (plan: Plan, findings: readonly Finding[], language: Language = 'en'): Json => ({
  ...frameOf(plan, findings, language),
  changes: plan.changes.map(changeToJson),
  drift: plan.drift.map(changeToJson),
});

/** The same as text, change by change: the tree of a large plan is many times as large as its text. */
export function planToJsonText(plan: Plan, findings: readonly Finding[], language: Language = 'en'): string {
  const list = (changes: readonly PlannedChange[]): string =>
    `[${changes.map((change) => JSON.stringify(changeToJson(change))).join(',')}]`;
  const frame = JSON.stringify(frameOf(plan, findings, language));
  return `${frame.slice(0, -1)},"changes":${list(plan.changes)},"drift":${list(plan.drift)}}`;
}

function frameOf(plan: Plan, findings: readonly Finding[], language: Language): JsonObject {
  return {
    formatVersion: REVIEW_FORMAT_VERSION,
    kind: plan.kind,
    digest: plan.digest,
    ...(plan.fingerprint !== undefined && { fingerprint: plan.fingerprint }),
    terraform: {
      version: plan.terraform.version,
      mode: plan.terraform.mode,
      errored: plan.terraform.errored,
      complete: plan.terraform.complete,
      applyable: plan.terraform.applyable,
      targets: plan.terraform.targets,
    },
    ...(plan.lockedProviders.length > 0 && {
      providers: plan.lockedProviders.map(({ address, version }) => ({ address, version })),
    }),
    state: { lineage: plan.state.lineage, serial: plan.state.serial },
    summary: { ...planSummary(plan) },
    outputs: plan.outputs.map((output) => {
      const hidden: readonly ValuePath[] = output.sensitive ? [[]] : [];
      return {
        name: output.name,
        action: output.action,
        sensitive: output.sensitive,
        before: viewValue(output.before, hidden),
        after: viewValue(output.after, hidden),
      };
    }),
    accounts: [...new Set(plan.accounts.map((sighting) => sighting.accountId))].toSorted(),
    findings: findings.map((finding) => ({
      rule: finding.rule,
      severity: finding.severity,
      ...(finding.address !== undefined && { address: finding.address }),
      message: finding.message[language],
      remedy: finding.remedy[language],
    })),
  };
}

/**
 * The hidden values that differ between the two sides: both read "(sensitive value)", and whether a secret stays is what a
 * person approves. That it changes is no part of it.
 */
export function changedSensitivePaths(change: PlannedChange): readonly ValuePath[] {
  if (change.before === null || change.after === null || change.before === change.after) return [];
  return [...change.beforeSensitive, ...change.afterSensitive].filter((path) => {
    const before = valueAt(change.before, path) ?? null;
    const after = valueAt(change.after, path) ?? null;
    return before !== null && after !== null && !sameValue(before, after);
  });
}

function changeToJson(change: PlannedChange): Json {
  const changed = changedSensitivePaths(change);
  return {
    address: change.address,
    ...(change.previousAddress !== undefined && { previousAddress: change.previousAddress }),
    ...(change.deposed !== undefined && { deposed: change.deposed }),
    provider: change.provider,
    action: change.action,
    ...(change.replaceOrder !== undefined && { replaceOrder: change.replaceOrder }),
    ...(change.reason !== undefined && { reason: change.reason }),
    ...(change.importing !== undefined && { importing: { ...change.importing } }),
    before: viewValue(change.before, change.beforeSensitive),
    after: viewValue(change.after, change.afterSensitive),
    sensitivePaths: pointers([...change.beforeSensitive, ...change.afterSensitive]),
    unknownPaths: sortedUnknownPointers(change.after),
    ...(change.replacePaths.length > 0 && { replacePaths: pointers(change.replacePaths) }),
    ...(changed.length > 0 && { changedSensitivePaths: pointers(changed) }),
  };
}

const pointers = (paths: readonly ValuePath[]): readonly string[] =>
  paths.length < 2 ? paths.map(jsonPointer) : [...new Set(paths.map(jsonPointer))].sort();

function sortedUnknownPointers(value: PlanValue): readonly string[] {
  const found = unknownPointers(value);
  return isSorted(found) ? found : found.sort();
}

/** Terraform writes keys in order nearly always, which is faster seen than sorted again. */
const isSorted = (words: readonly string[]): boolean =>
  words.every((word, index) => index === 0 || (words[index - 1] ?? '') <= word);
