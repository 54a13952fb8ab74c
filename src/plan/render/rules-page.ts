import { type Language, type Text, text } from '#core-values';
import type { Severity } from '../core/findings.ts';
import { RULES } from '../core/review/registry.ts';
import type { Rule, RuleFamily } from '../core/review/rule.ts';
import { SEVERITY_WORDS } from '../core/words.ts';

const FAMILIES: Readonly<Record<RuleFamily, Text>> = {
  data: text('Data is lost', 'データの損失'),
  deletion: text('Deletions', '削除'),
  protection: text('Protections', '保護設定'),
  exposure: text('Opens to the world', '外部への公開'),
  iam: text('Widens permissions (IAM)', '権限の拡大（IAM）'),
  runner: text('Runs code on the runner', 'ランナー上でのコード実行'),
  source: text('Where code and state come from', 'コードとステートの出どころ'),
  place: text('Account and region', 'アカウントとリージョン'),
  state: text('State', 'ステート'),
  drift: text('Drift', 'ドリフト'),
  partial: text('Partial and failed plans', '部分的なプランと失敗したプラン'),
  size: text('Size', '規模'),
  lifecycle: text('Imports, moves, letting go', 'インポート・移動・管理からの除外'),
  secrets: text('Secrets', '秘密情報'),
  checks: text('Checks', 'チェック'),
};

const INTRODUCTION = text(
  `# Review rules

<!-- Written by scripts/make-rules-docs.ts from the rules themselves; change those. -->

\`sekisho review\` and the server look at every plan with these rules. Each finding has a severity, a message and a remedy;
policies refer to rules by their id. Severities differ between **guarded** environments (production, shared, and wherever
nobody said which environment it is) and all others. What is only known after apply is never taken for safe. Findings never
carry a sensitive value.
`,
  `# レビューのルール

<!-- scripts/make-rules-docs.ts がルール本体から生成しています。ルールのほうを変更してください。 -->

\`sekisho review\` とサーバーは、すべてのプランを以下のルールで検査します。指摘には深刻度・メッセージ・対処があり、ポリシーからは
ルールの ID で参照できます。深刻度は、**保護対象**の環境（本番、共有、および環境の指定がない場合）とそれ以外とで異なります。
適用後にしか決まらない値を安全とみなすことはありません。指摘に秘密の値が含まれることはありません。
`,
);

const WORDS = {
  guarded: text('guarded', '保護対象'),
  elsewhere: text('elsewhere', 'その他'),
  sees: text('What it sees', '検出するもの'),
  why: text('Why it matters', 'なぜ重要か'),
  remedy: text('Remedy', '対処'),
};

/** The page docs/rules.md (or its Japanese sister), whole. */
export function rulesPage(language: Language): string {
  const families = Map.groupBy(RULES, (rule) => rule.family);
  const sections = [...families].map(
    ([family, rules]) =>
      `\n## ${FAMILIES[family][language]}\n${rules.map((rule) => ruleSection(rule, language)).join('')}`,
  );
  return `${INTRODUCTION[language]}${sections.join('')}`;
}

function ruleSection(rule: Rule, language: Language): string {
  const { guarded, elsewhere } = rule.severity;
  return `
### \`${rule.id}\`

**${rule.title[language]}** — ${WORDS.guarded[language]}: ${severityName(guarded, language)}, ${WORDS.elsewhere[language]}: ${severityName(elsewhere, language)}

- ${WORDS.sees[language]}: ${rule.sees[language]}
- ${WORDS.why[language]}: ${rule.why[language]}
- ${WORDS.remedy[language]}: ${rule.remedy[language]}
`;
}

/** Options and policies take the English names, so that a Japanese page gives both. */
const severityName = (severity: Severity, language: Language): string =>
  language === 'en' ? severity : `${SEVERITY_WORDS[severity][language]}（${severity}）`;
