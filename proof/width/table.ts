import { HOLDERS, type Holder } from './figures.ts';
import type { HolderSummary, Spread, Summary } from './summary.ts';

/** The tables of README (`front`) and docs/performance.md (`whole`). */
export type Language = 'en' | 'ja';

type Column = keyof HolderSummary;

interface Shown {
  readonly columns: readonly Column[];
  readonly holders: readonly Holder[];
}

const TABLES: Readonly<Record<'front' | 'whole', Shown>> = {
  front: { columns: ['width', 'dangerousActions'], holders: ['derived', 'fullAccess', 'administrator'] },
  whole: {
    columns: ['width', 'beyond', 'actions', 'dangerousActions', 'dangerousPairs'],
    holders: HOLDERS,
  },
};

interface Words {
  readonly holder: string;
  readonly columns: Readonly<Record<Column, string>>;
  readonly holders: Readonly<Record<Holder, string>>;
  readonly cell: (median: string, worst: string) => string;
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    holder: 'Median of the plans (worst)',
    columns: {
      width: 'Allowed for each call made',
      beyond: 'Allowed, never called',
      actions: 'Different actions allowed',
      dangerousActions: 'Dangerous actions, never called',
      dangerousPairs: 'Dangerous actions, on what they were not called on',
    },
    holders: {
      derived: '**The policy that Sekisho derives**',
      fullAccess: "A role with the services' full-access policies",
      powerUser: '`PowerUserAccess`',
      administrator: '`AdministratorAccess`',
    },
    cell: (median, worst) => `${median} (${worst})`,
  },
  ja: {
    holder: 'プランの中央値(最大)',
    columns: {
      width: '呼び出し 1 件あたりの許可',
      beyond: '呼び出されていない許可',
      actions: '許可されるアクションの種類',
      dangerousActions: '呼び出されていない危険なアクション',
      dangerousPairs: '呼び出していない対象への危険なアクション',
    },
    holders: {
      derived: '**Sekisho が導いたポリシー**',
      fullAccess: '各サービスの FullAccess ポリシーを付けたロール',
      powerUser: '`PowerUserAccess`',
      administrator: '`AdministratorAccess`',
    },
    cell: (median, worst) => `${median}(${worst})`,
  },
};

/** Markdown. */
export function tableOf(summary: Summary, language: Language, table: keyof typeof TABLES): string {
  const words = WORDS[language];
  const { columns, holders } = TABLES[table];
  const cell = ({ median, worst }: Spread): string => words.cell(written(median), written(worst));
  const head = [words.holder, ...columns.map((column) => words.columns[column])];
  const rows = holders.map((holder) => [
    words.holders[holder],
    ...columns.map((column) => cell(summary.holders[holder][column])),
  ]);
  const [titles, ...lines] = [head, ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return [titles, `|---|${'---:|'.repeat(columns.length)}`, ...lines].join('\n');
}

/** How many plans, how many of their policies fit, and in how many plans a call was denied. */
export function factsOf(summary: Summary, language: Language): string {
  const { plans, mostResources, inlinePercent, asked, plansWithDenials } = summary;
  const questions = written(asked.median);
  const words =
    language === 'en'
      ? [
          `${plans} plans of up to ${mostResources} resources; ${inlinePercent} % of the policies fit inline; ${questions} questions each.`,
          `In ${plansWithDenials} of the plans a call was denied.`,
        ]
      : [
          `プラン ${plans} 件(リソースは最大 ${mostResources} 個)。インラインに収まったポリシーは ${inlinePercent}%。1 件あたりの質問は ${questions} 個。`,
          `呼び出しが拒否されたプランは ${plansWithDenials} 件。`,
        ];
  return words.slice(0, plansWithDenials === 0 ? 1 : 2).join(language === 'en' ? ' ' : '');
}

const written = (value: number): string =>
  value < 10 && !Number.isInteger(value) ? value.toFixed(1) : Math.round(value).toLocaleString('en');
