import { text } from '#core-values';
import type { PlanValue } from '../model.ts';
import { readToEnd } from './msgpack.ts';
import {
  boolCodec,
  bytesCodec,
  type Codec,
  type Decoded,
  decodeMessage,
  intCodec,
  many,
  message,
  once,
  optional,
  repeating,
  stringCodec,
  within,
} from './protobuf.ts';
import { refuse } from './refusal.ts';

/*
 * The messages of `tfplan`. Source: internal/plans/planproto/planfile.proto of hashicorp/terraform (to 1.15) and
 * internal/plans/internal/planproto/planfile.proto of opentofu/opentofu (to 1.11), read 2026-11.
 */

const string = (number: number) => once(number, stringCodec, '');
const bool = (number: number) => once(number, boolCodec, false);
const int = (number: number) => once(number, intCodec, 0);

const rawDynamicValue = message('DynamicValue', { msgpack: optional(1, within(readToEnd)) });

const dynamicValue: Codec<PlanValue> = {
  wireType: rawDynamicValue.wireType,
  read(reader) {
    const { msgpack } = rawDynamicValue.read(reader);
    return msgpack === undefined
      ? refuse(
          'damaged-value',
          text('A value in the plan file is missing.', 'プランファイル内の値がありません。'),
        )
      : msgpack;
  },
};

const step = message('Path.Step', {
  attributeName: optional(1, stringCodec),
  elementKey: optional(2, dynamicValue),
});
const path = repeating(message('Path', { steps: many(1, step) }));
export type RawPath = Decoded<typeof path>;

const importing = message('Importing', {
  id: optional(1, stringCodec),
  unknown: bool(2),
  identity: optional(3, dynamicValue),
});

const change = message('Change', {
  action: int(1),
  values: many(2, dynamicValue),
  beforeSensitivePaths: many(3, path),
  afterSensitivePaths: many(4, path),
  importing: optional(5, importing),
  generatedConfig: string(6),
  beforeIdentity: optional(7, dynamicValue),
  afterIdentity: optional(8, dynamicValue),
});
export type RawChange = Decoded<typeof change>;

const resourceChange = message('ResourceInstanceChange', {
  deposedKey: string(7),
  provider: once(8, repeating(stringCodec), ''),
  change: optional(9, change),
  private: optional(10, repeating(bytesCodec)),
  requiredReplace: many(11, path),
  actionReason: int(12),
  addr: string(13),
  prevRunAddr: string(14),
});
export type RawResourceChange = Decoded<typeof resourceChange>;

const outputChange = message('OutputChange', {
  name: string(1),
  change: optional(2, change),
  sensitive: bool(3),
});
export type RawOutputChange = Decoded<typeof outputChange>;

const deferred = message('Deferred', { reason: int(1) });
const deferredChange = message('DeferredResourceInstanceChange', {
  deferred: optional(1, deferred),
  change: optional(2, resourceChange),
});

const resourceTrigger = message('ResourceActionTrigger', {
  triggeringResourceAddr: string(1),
  triggerEvent: int(2),
  actionTriggerBlockIndex: int(3),
  actionsListIndex: int(4),
  onFailure: int(5),
});
const invokeTrigger = message('InvokeActionTrigger', { callingResourceAddr: string(1) });
const actionInvocation = message('ActionInvocationInstance', {
  addr: string(1),
  provider: string(2),
  configValue: optional(4, dynamicValue),
  sensitiveConfigPaths: many(5, path),
  resourceTrigger: optional(6, resourceTrigger),
  invokeTrigger: optional(7, invokeTrigger),
});
export type RawActionInvocation = Decoded<typeof actionInvocation>;
const deferredAction = message('DeferredActionInvocation', {
  deferred: optional(1, deferred),
  invocation: optional(2, actionInvocation),
});

const checkObject = message('CheckResults.ObjectResult', {
  objectAddr: string(1),
  status: int(2),
  failureMessages: many(3, stringCodec),
});
const checkResults = message('CheckResults', {
  kind: int(1),
  configAddr: string(2),
  status: int(3),
  objects: many(4, checkObject),
});
export type RawCheckResults = Decoded<typeof checkResults>;

const backend = message('Backend', {
  type: string(1),
  config: optional(2, dynamicValue),
  workspace: string(3),
});
const stateStoreProvider = message('Provider', {
  source: string(1),
  version: string(2),
  config: optional(3, dynamicValue),
});
const stateStore = message('StateStore', {
  type: string(1),
  config: optional(2, dynamicValue),
  workspace: string(3),
  provider: optional(4, stateStoreProvider),
});

const variable = message('Plan.VariablesEntry', { key: string(1), value: optional(2, dynamicValue) });
const relevantAttribute = message('Plan.resource_attr', { resource: string(1), attr: optional(2, path) });

const PLAN_FIELDS = {
  version: int(1),
  variables: many(2, variable),
  resourceChanges: many(3, resourceChange),
  outputChanges: many(4, outputChange),
  targetAddrs: many(5, stringCodec),
  /** OpenTofu's `-exclude`. */
  excludeAddrs: many(6, stringCodec),
  backend: optional(13, backend),
  terraformVersion: string(14),
  relevantAttributes: many(15, relevantAttribute),
  forceReplaceAddrs: many(16, stringCodec),
  uiMode: int(17),
  resourceDrift: many(18, resourceChange),
  checkResults: many(19, checkResults),
  errored: bool(20),
  timestamp: string(21),
  // Hashes of function results from Terraform, names of ephemeral variables from OpenTofu: kept as bytes.
  field22: many(22, bytesCodec),
  applyable: optional(25, boolCodec),
  complete: optional(26, boolCodec),
  deferredChanges: many(27, deferredChange),
  applyTimeVariables: many(28, stringCodec),
  stateStore: optional(29, stateStore),
  actionInvocations: many(30, actionInvocation),
  deferredActionInvocations: many(31, deferredAction),
  actionTargetAddrs: many(32, stringCodec),
};

/** The only version Terraform has written since 0.12; a change of meaning would raise it. */
const PLAN_VERSION = 3;

export type RawPlan = ReturnType<typeof decodePlanMessage>;

/** Decodes the entry `tfplan`. Throws a refusal. */
export function decodePlanMessage(bytes: Uint8Array) {
  const plan = decodeMessage('Plan', PLAN_FIELDS, bytes);
  if (plan.version !== PLAN_VERSION) {
    refuse(
      'unknown-version',
      text(
        `The plan has format version ${plan.version}; only version ${PLAN_VERSION} is known.`,
        `プランの形式バージョンは ${plan.version} です。対応しているのはバージョン ${PLAN_VERSION} だけです。`,
      ),
      text(
        'Use a Terraform or OpenTofu that this Sekisho knows, or update Sekisho.',
        'この Sekisho が対応する Terraform または OpenTofu を使うか、Sekisho を更新してください。',
      ),
    );
  }
  return plan;
}
