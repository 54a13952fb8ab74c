import { type Language, type Text, text } from '#core-values';
import type { BacktestResult } from '#slo';
import { backtestAnswer, LINE_FAULTS, toNumber, viewConfidence } from '#slo/core';

/** The documented JSON, version 1: docs/slo-backtest.md. */
export function backtestJson(result: BacktestResult, language: Language) {
  const { beside, late, left, logs } = result;
  return {
    version: 1,
    ...backtestAnswer(result),
    leftOut: left.leftOut.map(({ message, rule }) => ({ rule, message: message[language] })),
    notOfLogs: left.notOfLogs,
    logs: logs.map(({ compression, counts, name, problem }) => ({
      ...{ name, compression, lines: counts.lines, requests: counts.requests, skipped: counts.skipped },
      unparsed: counts.unparsed,
      ...(problem && {
        problem: problem.reasons.map(({ message, rule }) => ({ rule, message: message[language] })),
      }),
    })),
    views: screensOf(result).map(({ confidence, screen }) => ({
      ...{ screen, views: confidence.views, ways: confidence.ways },
      sure: confidence.sure === undefined ? null : toNumber(confidence.sure),
      incomplete: confidence.incomplete === undefined ? null : toNumber(confidence.incomplete),
    })),
    late,
    beside,
  };
}

const screensOf = ({ views }: BacktestResult) =>
  [...new Set(views.map(({ screen }) => screen))].map((screen) => ({
    screen,
    confidence: viewConfidence(views.filter((row) => row.screen === screen)),
  }));

/** What the figures rest on: how views were put together, and what was not counted. */
export function readingNotes(result: BacktestResult): readonly Text[] {
  const { beside, late, left, logs } = result;
  const sum = (of: (log: BacktestResult['logs'][number]) => number): number =>
    logs.reduce((all, log) => all + of(log), 0);
  const requests = sum(({ counts }) => counts.requests);
  const unparsed = sum(({ counts }) => LINE_FAULTS.reduce((all, fault) => all + counts.unparsed[fault], 0));
  return [
    text(
      `${requests} requests in ${logs.length} files; ${unparsed} lines could not be read.`,
      `ファイル ${logs.length} 件、リクエスト ${requests} 件。読めなかった行: ${unparsed} 行。`,
    ),
    ...screensOf(result).map(({ confidence, screen }) => {
      const percent = (share = { numerator: 0n, denominator: 1n }): string =>
        `${(100 * toNumber(share)).toFixed(1)}%`;
      return text(
        `Screen ${screen}: ${confidence.views} views, ${percent(confidence.sure)} of them put together without doubt, ${percent(confidence.incomplete)} lack a required request.`,
        `画面 ${screen}: 表示 ${confidence.views} 回。うち ${percent(confidence.sure)} は確実に組み立てられ、${percent(confidence.incomplete)} は必須リクエストを欠いています。`,
      );
    }),
    ...(late > 0 ? [WORDS.late(late)] : []),
    ...(beside ? [WORDS.beside] : []),
    ...(left.notOfLogs.length > 0 ? [WORDS.notOfLogs(left.notOfLogs.join(', '))] : []),
  ];
}

const WORDS = {
  late: (count: number) =>
    text(
      `${count} requests came too late in their file to be part of a view.`,
      `${count} 件のリクエストは、ファイル内での順序が遅すぎて画面表示に含められませんでした。`,
    ),
  beside: text(
    'Files of the same time were read one after the other: a view whose requests are spread over them is incomplete. Merge them by time first.',
    '同じ時間帯のファイルを順に読みました。リクエストが複数のファイルに分かれた表示は不完全です。先に時刻順に結合してください。',
  ),
  notOfLogs: (names: string) =>
    text(`Not told by access logs: ${names}.`, `アクセスログでは評価できない SLO: ${names}`),
};
