import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY_FOLDER, readPolicyFolder } from '../policy-files.ts';
import { caseSchema, requestOf } from './case.ts';
import { decide } from './decide.ts';
import { HYPOTHESES } from './hypotheses.ts';
import type { PolicyRequest } from './request.ts';

const loaded = await readPolicyFolder(DEFAULT_POLICY_FOLDER);
if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
const defaults = loaded.value;

const person = fc.record({
  person: fc.constantFrom('hanako', 'taro', 'jiro'),
  teams: fc.subarray(['shop', 'platform']),
  administrator: fc.boolean(),
  mayBreakGlass: fc.boolean(),
});
const people = fc.uniqueArray(person, { selector: (one) => one.person, maxLength: 3 });
const rarely = fc.boolean().map((value) => (value ? true : undefined));
const facts = fc.record(
  {
    protectedWorkflow: fc.boolean(),
    findings: fc.record(
      { losesData: rarely, widensIam: rarely, runsCode: rarely, partialPlan: rarely, wrongAccount: rarely },
      { requiredKeys: [] },
    ),
    approvedBy: people,
    authors: people,
    authorKnown: fc.boolean(),
    freeze: fc.constant('year-end'),
    errorBudgetPpm: fc.integer({ min: -10, max: 10 }),
    errorBudgetStale: rarely,
    repair: fc.record(
      { by: person, reasonLength: fc.integer({ min: 0, max: 40 }), agreedBy: person },
      { requiredKeys: ['by', 'reasonLength'] },
    ),
    breakGlass: fc.record({ by: person, reasonLength: fc.integer({ min: 0, max: 40 }) }),
    reasonLength: fc.integer({ min: 0, max: 40 }),
    verdict: fc.constantFrom('approve', 'reject'),
  },
  { requiredKeys: [] },
);
const question = fc
  .record({
    action: fc.constantFrom('plan', 'approve', 'apply', 'apply', 'apply', 'breakGlass', 'administer'),
    by: person,
    on: fc.record({ environment: fc.constantFrom('production', 'staging') }),
    facts,
  })
  .map((written) => ({ ...written, by: ['plan', 'apply'].includes(written.action) ? 'job' : written.by }));

const asked = (written: object): PolicyRequest => {
  const request = requestOf(caseSchema.parse({ name: 'n', expect: 'deny', decidedBy: [], ...written }));
  if (!request.ok) throw new Error(JSON.stringify(request.error));
  return request.value;
};

const changed = (request: PolicyRequest, ids: readonly string[]): PolicyRequest =>
  ids.reduce((before, id) => HYPOTHESES.find((one) => one.id === id)?.apply(before) ?? before, request);

describe('what would change a decision', () => {
  it('does change it: every way listed allows, and none of its parts can be left out', () => {
    fc.assert(
      fc.property(question, (written) => {
        const request = asked(written);
        const decision = decide(defaults, request);
        if (decision.allowed) expect(decision.wouldChange).toEqual([]);
        for (const way of decision.wouldChange) {
          expect(decide(defaults, way.request).allowed).toBe(true);
          expect(decide(defaults, changed(request, way.changes)).allowed).toBe(true);
          for (const id of way.changes) {
            const without = way.changes.filter((one) => one !== id);
            expect(decide(defaults, changed(request, without)).allowed, `${way.changes} without ${id}`).toBe(
              false,
            );
          }
        }
      }),
      { numRuns: 50 },
    );
  }, 30_000);

  it('is told for every denied apply that does not ask a person', () => {
    fc.assert(
      fc.property(facts, (written) => {
        const request = asked({
          action: 'apply',
          by: 'job',
          on: { environment: 'production' },
          facts: written,
        });
        const decision = decide(defaults, request);
        if (!decision.allowed) expect(decision.wouldChange.length).toBeGreaterThan(0);
      }),
      { numRuns: 30 },
    );
  }, 30_000);
});
