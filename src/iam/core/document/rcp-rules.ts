import { text } from '#core-values';
import rcpServices from '../evaluate/rcp-services.json' with { type: 'json' };
import type { PolicyDocument, Statement } from '../model.ts';
import { quoted } from '../quoted.ts';
import { type Findings, report, type Where } from './where.ts';

/** A statement with the place where it begins. */
export interface PlacedStatement {
  readonly statement: Statement;
  readonly index: number;
  readonly where: Where;
}

const SERVICES: ReadonlySet<string> = new Set(rcpServices.services);

/** Own rules of RCPs: they only deny, name services that take them, and know no `NotAction`. Source: "RCP syntax". */
export function checkRcp(
  document: PolicyDocument,
  statements: readonly PlacedStatement[],
  findings: Findings,
): void {
  if (isRcpFullAwsAccess(document)) return;
  for (const { statement, where } of statements) {
    if (statement.effect === 'Allow') {
      report(
        findings,
        { ...where, element: 'Effect' },
        'rcp-effect',
        text(
          'An RCP only denies; the one that allows is RCPFullAWSAccess, which AWS attaches itself.',
          'RCP に書けるのは Deny だけです。Allow を持つのは、AWS が自動でアタッチする RCPFullAWSAccess だけです。',
        ),
        text('Write "Effect": "Deny".', '"Effect": "Deny" と書いてください。'),
      );
    }
    if (statement.actions.negated) {
      report(
        findings,
        { ...where, element: 'NotAction' },
        'rcp-not-action',
        text('An RCP takes no NotAction.', 'RCP では NotAction を使えません。'),
        text('Name the actions under Action.', '対象のアクションを Action に列挙してください。'),
      );
    }
    for (const action of statement.actions.patterns) {
      const service = action.split(':')[0]?.toLowerCase() ?? '';
      if (SERVICES.has(service)) continue;
      report(
        findings,
        { ...where, element: 'Action' },
        'rcp-action',
        text(
          `RCPs do not apply to "${quoted(action)}" (AWS's list of ${rcpServices.date}).`,
          `「${quoted(action)}」は RCP の対象外です(${rcpServices.date} 時点の AWS の一覧)。`,
        ),
        text(
          'Name actions with the prefix of a service that supports RCPs, such as s3:*.',
          's3:* のように、RCP に対応したサービスのアクションを指定してください。',
        ),
      );
    }
  }
}

/** The policy that AWS attaches everywhere once RCPs are on. */
function isRcpFullAwsAccess({ statements }: PolicyDocument): boolean {
  const [only, ...more] = statements;
  return only !== undefined && more.length === 0 && only.effect === 'Allow' && isAll(only);
}

const isAll = ({ actions, resources, conditions, principals }: Statement): boolean =>
  !actions.negated &&
  actions.patterns.join() === '*' &&
  resources?.negated === false &&
  resources.patterns.join() === '*' &&
  conditions.length === 0 &&
  principals?.negated === false;
