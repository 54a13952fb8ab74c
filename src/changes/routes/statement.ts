import { passkeysOf, requestOptions, statementChallenge } from '#accounts';
import { type Problem, problem, text } from '#core-values';
import { type AddRoutes, createRoute, problemResponse, problemResponses, sshCrypto, z } from '#platform';
import { extraNeedsDigest } from '../core/added-need.ts';
import {
  formatStatement,
  isStatementReason,
  needsReason,
  parseStatement,
  STATEMENT_WORDS,
} from '../core/approval/index.ts';
import { planUnknown } from '../problems.ts';
import { NOT_MARKED } from '../repairs/mark-repair.ts';
import { repairInForce } from '../repairs/store.ts';
import { findPlan, type StoredPlan } from '../store/plans.ts';
import { json, planIdOf, type RouteRoom, security } from './access.ts';

const write = createRoute({
  method: 'post',
  path: '/v1/plans/{id}/statement',
  summary: 'The words that you would sign to decide about a plan now',
  description:
    'Without effect. `passkey` is for `navigator.credentials.get`; its challenge is the SHA-256 of the statement’s UTF-8 bytes, which a page can check. Send both back to /approvals.',
  security,
  request: {
    params: z.object({ id: z.string() }),
    body: {
      required: true,
      content: json(
        z.strictObject({
          decision: z.enum(STATEMENT_WORDS),
          reason: z
            .string()
            .max(1_000)
            .optional()
            .describe('Required to break the glass and to mark a repair; of an agreement it is the mark’s'),
        }),
      ),
    },
  },
  responses: {
    200: {
      description: 'The statement, dated now',
      content: json(
        z.object({
          statement: z.string(),
          passkey: z.object({
            challenge: z.string(),
            rpId: z.string(),
            timeout: z.number(),
            userVerification: z.literal('required'),
            allowCredentials: z
              .array(
                z.object({ id: z.string(), type: z.literal('public-key'), transports: z.array(z.string()) }),
              )
              .describe('Your passkeys that work; empty where you have none'),
          }),
        }),
      ),
    },
    ...problemResponses,
  },
});

/** The statement that a passkey signs is written here, so that pages hold no second copy of its form. */
export const statementRoutes =
  (room: RouteRoom): AddRoutes =>
  (app) => {
    app.openapi(write, async (c) => {
      const person = await room.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const id = planIdOf(c.req.valid('param').id);
      if (!id.ok) return problemResponse(c, id.error);
      const plan = await findPlan(room.db, id.value);
      if (plan === undefined) return problemResponse(c, planUnknown(id.value));
      const { decision, reason: given } = c.req.valid('json');
      const reason = decision === 'agree-repair' ? await reasonOfMark(room, plan) : given;
      const isExplained = reason === undefined ? !needsReason(decision) : isStatementReason(reason);
      if (!isExplained) return problemResponse(c, decision === 'agree-repair' ? NOT_MARKED : NO_REASON);
      const { stack, account, environment, fingerprint } = plan;
      const extraNeeds = extraNeedsDigest(plan.facts.extraNeeds ?? [], sshCrypto.sha256);
      const statement = formatStatement({
        ...{ stack, account, environment, fingerprint, decision },
        ...{ approver: person.value.name, at: room.clock.now() },
        ...(reason === undefined ? {} : { reason }),
        ...(extraNeeds === undefined ? {} : { extraNeeds }),
      });
      const all = await passkeysOf(room.db, person.value.name, room.passkeys.key);
      const working = all.filter(({ state }) => state === 'active');
      const passkey = requestOptions(room.passkeys, statementChallenge(statement), working);
      return c.json({ statement, passkey }, 200);
    });
  };

/** Whoever agrees signs the very words of the mark. */
async function reasonOfMark(room: RouteRoom, plan: StoredPlan): Promise<string | undefined> {
  const standing = await repairInForce(room.db, plan.stack, plan.fingerprint);
  const said = standing && parseStatement(standing.mark.statement);
  return said?.ok === true ? said.value.reason : undefined;
}

const NO_REASON: Problem = problem('bad-input', {
  rule: 'approval.reason-unfit',
  message: text(
    'A reason is one visible line of at most 1,000 characters; breaking the glass needs one.',
    '理由は 1,000 文字以内の 1 行で書きます。ブレークグラスでは必須です。',
  ),
  remedy: text(
    'Write the reason in one line, without control characters.',
    '制御文字を含めず、1 行で理由を書いてください。',
  ),
});
