import { setImmediate as breathe } from 'node:timers/promises';
import type { RequirePerson } from '#accounts';
import type { Organization } from '#accounts/core';
import { type Clock, err, type Language, ok, type Problem, type Reason, type Result } from '#core-values';
import { type AddRoutes, createRoute, PEOPLE, problemResponse, problemResponses, type z } from '#platform';
import { judgeCase } from './core/case.ts';
import { decide } from './core/decide.ts';
import { explained, placeIn } from './core/explained.ts';
import { factsAsked } from './core/facts-asked.ts';
import { casesAnswer, explainAnswer, explainRequest, factsOfNames, policyAnswer } from './core/policy-api.ts';
import type { PolicySet } from './core/policy-set.ts';
import { askedRequest } from './core/question.ts';
import { type CaseFile, readCases } from './policy-files.ts';

export interface PolicyRoutesOptions {
  readonly requirePerson: RequirePerson;
  readonly organization: () => Organization;
  readonly policySet: () => PolicySet;
  readonly clock: Clock;
  /** Where the cases of the policies in force lie. */
  readonly casesFolder: string;
  /** Whether these are the policies that Sekisho ships. */
  readonly shipped: boolean;
}

const json = <S>(schema: S) => ({ 'application/json': { schema } });
const security = PEOPLE;

const show = createRoute({
  method: 'get',
  path: '/v1/policy',
  summary: 'The policies in force',
  security,
  responses: { 200: { description: 'All of them', content: json(policyAnswer) }, ...problemResponses },
});

const explain = createRoute({
  method: 'post',
  path: '/v1/policy/explain',
  summary: 'Could X do Y, and why not: asked of the policies in force; nothing happens by it',
  security,
  request: { body: { required: true, content: json(explainRequest) } },
  responses: { 200: { description: 'The decision', content: json(explainAnswer) }, ...problemResponses },
});

const test = createRoute({
  method: 'post',
  path: '/v1/policy/test',
  summary: 'Run the cases beside the policies in force',
  security,
  responses: { 200: { description: 'Case by case', content: json(casesAnswer) }, ...problemResponses },
});

/** For people: who knows the rules can keep to them. */
export const policyRoutes =
  (on: PolicyRoutesOptions): AddRoutes =>
  (app) => {
    app.openapi(show, async (c) => {
      const person = await on.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      return c.json(policyAnswerOf(on, c.var.language), 200);
    });
    app.openapi(explain, async (c) => {
      const person = await on.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const { facts, ...question } = c.req.valid('json');
      const asked = { ...question, facts: factsFrom(facts) };
      const request = askedRequest(on.organization(), asked, on.clock.now());
      if (!request.ok) return problemResponse(c, request.error);
      const decision = decide(on.policySet(), request.value);
      return c.json({ decision: explained(decision, c.var.language), asked: factsAsked(request.value) }, 200);
    });
    let running: Promise<Result<readonly JudgedFile[], Problem>> | undefined;
    app.openapi(test, async (c) => {
      const person = await on.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      // Whoever asks meanwhile gets the same answer: cases take the processor.
      running ??= judgeCases(on).finally(() => {
        running = undefined;
      });
      const judged = await running;
      return judged.ok
        ? c.json(casesAnswerOf(judged.value, c.var.language), 200)
        : problemResponse(c, judged.error);
    });
  };

const factsFrom =
  (facts: z.output<typeof explainRequest>['facts']): Parameters<typeof askedRequest>[1]['facts'] =>
  (personNamed) =>
    factsOfNames(facts, personNamed);

interface JudgedFile extends Pick<CaseFile, 'file'> {
  readonly name: string;
  readonly verdict: Extract<ReturnType<typeof judgeCase>, { ok: true }>['value'];
}

async function judgeCases(on: PolicyRoutesOptions): Promise<Result<readonly JudgedFile[], Problem>> {
  const cases = await readCases(on.casesFolder);
  if (!cases.ok) return cases;
  const set = on.policySet();
  const judged: JudgedFile[] = [];
  for (const { file, case: one } of cases.value) {
    const verdict = judgeCase(set, one);
    if (!verdict.ok) return err(verdict.error);
    judged.push({ file, name: one.name, verdict: verdict.value });
    await breathe();
  }
  return ok(judged);
}

const casesAnswerOf = (judged: readonly JudgedFile[], language: Language): z.infer<typeof casesAnswer> => ({
  passed: judged.filter(({ verdict }) => verdict.passed).length,
  cases: judged.map(({ file, name, verdict }) => ({
    ...{ file, name, passed: verdict.passed, differences: [...verdict.differences] },
    ...(verdict.passed ? {} : { decision: explained(verdict.decision, language) }),
  })),
});

function policyAnswerOf(on: PolicyRoutesOptions, language: Language): z.infer<typeof policyAnswer> {
  const set = on.policySet();
  return {
    kind: set.kind,
    shipped: on.shipped,
    policies: set.policies.map(({ id, effect, message, remedy, place, source, conditions, reads }) => ({
      ...{ id, effect, message: message[language], place: placeIn(place), source },
      ...(remedy === undefined ? {} : { remedy: remedy[language] }),
      conditions: conditions.map(({ kind, text }) => ({ kind, text })),
      reads: [...reads],
    })),
    warnings: set.warnings.map(reasonIn(language)),
    reasons: set.kind === 'loaded' ? [] : set.reasons.map(reasonIn(language)),
  };
}

const reasonIn =
  (language: Language) =>
  ({ rule, message, remedy }: Reason) => ({ rule, message: message[language], remedy: remedy[language] });
