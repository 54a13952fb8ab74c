import { type PlanDigest, text } from '#core-values';
import { accountSightings } from '../accounts.ts';
import { parseResourceAddress } from '../file/addresses.ts';
import { type JsonTree, parseJsonText } from '../file/json-text.ts';
import { refuse } from '../file/refusal.ts';
import type { ChangeAction, CheckResult, OutputChange, Plan, PlannedChange, PlanValue } from '../model.ts';
import { type SensitiveSchema, withFullSensitivity } from '../sensitivity.ts';
import { jsonConfiguration } from './json-configuration.ts';
import { asList, asMap, asText, listedPath, truePaths, withUnknown } from './json-values.ts';

interface JsonAction {
  readonly action: ChangeAction;
  readonly replaceOrder?: 'delete-first' | 'create-first';
}

/** `actions` of a change, joined. https://developer.hashicorp.com/terraform/internals/json-format#change-representation */
const ACTIONS: ReadonlyMap<string, JsonAction> = new Map<string, JsonAction>([
  ['no-op', { action: 'no-op' }],
  ['create', { action: 'create' }],
  ['read', { action: 'read' }],
  ['open', { action: 'read' }],
  ['update', { action: 'update' }],
  ['delete', { action: 'delete' }],
  ['delete,create', { action: 'replace', replaceOrder: 'delete-first' }],
  ['create,delete', { action: 'replace', replaceOrder: 'create-first' }],
  ['forget', { action: 'forget' }],
  ['create,forget', { action: 'create-then-forget' }],
  ['forget,create', { action: 'create-then-forget' }],
]);

const REMEDY = text(
  'Pass the output of `terraform show -json FILE`, or better the plan file itself.',
  '`terraform show -json FILE` の出力か、できればプランファイルそのものを渡してください。',
);

/** Reads the output of `terraform show -json`, from format 0.1 (Terraform 0.12) on. Throws a refusal. */
export function decodePlanJson(source: string, digest: PlanDigest, schema: SensitiveSchema): Plan {
  const root = planObject(source);
  const configuration = jsonConfiguration(root.get('configuration'));
  const variables = new Map(
    [...asMap(root.get('variables'))].map(([name, variable]): [string, PlanValue] => [
      name,
      asMap(variable).get('value') ?? null,
    ]),
  );
  const facts = { schema, sensitiveNames: configuration.sensitiveNames, variables };
  const changes = asList(root.get('resource_changes')).map(resourceChange);
  const drift = asList(root.get('resource_drift')).map(resourceChange);
  const outputs = [...asMap(root.get('output_changes'))].map(([name, change]) => outputChange(name, change));
  return {
    kind: 'plan-json',
    digest,
    terraform: terraformFacts(root),
    // The JSON has neither.
    state: { lineage: '', serial: 0 },
    variables,
    ...withFullSensitivity({ changes, outputs }, facts),
    drift: withFullSensitivity({ changes: drift, outputs: [] }, facts).changes,
    checks: asList(root.get('checks')).map(checkResult),
    deferred: asList(root.get('deferred_changes')).map((item) => ({
      reason: asText(asMap(item).get('reason')) ?? 'invalid',
      change: resourceChange(asMap(item).get('resource_change') ?? null),
    })),
    actions: [
      ...asList(root.get('action_invocations')),
      ...asList(root.get('deferred_action_invocations')),
    ].map((item) => ({
      address: asText(asMap(item).get('address')) ?? '',
      provider: asText(asMap(item).get('provider_name')) ?? '',
    })),
    configuration,
    lockedProviders: [],
    accounts: accountSightings({ stateArns: [], changes, configuration }),
  };
}

function planObject(source: string): ReadonlyMap<string, JsonTree> {
  const start = source.slice(0, 4096);
  if (source.trim() === '')
    refuse('empty', text('The plan JSON is empty.', 'プランの JSON が空です。'), REMEDY);
  if (hasNoise(source, start)) {
    refuse(
      'json-wrapped',
      text(
        'The plan JSON is wrapped in output of a CI job.',
        'プランの JSON に CI ジョブの出力が混ざっています。',
      ),
      text(
        'Write the JSON to a file of its own; with hashicorp/setup-terraform set `terraform_wrapper: false`.',
        'JSON だけをファイルに書き出してください。hashicorp/setup-terraform では `terraform_wrapper: false` を指定します。',
      ),
    );
  }
  if (/^\s*\{"@level"/.test(start)) {
    refuse(
      'json-log',
      text(
        'This is the log of `terraform plan -json`, not a plan.',
        'これは `terraform plan -json` のログであり、プランではありません。',
      ),
      REMEDY,
    );
  }
  const root = parseJsonText(source, 'plan JSON');
  if (!(root instanceof Map) || typeof root.get('format_version') !== 'string' || root.has('values')) {
    return refuse(
      'not-plan-json',
      text(
        'This JSON is not of `terraform show -json FILE` on a plan.',
        'この JSON は、プランに対する `terraform show -json FILE` の出力ではありません。',
      ),
      REMEDY,
    );
  }
  const major = String(root.get('format_version')).split('.')[0];
  if (major !== '0' && major !== '1') {
    refuse(
      'unknown-version',
      text(
        'The plan JSON has a format version we do not know.',
        'プランの JSON の形式バージョンに対応していません。',
      ),
      REMEDY,
    );
  }
  return root;
}

/** The JSON is there, but something stands before or after it. */
function hasNoise(source: string, start: string): boolean {
  const starts = /^\s*\{/.test(start);
  return (
    (!starts && /\{\s*"format_version"/.test(start)) ||
    (starts && /\}\s*(?:%0A)?\s*\n::/.test(source.slice(-1024)))
  );
}

function terraformFacts(root: ReadonlyMap<string, JsonTree>): Plan['terraform'] {
  const errored = root.get('errored') === true;
  return {
    version: asText(root.get('terraform_version')) ?? '',
    // The JSON does not say.
    mode: 'normal',
    errored,
    complete: root.get('complete') === undefined ? !errored : root.get('complete') === true,
    applyable: root.get('applyable') === undefined ? !errored : root.get('applyable') === true,
    targets: [],
    forceReplace: [],
  };
}

function resourceChange(tree: JsonTree): PlannedChange {
  const item = asMap(tree);
  const address = asText(item.get('address')) ?? '';
  const parts = parseResourceAddress(address);
  const change = asMap(item.get('change'));
  const previousAddress = asText(item.get('previous_address'));
  const deposed = asText(item.get('deposed'));
  const reason = asText(item.get('action_reason'));
  const importing = change.get('importing');
  const id = asText(asMap(importing).get('id'));
  const provider = asText(item.get('provider_name')) ?? '';
  return {
    address,
    ...(previousAddress !== undefined && { previousAddress }),
    ...(deposed !== undefined && { deposed }),
    mode: parts.mode === 'managed' ? 'managed' : 'data',
    type: parts.type,
    name: parts.name,
    module: parts.module,
    provider,
    providerConfig: `provider["${provider}"]`,
    ...actionOf(change, address),
    ...(reason !== undefined && { reason }),
    ...(importing instanceof Map && { importing: id === undefined ? {} : { id } }),
    before: change.get('before') ?? null,
    after: withUnknown(change.get('after') ?? null, change.get('after_unknown')),
    beforeSensitive: truePaths(change.get('before_sensitive')),
    afterSensitive: truePaths(change.get('after_sensitive')),
    replacePaths: asList(change.get('replace_paths')).map(listedPath),
  };
}

function actionOf(change: ReadonlyMap<string, JsonTree>, where: string): JsonAction {
  const found = ACTIONS.get(asList(change.get('actions')).map(String).join(','));
  return (
    found ??
    refuse(
      'bad-change',
      text(`${where} has actions we do not know.`, `${where} の actions が未知のものです。`),
      REMEDY,
    )
  );
}

function outputChange(name: string, tree: JsonTree): OutputChange {
  const change = asMap(tree);
  const { action } = actionOf(change, `output.${name}`);
  if (action !== 'no-op' && action !== 'create' && action !== 'update' && action !== 'delete') {
    return refuse(
      'bad-change',
      text(`output.${name} has actions we do not know.`, `output.${name} の actions が未知のものです。`),
      REMEDY,
    );
  }
  const marks = [...truePaths(change.get('before_sensitive')), ...truePaths(change.get('after_sensitive'))];
  return {
    name,
    action,
    sensitive: marks.length > 0,
    before: change.get('before') ?? null,
    after: withUnknown(change.get('after') ?? null, change.get('after_unknown')),
  };
}

function checkResult(tree: JsonTree): CheckResult {
  const item = asMap(tree);
  const status = asText(item.get('status'));
  const address = asMap(item.get('address'));
  return {
    address: asText(address.get('to_display')) ?? '',
    kind: asText(address.get('kind')) ?? '',
    status: status === 'pass' || status === 'fail' || status === 'error' ? status : 'unknown',
    messages: asList(item.get('instances')).flatMap((instance) =>
      asList(asMap(instance).get('problems')).flatMap((found) => asText(asMap(found).get('message')) ?? []),
    ),
  };
}
