import { text } from '#core-values';
import { quoted } from '../quoted.ts';
import type { StatementContext } from './reading.ts';
import { report } from './where.ts';

/** A hyphen is in `vpc-lattice:AssociateViaAWSService-EventsAndStates`. */
const ACTION = /^[a-z0-9-]+:[a-z0-9*?-]+$/i;

/** `*`, or a service without wildcards and an action that may have them. A trust policy knows actions of STS only. */
export function parseAction(words: string, { kind, findings, where }: StatementContext): boolean {
  if (words !== '*' && !ACTION.test(words)) {
    const hasWildService = /^[^:]*[*?][^:]*:/.test(words);
    report(
      findings,
      where,
      'action',
      hasWildService
        ? text(
            `"${quoted(words)}" has a wildcard in its service.`,
            `「${quoted(words)}」のサービス名にワイルドカードがあります。`,
          )
        : text(`"${quoted(words)}" is not an action.`, `「${quoted(words)}」はアクションではありません。`),
      text(
        'Write service:Action, such as s3:GetObject; only the part after the colon may have * and ?. All actions are "*".',
        's3:GetObject のように「サービス:アクション」の形で書いてください。* と ? を使えるのはコロンの後だけです。すべてのアクションは "*" です。',
      ),
    );
    return false;
  }
  if (kind === 'trust' && !/^sts:/i.test(words)) {
    report(
      findings,
      where,
      'trust-action',
      text(
        `A trust policy takes actions of STS only, not "${quoted(words)}".`,
        `信頼ポリシーに書けるのは STS のアクションだけです(「${quoted(words)}」は不可)。`,
      ),
      text('Write sts:AssumeRole or one of its kin.', 'sts:AssumeRole などを指定してください。'),
    );
    return false;
  }
  return true;
}
