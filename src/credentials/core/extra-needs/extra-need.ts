import { type AccountId, type Reason, type Text, text } from '#core-values';
import escalations from '../fit/escalations.json' with { type: 'json' };
import { isForbidden } from '../fit/forbidden.ts';
import { actionsOfService, applies, covers, overlap, resourcesOfAction, serviceOf } from '../fit/pattern.ts';

/** What a person adds to everything that a stack's plans need: one action on one resource. */
export interface ExtraNeed {
  /** `sns:TagResource`, in the spelling of AWS's reference. */
  readonly action: string;
  /** An ARN; `*` where AWS checks the action against no resource. */
  readonly resource: string;
}

export interface ExtraNeedFacts {
  readonly account: AccountId;
  /** Others that the stack's plans may speak of. */
  readonly otherAccounts: readonly AccountId[];
  /** Sekisho's own roles and identity provider. */
  readonly protectedArns: readonly string[];
}

/**
 * Why a need may not be added, or undefined. Only what is exact: an action that AWS has, on a resource that it asks for. Nothing of the
 * forbidden list, nothing that could be used to gain more, nothing on what Sekisho itself works with: those come from a plan alone,
 * whose review shows what they are for.
 */
export function extraNeedFault(need: ExtraNeed, facts: ExtraNeedFacts): Reason | undefined {
  const { action, resource } = need;
  const act = text(`${action} on ${resource}`, `${action}(${resource})`);
  if (/[*?$]/.test(action)) return patternFault(act);
  if (!actionsOfService(serviceOf(action)).includes(action)) return unknownAction(action);
  if (isForbidden(action) || isEscalation(action)) return forbidden(act);
  if (!isPlain(resource)) return patternFault(act);
  if (facts.protectedArns.some((own) => resource !== '*' && overlap(resource, own))) return ownFault(act);
  if (!isExact(need)) return patternFault(act);
  if (resource === '*') return undefined;
  const [, , , , account = ''] = resource.split(':');
  const isOurs = ['', 'aws', facts.account, ...facts.otherAccounts].includes(account);
  if (!isOurs) return otherAccount(act, account);
  return applies(action, resource) ? undefined : doesNotApply(need);
}

const isEscalation = (action: string): boolean =>
  escalations.actions.some(({ actions }) =>
    actions.some((one) => covers(one.toLowerCase(), action.toLowerCase())),
  );

/** What AWS takes in a policy, and reads as nothing but itself; a `*` is looked at apart. */
const isPlain = (resource: string): boolean =>
  resource === '*' || (/^arn:[^?$"\\\s\p{C}]{1,2040}$/u.test(resource) && !/[^\u0020-\u00ff]/.test(resource));

/**
 * `*` only where there is nothing narrower: for an action that AWS checks against no resource, and as the id of what is being made,
 * as AWS itself writes it (`ec2:CreateVpc` on `arn:aws:ec2:…:vpc/*`). What can also replace what is there (`acm:ImportCertificate`) is
 * no making.
 */
function isExact({ action, resource }: ExtraNeed): boolean {
  if (!resource.includes('*')) return true;
  if (resource === '*') return resourcesOfAction(action).every((type) => type === '*');
  const made = /^[a-z0-9-]+:(?:Create|Allocate|Request)([A-Z]\w*)$/.exec(action)?.[1]?.toLowerCase();
  const type = /^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(?:\d{12})?:([a-z-]+)(?:\/[^*]+)?\/\*$/.exec(
    resource,
  )?.[1];
  if (made === undefined || type === undefined) return false;
  return (MADE[made] ?? made) === type.replaceAll('-', '');
}

/** Where an action and an ARN have other words for the same. Source: Service Authorization Reference of EC2. */
const MADE: Readonly<Record<string, string>> = { address: 'elasticip' };

const fault = (rule: string, message: Text, remedy: Text): Reason => ({
  rule: `needs.${rule}`,
  message,
  remedy,
});

const patternFault = (act: Text): Reason =>
  fault(
    'pattern',
    text(
      `${act.en}: a pattern, or characters that a policy would read as one or that AWS does not take.`,
      `${act.ja}: パターン、またはポリシーでパターンとして解釈される文字や AWS が受け付けない文字が含まれています。`,
    ),
    text(
      'Name one action and one ARN in full, as AWS named them when it refused.',
      'AWS の拒否メッセージのとおりに、アクションと ARN を 1 つずつ正確に指定してください。',
    ),
  );

const unknownAction = (action: string): Reason =>
  fault(
    'action-unknown',
    text(
      `AWS’s reference has no action ${action}.`,
      `AWS のリファレンスにアクション ${action} はありません。`,
    ),
    text(
      'Check its spelling, capitals included (sns:TagResource); if it is newer than this version of Sekisho, update.',
      '大文字・小文字を含めて綴りを確認してください(例: sns:TagResource)。新しいアクションの場合は Sekisho を更新してください。',
    ),
  );

const forbidden = (act: Text): Reason =>
  fault(
    'forbidden',
    text(
      `${act.en} is on the list of what no grant gets beside its plan: it destroys data, reads secrets, changes who may do what, or could be used to gain more.`,
      `${act.ja} は、プランに含まれない限りグラントに与えない操作です(データの破壊、秘密情報の参照、権限の変更、権限の拡大に使われうる操作)。`,
    ),
    text(
      'Change the Terraform so that its plan shows what needs it, or do this step outside of Sekisho; if a recorded type misses it, report it.',
      'この操作が必要だとプランから分かるように Terraform を変更するか、Sekisho を経由せずに行ってください。リソースタイプの記録漏れの場合は報告してください。',
    ),
  );

const ownFault = (act: Text): Reason =>
  fault(
    'changes-sekisho',
    text(
      `${act.en} reaches a role, or the identity provider, that Sekisho itself works with.`,
      `${act.ja} は、Sekisho 自身が使うロールまたは ID プロバイダーに及びます。`,
    ),
    text('Do this outside of Sekisho.', 'Sekisho を経由せずに行ってください。'),
  );

const otherAccount = (act: Text, account: string): Reason =>
  fault(
    'other-account',
    text(
      `${act.en}: account ${account} is neither the stack’s nor one that it may speak of.`,
      `${act.ja}: アカウント ${account} は、スタックのアカウントでも、許可されたアカウントでもありません。`,
    ),
    text(
      'Check the ARN; if the account belongs here, allow it under `allow.accounts` of the stack in sekisho.yaml.',
      'ARN を確認してください。意図したアカウントであれば、sekisho.yaml のスタックの `allow.accounts` で許可してください。',
    ),
  );

const doesNotApply = ({ action, resource }: ExtraNeed): Reason =>
  fault(
    'does-not-apply',
    text(
      `AWS never asks for ${action} on ${resource}: it would allow nothing.`,
      `AWS は ${resource} に対して ${action} を要求しないため、追加しても何も許可されません。`,
    ),
    text(
      `Name what the action acts on: ${resourcesOfAction(action).join(', ')}.`,
      `アクションの対象を指定してください: ${resourcesOfAction(action).join(', ')}`,
    ),
  );
