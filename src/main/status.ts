import type { RequirePerson } from '#accounts';
import { listAudit } from '#audit';
import { type Clock, type EpochMs, epochMs, formatTime, type Language, type Text, text } from '#core-values';
import { destinationHealth } from '#messages';
import { type AddRoutes, createRoute, type Db, problemResponse, problemResponses, z } from '#platform';
import type { PolicySet } from '#policy/core';
import { countTrailFindings, trailReadUntil } from '#trail';

export interface StatusOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly requirePerson: RequirePerson;
  readonly policySet: () => PolicySet;
  /** Whether the log continues its last checkpoint. */
  readonly auditContinues: () => Promise<boolean>;
  readonly isCompared: boolean;
  /** What was refused before, this server was not started with. */
  readonly startedAt: EpochMs;
}

const CHECKS = ['policies', 'configuration', 'audit-log', 'messages', 'trail', 'trail-findings'] as const;
type Check = (typeof CHECKS)[number];

const statusAnswer = z.object({
  checks: z.array(
    z.object({
      name: z.enum(CHECKS),
      ok: z.boolean(),
      words: z.string().describe('What is wrong; empty where nothing is'),
      remedy: z.string(),
    }),
  ),
});

const show = createRoute({
  method: 'get',
  path: '/v1/status',
  summary: 'How Sekisho itself does: what is checked, and what is wrong with it',
  security: [{ bearer: [] }],
  responses: {
    200: { description: 'Check by check', content: { 'application/json': { schema: statusAnswer } } },
    ...problemResponses,
  },
});

/** Wrong, and what to do about it. */
interface Wrong {
  readonly words: Text;
  readonly remedy: Text;
}

/** `GET /v1/status`, for people: what they all depend on. */
export const statusRoutes =
  (on: StatusOptions): AddRoutes =>
  (app) => {
    app.openapi(show, async (c) => {
      const person = await on.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const found = await Promise.all(
        CHECKS.map(async (name) => checkAnswer(name, await looks[name](on), c.var.language)),
      );
      return c.json({ checks: found }, 200);
    });
  };

const checkAnswer = (name: Check, wrong: Wrong | undefined, language: Language) => ({
  ...{ name, ok: wrong === undefined },
  words: wrong?.words[language] ?? '',
  remedy: wrong?.remedy[language] ?? '',
});

const HOUR_MS = 3_600_000;

const looks: Readonly<Record<Check, (on: StatusOptions) => Promise<Wrong | undefined>>> = {
  policies: async ({ policySet }) => {
    const set = policySet();
    if (set.kind === 'loaded') return undefined;
    const [{ message, remedy }] = set.reasons;
    return { words: message, remedy };
  },
  configuration: async ({ db, startedAt }) => {
    const filter = { kind: 'config', since: formatTime(startedAt) };
    const { entries } = await listAudit(db, { filter, limit: 200 });
    const newest = new Map(entries.toReversed().map(({ kind, subject }) => [subject.other, kind]));
    return [...newest.values()].includes('config.refused') ? CONFIGURATION_REFUSED : undefined;
  },
  'audit-log': async ({ auditContinues }) => ((await auditContinues()) ? undefined : FORKED),
  messages: async ({ db }) => {
    const failing = (await destinationHealth(db)).filter(({ problem }) => problem !== undefined);
    return failing.length === 0 ? undefined : undelivered(failing.map(({ name }) => name));
  },
  trail: async ({ db, clock, isCompared }) => {
    if (!isCompared) return undefined;
    const until = await trailReadUntil(db);
    return until !== undefined && until > clock.now() - HOUR_MS ? undefined : TRAIL_BEHIND;
  },
  'trail-findings': async ({ db, clock, isCompared }) => {
    if (!isCompared) return undefined;
    const since = epochMs(clock.now() - 7 * 24 * HOUR_MS);
    const grave = (await countTrailFindings(db, since)).get('critical') ?? 0;
    return grave === 0 ? undefined : findings(grave);
  },
};

const CONFIGURATION_REFUSED: Wrong = {
  words: text(
    'The newest version of sekisho.yaml or the policies is bad; the one before stays in force.',
    'sekisho.yaml またはポリシーの最新版に誤りがあるため、1 つ前のものを使い続けています。',
  ),
  remedy: text(
    'The audit log has the reasons (`config.refused`); check it with `sekisho config check`.',
    '理由は監査ログ(`config.refused`)にあります。`sekisho config check` で確認してください。',
  ),
};

const FORKED: Wrong = {
  words: text(
    'The audit log does not continue its last signed checkpoint.',
    '監査ログが、最後に署名したチェックポイントと連続していません。',
  ),
  remedy: text(
    'Treat it as tampering: keep the database as it is, and run `sekisho audit verify --checkpoint` with a checkpoint kept elsewhere.',
    '改ざんの可能性があります。データベースを現状のまま保全し、別の場所に保管したチェックポイントを使って `sekisho audit verify --checkpoint` を実行してください。',
  ),
};

const undelivered = (names: readonly string[]): Wrong => ({
  words: text(
    `Messages do not arrive: ${names.join(', ')}.`,
    `メッセージが届いていません: ${names.join('、')}`,
  ),
  remedy: text(
    'See why with `sekisho messages list`, and send a test with `sekisho messages test`.',
    '`sekisho messages list` で原因を確認し、`sekisho messages test` でテスト送信してください。',
  ),
});

const TRAIL_BEHIND: Wrong = {
  words: text(
    'CloudTrail was not read to its end within the last hour.',
    '直近 1 時間以内に CloudTrail を最後まで読み取れていません。',
  ),
  remedy: text(
    'Run `sekisho audit reconcile`, and look at the server’s log for why it stopped.',
    '`sekisho audit reconcile` を実行し、止まった理由をサーバーのログで確認してください。',
  ),
};

const findings = (count: number): Wrong => ({
  words: text(
    `CloudTrail showed ${count} critical finding${count === 1 ? '' : 's'} within a week.`,
    `直近 1 週間の CloudTrail との照合で、重大な指摘が ${count} 件あります。`,
  ),
  remedy: text(
    'An administrator reads them with `sekisho audit reconcile`.',
    '管理者が `sekisho audit reconcile` で内容を確認してください。',
  ),
});
