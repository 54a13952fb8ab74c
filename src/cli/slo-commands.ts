import { text } from '#core-values';
import type { CliCommandEntry } from './command.ts';

/** In the order help shows them. Loaded only when called. */
export const SLO_COMMANDS: readonly CliCommandEntry[] = [
  {
    path: ['slo', 'report'],
    examples: [
      'sekisho slo report --definitions slo /var/log/nginx/access.log*',
      'sekisho slo report --definitions slo logs --from 2026-11-01 --to 2026-12-01 --time-zone Asia/Tokyo',
      'zcat access.log.gz | sekisho slo report --definitions slo - --format json',
    ],
    summary: text(
      'SLIs, budgets, burn and blame from access logs, without any server',
      'アクセスログから SLI、エラーバジェット、バーンレート、原因を求める(サーバー不要)',
    ),
    load: async () => (await import('./slo-report.ts')).sloReport,
  },
  {
    path: ['slo', 'check'],
    examples: ['sekisho slo check slo', 'sekisho slo check slo --format json'],
    summary: text('Check SLO definitions, all mistakes at once', 'SLO の定義を検査する(誤りをすべて表示)'),
    load: async () => (await import('./slo-check.ts')).sloCheck,
  },
  {
    path: ['slo', 'import'],
    examples: ['sekisho slo import sloth.yaml shimesaba.yaml --output slo/imported.yaml'],
    summary: text(
      'Take over SLOs of Sloth, shimesaba or OpenSLO, telling what could not be',
      'Sloth、shimesaba、OpenSLO の SLO を取り込む(引き継げないものも表示)',
    ),
    load: async () => (await import('./slo-import.ts')).sloImport,
  },
  {
    path: ['slo', 'export'],
    examples: [
      'sekisho slo export slo --format openslo',
      'sekisho slo export slo --format prometheus > rules.yaml',
    ],
    summary: text(
      'Write definitions for other tools: OpenSLO, Prometheus rules',
      '定義を他のツール向けに書き出す(OpenSLO、Prometheus のルール)',
    ),
    load: async () => (await import('./slo-export.ts')).sloExport,
  },
  {
    path: ['slo', 'suggest'],
    examples: [
      'sekisho slo suggest /var/log/nginx/access.log*',
      'sekisho slo suggest logs --service shop --time-zone Asia/Tokyo --out slo/shop.yaml',
    ],
    summary: text(
      'Find screens in access logs, and propose SLOs with their evidence',
      'アクセスログから画面を見つけ、根拠とともに SLO を提案する',
    ),
    load: async () => (await import('./slo-suggest.ts')).sloSuggest,
  },
  {
    path: ['slo', 'backtest'],
    examples: [
      'sekisho slo backtest --definitions slo --incidents incidents.yaml /var/log/nginx/access.log*',
      'sekisho slo backtest --definitions slo --incidents incidents.csv --grid grid.yaml --format svg --out backtest.svg logs',
    ],
    summary: text(
      'Try SLO definitions on old logs: which incidents would they have paged for, and how often for nothing',
      '過去のログで SLO の定義を試す(検知できたインシデントと誤報の数)',
    ),
    load: async () => (await import('./slo-backtest.ts')).sloBacktest,
  },
  {
    path: ['slo', 'status'],
    examples: ['sekisho slo status', 'sekisho slo status --service shop --format json'],
    summary: text(
      'What is left of each error budget; exit code 1 where one is spent or burns',
      '各エラーバジェットの残量(使い切ったか消費中のものがあれば終了コード 1)',
    ),
    load: async () => (await import('./slo-status.ts')).sloStatus,
  },
  {
    path: ['slo', 'incidents', 'list'],
    examples: ['sekisho slo incidents list', 'sekisho slo incidents list --state open --format json'],
    summary: text('Incidents of SLOs, open ones first', 'SLO のインシデントの一覧(未解決が先)'),
    load: async () => (await import('./slo-incidents.ts')).sloIncidentsList,
  },
  {
    path: ['slo', 'incidents', 'acknowledge'],
    examples: ['sekisho slo incidents acknowledge inc_…'],
    summary: text('Say that you look after an incident', 'インシデントの対応を引き受ける'),
    load: async () => (await import('./slo-incidents.ts')).sloIncidentsAcknowledge,
  },
  {
    path: ['slo', 'incidents', 'silence'],
    examples: ['sekisho slo incidents silence inc_… --minutes 60 --reason "rolling back"'],
    summary: text('Have nobody told of an incident for a while', 'インシデントの通知をしばらく止める'),
    load: async () => (await import('./slo-incidents.ts')).sloIncidentsSilence,
  },
  {
    path: ['slo', 'incidents', 'resolve'],
    examples: ['sekisho slo incidents resolve inc_… --reason "rolled back"'],
    summary: text('Resolve an incident by hand', 'インシデントを解決とする'),
    load: async () => (await import('./slo-incidents.ts')).sloIncidentsResolve,
  },
  {
    path: ['slo', 'corrections', 'list'],
    examples: ['sekisho slo corrections list', 'sekisho slo corrections list --slo checkout --format json'],
    summary: text('Time that is left out of error budgets', 'エラーバジェットから除外した時間の一覧'),
    load: async () => (await import('./slo-corrections.ts')).sloCorrectionsList,
  },
  {
    path: ['slo', 'corrections', 'add'],
    examples: [
      'sekisho slo corrections add --service shop --from 2026-11-23T02:00:00+09:00 --to 2026-11-23T03:00:00+09:00 --reason "announced maintenance"',
    ],
    summary: text('Leave time out of error budgets', '指定した時間をエラーバジェットから除外する'),
    load: async () => (await import('./slo-corrections.ts')).sloCorrectionsAdd,
  },
  {
    path: ['slo', 'corrections', 'undo'],
    examples: ['sekisho slo corrections undo cor_… --reason "it was no maintenance"'],
    summary: text('Let time count again', '除外を取り消す'),
    load: async () => (await import('./slo-corrections.ts')).sloCorrectionsUndo,
  },
];
