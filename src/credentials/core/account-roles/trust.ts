import { text } from '#core-values';
import { ACCOUNT, LISTS, PARTITION, type RoleKind, type RoleStatement } from './model.ts';

/** How the roles know Sekisho. */
export type AccountTrust =
  | {
      readonly kind: 'ambient';
      /** ARN of the role that the server runs as. */
      readonly serverRole: string;
      /** `o-…`: then the server must be of this organization, too. */
      readonly organizationId?: string;
    }
  /** `https://…`, as `server.aws.issuerUrl` has it. */
  | { readonly kind: 'web-identity'; readonly issuerUrl: string };

/** As IAM names an identity provider, and as its condition keys begin. */
export const issuerOf = (issuerUrl: string): string => issuerUrl.replace(/^https?:\/\//, '');

/** What AWS takes as audience of its own; `own-issuer.ts` signs for it. */
export const AWS_AUDIENCE = 'sts.amazonaws.com';

const TAGGING = ['sts:SetSourceIdentity', 'sts:TagSession'];

export const trustStatement = (trust: AccountTrust, role: RoleKind['key']): RoleStatement =>
  trust.kind === 'ambient'
    ? {
        sid: 'OnlySekishoServer',
        why: text(
          'Only the role that the Sekisho server runs as, and nothing in CI. The session’s tags and source identity name the grant and who approved it.',
          'Sekisho サーバーのロールだけを信頼し、CI は信頼しません。セッションのタグとソース ID に、グラントと承認者が記録されます。',
        ),
        effect: 'Allow',
        principal: { kind: 'AWS', id: trust.serverRole },
        actions: { isNegated: false, patterns: ['sts:AssumeRole', ...TAGGING] },
        ...(trust.organizationId !== undefined && {
          conditions: { StringEquals: { 'aws:PrincipalOrgID': [trust.organizationId] } },
        }),
      }
    : {
        sid: 'OnlySekishoForTheseStacks',
        why: text(
          'Only tokens that Sekisho signed, for exactly this purpose and these stacks. Subjects are compared whole; there is no wildcard.',
          'Sekisho が署名した、この目的とこれらのスタックのためのトークンだけを信頼します。サブジェクトは完全一致で、ワイルドカードはありません。',
        ),
        effect: 'Allow',
        principal: {
          kind: 'Federated',
          id: `arn:${PARTITION}:iam::${ACCOUNT}:oidc-provider/${issuerOf(trust.issuerUrl)}`,
        },
        actions: { isNegated: false, patterns: ['sts:AssumeRoleWithWebIdentity', ...TAGGING] },
        conditions: {
          StringEquals: {
            [`${issuerOf(trust.issuerUrl)}:aud`]: [AWS_AUDIENCE],
            [`${issuerOf(trust.issuerUrl)}:sub`]: subjects(role),
          },
        },
      };

/** As `own-issuer.ts` signs them: `purpose:apply:stack:NAME`. */
function subjects(role: RoleKind['key']): readonly string[] {
  const purpose = role === 'policy' ? 'policies' : role;
  const ofStacks = `purpose:${purpose}:stack:${LISTS.stacks}`;
  // The hourly look at what is left belongs to no stack.
  return role === 'policy' ? [ofStacks, 'purpose:policies:stack:policies'] : [ofStacks];
}
