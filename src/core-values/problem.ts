import type { Text } from './text.ts';

/** A place in a file of the user's; lines and columns count from 1. */
export interface SourcePlace {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** Why something was refused or failed: which rule, in words, and what would help. */
export interface Reason {
  /** Stable, dotted, lower-case: `grant.commit-mismatch`. */
  readonly rule: string;
  readonly message: Text;
  readonly remedy: Text;
  readonly place?: SourcePlace;
}

interface ErrorKind {
  readonly httpStatus: number;
  /** Exit codes: 1 findings, 2 bad input or usage, 3 denied, 4 an outside system failed. */
  readonly exitCode: 1 | 2 | 3 | 4;
  readonly title: Text;
}

/**
 * The closed union of the product's error codes, and the one place where a code becomes an
 * HTTP status, an exit code and a title.
 */
export const ERROR_KINDS = {
  'bad-input': { httpStatus: 400, exitCode: 2, title: { en: 'Bad input', ja: '入力が正しくありません' } },
  'bad-config': {
    httpStatus: 500,
    exitCode: 2,
    title: { en: 'Bad configuration', ja: '設定が正しくありません' },
  },
  'bad-plan': {
    httpStatus: 422,
    exitCode: 2,
    title: { en: 'Plan file refused', ja: 'プランファイルを受け付けられません' },
  },
  unauthenticated: {
    httpStatus: 401,
    exitCode: 3,
    title: { en: 'Not authenticated', ja: '認証されていません' },
  },
  denied: { httpStatus: 403, exitCode: 3, title: { en: 'Denied', ja: '拒否されました' } },
  'not-found': { httpStatus: 404, exitCode: 2, title: { en: 'Not found', ja: '見つかりません' } },
  conflict: {
    httpStatus: 409,
    exitCode: 3,
    title: { en: 'Conflict with the current state', ja: '現在の状態と両立しません' },
  },
  'too-large': { httpStatus: 413, exitCode: 2, title: { en: 'Too large', ja: '大きすぎます' } },
  'too-many-requests': {
    httpStatus: 429,
    exitCode: 4,
    title: { en: 'Too many requests', ja: 'リクエストが多すぎます' },
  },
  'outside-failed': {
    httpStatus: 502,
    exitCode: 4,
    title: { en: 'An outside system failed', ja: '外部システムが失敗しました' },
  },
  unavailable: { httpStatus: 503, exitCode: 4, title: { en: 'Not available now', ja: '現在利用できません' } },
  timeout: { httpStatus: 504, exitCode: 4, title: { en: 'Took too long', ja: '時間内に終わりませんでした' } },
  internal: { httpStatus: 500, exitCode: 4, title: { en: 'Internal error', ja: '内部エラー' } },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERROR_KINDS;

/** An expected failure, ready to be shown to a person: at least one reason, each with its remedy. */
export interface Problem {
  readonly code: ErrorCode;
  readonly reasons: readonly [Reason, ...Reason[]];
}

export const problem = (code: ErrorCode, first: Reason, ...more: readonly Reason[]): Problem => ({
  code,
  reasons: [first, ...more],
});
