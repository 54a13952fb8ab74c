import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  type EvaluationQuestion,
  evaluate,
  keysWaitedFor,
  type LayerOutcome,
  nearestToAllowed,
  parseEvaluation,
  reasonOf,
  type StatementReference,
} from './index.ts';

const FOLDER = join(import.meta.dirname, '../cases');
const CASES = readdirSync(FOLDER);

const expectedSchema = z.strictObject({
  name: z.string(),
  verdict: z.enum(['allowed', 'explicitly-denied', 'implicitly-denied', 'unknown']),
  /** `layer[/level] policy index` of each deciding statement; not checked where left out, nor are the next two. */
  deciding: z.array(z.string()).optional(),
  missing: z.array(z.string()).optional(),
  waitsFor: z.array(z.string()).optional(),
  source: z.string().optional(),
});

const readCase = (name: string) => ({
  source: readFileSync(join(FOLDER, name, 'request.json'), 'utf8'),
  expected: expectedSchema.parse(JSON.parse(readFileSync(join(FOLDER, name, 'expected.json'), 'utf8'))),
});

function questionOf(source: string): EvaluationQuestion {
  const question = parseEvaluation(source, 'request.json');
  if (!question.ok) throw new Error(question.error.reasons.map(({ message }) => message.en).join('\n'));
  return question.value;
}

const layerText = ({ layer, level }: Pick<LayerOutcome, 'layer' | 'level'>): string =>
  level === undefined ? layer : `${layer}/${level}`;
const statementText = (reference: StatementReference): string =>
  `${layerText(reference)} ${reference.policy} ${reference.statement}`;

describe.each(CASES)('%s', (name) => {
  const { source, expected } = readCase(name);

  test(expected.name, () => {
    const { layers, request } = questionOf(source);
    const verdict = evaluate(layers, request);
    expect({
      verdict: verdict.kind,
      ...(expected.deciding && { deciding: verdict.deciding.map(statementText) }),
      ...(expected.missing && { missing: verdict.missing.map(layerText) }),
      ...(expected.waitsFor && { waitsFor: keysWaitedFor(layers, request, verdict) }),
    }).toEqual({
      verdict: expected.verdict,
      ...(expected.deciding && { deciding: expected.deciding }),
      ...(expected.missing && { missing: expected.missing }),
      ...(expected.waitsFor && { waitsFor: expected.waitsFor }),
    });
    const reason = reasonOf(verdict, request);
    expect(reason.en.length * reason.ja.length).toBeGreaterThan(0);
    const isDenied = verdict.kind === 'explicitly-denied' || verdict.kind === 'implicitly-denied';
    expect(nearestToAllowed(layers, request, verdict).length > 0).toBe(isDenied);
  });
});

test('There are at least 120 cases, each with a sentence of its own', () => {
  const names = CASES.map((name) => readCase(name).expected.name);
  expect(names.length).toBeGreaterThanOrEqual(120);
  expect(new Set(names).size).toBe(names.length);
});
