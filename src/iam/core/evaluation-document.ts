import { z } from 'zod';
import {
  type AccountId,
  err,
  ok,
  type Problem,
  parseAccountId,
  problem,
  type Reason,
  type Result,
  type SourcePlace,
  text,
} from '#core-values';
import { type NodePath, parsedString, reasonsOf } from '#platform/core';
import { type JsonNode, plainValue, readJson } from './document/json-source.ts';
import { policyFrom } from './document/parse.ts';
import { type CompiledPolicy, compilePolicy } from './evaluate/compiled-policy.ts';
import { type Guardrails, type Layers, mustBeGrantedByResource } from './evaluate/layers.ts';
import { isManagedPolicyName, managedPolicy } from './managed-policies.ts';
import type { PolicyKind } from './model.ts';
import { requestContext } from './request/context.ts';
import { parsePrincipal } from './request/principal.ts';
import { type AccessRequest, prepareRequest } from './request/request.ts';

const accountId = () =>
  parsedString(parseAccountId, {
    rule: 'iam.account-id',
    message: text('This is not an AWS account id.', 'AWS アカウント ID ではありません。'),
    remedy: text('Give the twelve digits as text.', '12 桁の数字を文字列で指定してください。'),
  });

const name = () => z.string().min(1).max(256);

/** A policy by its document, or an AWS managed guardrail by its name alone. */
const policy = z.strictObject({ name: name(), document: z.unknown().optional() });
const levels = z.array(z.strictObject({ name: name(), policies: z.array(policy) }));

const principal = z.union([
  z.string().min(1),
  z.strictObject({ arn: z.string(), of: z.string().optional() }),
  z.strictObject({ service: z.string() }),
  z.strictObject({ federated: z.string() }),
]);

const organization = z.strictObject({
  id: name().optional(),
  managementAccount: accountId(),
});

const context = z
  .record(z.string(), z.union([z.string(), z.array(z.string())]))
  .prefault({})
  .superRefine((keys, checked) => {
    const seen = new Set<string>();
    for (const key of Object.keys(keys)) {
      if (seen.has(key.toLowerCase()))
        checked.addIssue({ code: 'custom', path: [key], params: { refusal: keyTwice } });
      seen.add(key.toLowerCase());
    }
  });

const keyTwice = {
  rule: 'iam.context-key-twice',
  message: text('This key is there in another case too.', '大文字と小文字だけが異なる同じキーがあります。'),
  remedy: text(
    'Keep one; case does not matter in condition keys.',
    '1 つにまとめてください。条件キーの大文字と小文字は区別されません。',
  ),
};

/** The document that `sekisho iam evaluate` takes: docs/iam-evaluate.md. */
export const evaluationSchema = z.strictObject({
  request: z.strictObject({
    principal,
    action: z.string(),
    resource: z.string(),
    resourceAccount: accountId().optional(),
    context,
    absentKeys: z.array(z.string()).prefault([]),
    contextIsComplete: z.boolean().prefault(false),
  }),
  principalOrganization: z
    .union([z.literal('none'), organization.extend({ scps: levels.optional() })])
    .optional(),
  resourceOrganization: z
    .union([z.literal('none'), organization.extend({ rcps: levels.optional() })])
    .optional(),
  policies: z
    .strictObject({
      identity: z.array(policy).optional(),
      boundary: policy.optional(),
      session: z.array(policy).optional(),
      resource: policy.optional(),
    })
    .prefault({}),
});

type Evaluation = z.output<typeof evaluationSchema>;

/** A request and everything that has a say, ready for `evaluate`. */
export interface EvaluationQuestion {
  readonly request: AccessRequest;
  readonly layers: Layers;
}

/** Reads an evaluation document. Errors are `bad-input`, with their places in `file`. */
export function parseEvaluation(source: string, file: string): Result<EvaluationQuestion, Problem> {
  const json = readJson(source, file);
  if (!json.ok) return err(problem('bad-input', json.error));
  const root = json.value;
  const input = plainValue(root);
  const parsed = evaluationSchema.safeParse(input);
  if (!parsed.success) {
    const placeOf = (path: NodePath): SourcePlace => placeAt(root, path);
    return refused(
      reasonsOf(parsed.error.issues, { schema: evaluationSchema, input, ruleRoom: 'iam', placeOf }),
    );
  }
  const request = readRequest(parsed.data, placeAt(root, ['request']));
  if (!request.ok) return request;
  const reasons: Reason[] = [];
  const layers = readLayers(parsed.data, request.value, root, reasons);
  return reasons.length > 0 ? refused(reasons) : ok({ request: request.value, layers });
}

function refused(reasons: readonly Reason[]): Result<never, Problem> {
  const [first, ...more] = reasons;
  if (first === undefined) throw new Error('A document is refused with a reason.');
  return err(problem('bad-input', first, ...more));
}

function readRequest(
  { request: stated, principalOrganization, resourceOrganization }: Evaluation,
  place: SourcePlace,
): Result<AccessRequest, Problem> {
  const placed = (reason: Reason): Result<never, Problem> => refused([{ place, ...reason }]);
  const { principal: named } = stated;
  const principal = parsePrincipal(
    typeof named !== 'string' ? named : named === 'anonymous' ? 'anonymous' : { arn: named },
  );
  if (!principal.ok) return placed(principal.error);
  const ofPrincipal = organizationId(principalOrganization);
  const ofResource = organizationId(resourceOrganization);
  const request = prepareRequest({
    principal: principal.value,
    action: stated.action,
    resource: stated.resource,
    ...(stated.resourceAccount !== undefined && { resourceAccount: stated.resourceAccount }),
    ...(ofPrincipal !== undefined && { principalOrganization: ofPrincipal }),
    ...(ofResource !== undefined && { resourceOrganization: ofResource }),
    context: requestContext(stated.context, {
      absent: stated.absentKeys,
      isComplete: stated.contextIsComplete,
    }),
  });
  return request.ok ? request : placed(request.error);
}

const organizationId = (
  stated: 'none' | { readonly id?: string | undefined } | undefined,
): string | undefined => (stated === 'none' ? 'none' : stated?.id);

type StatedPolicy = z.output<typeof policy>;
type StatedLevels = z.output<typeof levels>;

function readLayers(
  { principalOrganization, resourceOrganization, policies }: Evaluation,
  request: AccessRequest,
  root: JsonNode,
  reasons: Reason[],
): Layers {
  const one = (stated: StatedPolicy, kind: PolicyKind, path: NodePath) =>
    readPolicy(stated, kind, root, path, reasons);
  const many = (stated: readonly StatedPolicy[], kind: PolicyKind, path: NodePath) =>
    stated.flatMap((policy, index) => one(policy, kind, [...path, index]) ?? []);
  const guardrails = (
    managementAccount: AccountId,
    stated: StatedLevels,
    kind: 'scp' | 'rcp',
    path: NodePath,
  ): Guardrails => ({
    managementAccount,
    levels: stated.map((level, index) => ({
      name: level.name,
      policies: many(level.policies, kind, [...path, index, 'policies']),
    })),
  });
  const { identity, boundary, session, resource } = policies;
  const ofResource = resource && one(resource, resourceKind(request), ['policies', 'resource']);
  const ofBoundary = boundary && one(boundary, 'boundary', ['policies', 'boundary']);
  const scps = typeof principalOrganization === 'object' ? principalOrganization : undefined;
  const rcps = typeof resourceOrganization === 'object' ? resourceOrganization : undefined;
  return {
    ...(identity !== undefined && { identity: many(identity, 'identity', ['policies', 'identity']) }),
    ...(ofBoundary !== undefined && { boundary: ofBoundary }),
    ...(session !== undefined && { session: many(session, 'session', ['policies', 'session']) }),
    ...(ofResource !== undefined && { resource: ofResource }),
    ...(scps?.scps !== undefined && {
      scps: guardrails(scps.managementAccount, scps.scps, 'scp', ['principalOrganization', 'scps']),
    }),
    ...(rcps?.rcps !== undefined && {
      rcps: guardrails(rcps.managementAccount, rcps.rcps, 'rcp', ['resourceOrganization', 'rcps']),
    }),
  };
}

const resourceKind = (request: AccessRequest): PolicyKind =>
  mustBeGrantedByResource(request) ? (request.service === 'sts' ? 'trust' : 'key') : 'resource';

function readPolicy(
  stated: StatedPolicy,
  kind: PolicyKind,
  root: JsonNode,
  path: NodePath,
  reasons: Reason[],
): CompiledPolicy | undefined {
  const node = nodeAt(root, [...path, 'document']);
  if (node === undefined) {
    if (isManagedPolicyName(stated.name, kind)) return compilePolicy(managedPolicy(stated.name), stated.name);
    reasons.push({ ...documentMissing, place: placeAt(root, path) });
    return undefined;
  }
  const document = policyFrom(node, kind);
  if (document.ok) return compilePolicy(document.value, stated.name);
  reasons.push(...document.error.reasons);
  return undefined;
}

const documentMissing: Reason = {
  rule: 'iam.policy-missing',
  message: text('This policy has no document.', 'このポリシーには document がありません。'),
  remedy: text(
    'Add "document"; only the SCP FullAWSAccess and the RCP RCPFullAWSAccess are known by name.',
    'document を追加してください。名前だけで指定できるのは、SCP の FullAWSAccess と RCP の RCPFullAWSAccess です。',
  ),
};

function nodeAt(root: JsonNode, path: NodePath): JsonNode | undefined {
  let node: JsonNode | undefined = root;
  for (const step of path) {
    if (node?.kind === 'object') node = node.members.get(String(step))?.value;
    else if (node?.kind === 'list' && typeof step === 'number') node = node.items[step];
    else return undefined;
  }
  return node;
}

/** Of the value, or of what would hold it. */
function placeAt(root: JsonNode, path: NodePath): SourcePlace {
  for (let length = path.length; length > 0; length -= 1) {
    const node = nodeAt(root, path.slice(0, length));
    if (node !== undefined) return node.place;
  }
  return root.place;
}
