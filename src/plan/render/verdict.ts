import { type Text, text } from '#core-values';
import { type Finding, SEVERITIES, type Severity } from '../core/findings.ts';
import { planSummary } from '../core/json-view.ts';
import type { Plan } from '../core/model.ts';
import { countsText, SEVERITY_WORDS } from '../core/words.ts';

/** The first thing a reader sees: how bad, and how much. */
export interface Verdict {
  readonly worst: Severity | undefined;
  readonly headline: Text;
  /** `2 critical, 1 medium`. */
  readonly findings: Text;
  /** `1 to delete, 3 to create`. */
  readonly changes: Text;
}

const HEADLINES: Readonly<Record<Severity, Text>> = {
  critical: text(
    'Dangerous: understand every critical finding before this is applied',
    '危険: 重大な指摘をすべて理解するまで適用しないでください',
  ),
  high: text(
    'Risky: look at the high findings before this is applied',
    '要注意: 適用する前に「高」の指摘を確認してください',
  ),
  medium: text(
    'Worth a look: nothing grave, some findings to check',
    '要確認: 重大な問題はありませんが、確認すべき指摘があります',
  ),
  low: text('Looks fine: only minor findings', '問題なさそうです: 軽微な指摘のみ'),
  info: text('Looks fine: nothing but notes', '問題なさそうです: 参考情報のみ'),
};
const FINE = text('Looks fine: no findings', '問題なさそうです: 指摘はありません');
const NOTHING = text('Nothing to do: the plan changes nothing', '変更はありません');

export function verdictOf(plan: Plan, findings: readonly Finding[]): Verdict {
  const summary = planSummary(plan);
  const bySeverity = SEVERITIES.map((severity) => ({
    severity,
    count: findings.filter((finding) => finding.severity === severity).length,
  })).filter(({ count }) => count > 0);
  const worst = bySeverity[0]?.severity;
  const isActive = Object.entries(summary).some(
    ([name, count]) => count > 0 && !['no-op', 'read', 'drift'].includes(name),
  );
  return {
    worst,
    headline: worst !== undefined ? HEADLINES[worst] : isActive ? FINE : NOTHING,
    findings: {
      en: bySeverity.map(({ severity, count }) => `${count} ${SEVERITY_WORDS[severity].en}`).join(', '),
      ja: bySeverity.map(({ severity, count }) => `${SEVERITY_WORDS[severity].ja} ${count} 件`).join('、'),
    },
    changes: countsText({ ...summary }),
  };
}
