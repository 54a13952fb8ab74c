import type { PolicyKind } from '../model.ts';

/** What AWS takes in which kind of policy. */
export interface KindRules {
  readonly principal: 'required' | 'forbidden' | 'everyone';
  readonly resource: 'required' | 'forbidden';
  /** Top-level `Id`. */
  readonly id: boolean;
  /** Must say 2012-10-17. */
  readonly newVersion: boolean;
  /** Letters and digits only. */
  readonly plainSid: boolean;
  /** `arn:aws:sqs` for `arn:aws:sqs:*:*:*`. */
  readonly incompleteArns: boolean;
  /** Characters up to U+00FF only, as IAM and STS take them. */
  readonly latinOnly: boolean;
}

const identity: KindRules = {
  principal: 'forbidden',
  resource: 'required',
  id: false,
  newVersion: false,
  plainSid: true,
  incompleteArns: true,
  latinOnly: true,
};

const resource: KindRules = {
  principal: 'required',
  resource: 'required',
  id: true,
  newVersion: false,
  plainSid: false,
  incompleteArns: false,
  latinOnly: false,
};

/**
 * Sources: IAM User Guide, "Grammar of the IAM JSON policy language", "IAM ARNs" (incomplete ARNs) and "IAM and AWS STS quotas"
 * (characters); AWS Organizations User Guide, "SCP syntax" (as of 2025-09-19) and "RCP syntax".
 */
export const KIND_RULES: Readonly<Record<PolicyKind, KindRules>> = {
  identity,
  boundary: identity,
  session: { ...identity, incompleteArns: false },
  resource,
  key: resource,
  trust: { ...resource, resource: 'forbidden', plainSid: true, latinOnly: true },
  scp: { ...identity, newVersion: true, latinOnly: false },
  rcp: { ...resource, principal: 'everyone', id: false, newVersion: true, plainSid: true },
};

/** In sentences: "an SCP". */
export const KIND_NAMES: Readonly<Record<PolicyKind, { readonly en: string; readonly ja: string }>> = {
  identity: { en: 'an identity policy', ja: 'アイデンティティベースポリシー' },
  resource: { en: 'a resource policy', ja: 'リソースベースポリシー' },
  trust: { en: 'a trust policy', ja: '信頼ポリシー' },
  key: { en: 'a key policy', ja: 'キーポリシー' },
  boundary: { en: 'a permissions boundary', ja: 'アクセス許可の境界' },
  session: { en: 'a session policy', ja: 'セッションポリシー' },
  scp: { en: 'an SCP', ja: 'SCP' },
  rcp: { en: 'an RCP', ja: 'RCP' },
};
