import { z } from 'zod';
import type { Language } from '#core-values';
import type { Decision } from './decide.ts';
import { showFactValue } from './facts.ts';

const reason = z.object({ rule: z.string(), message: z.string(), remedy: z.string() });
const place = z.object({ file: z.string(), line: z.number().optional() });

/** A decision with everything that explains it, in one language. */
export const explainedDecision = z.object({
  kind: z.enum(['allowed', 'forbidden', 'not-permitted', 'undecidable']),
  allowed: z.boolean(),
  policies: z
    .array(z.object({ id: z.string(), effect: z.enum(['permit', 'forbid']), message: z.string(), place }))
    .describe('Those that decided'),
  nearest: z
    .array(z.object({ id: z.string(), message: z.string(), place, unmet: z.array(z.string()) }))
    .describe('Permits that came nearest, and their conditions (Cedar) that did not hold'),
  reasons: z.array(reason),
  facts: z.array(z.object({ name: z.string(), value: z.string() })).describe('What these policies read'),
  wouldChange: z
    .array(z.object({ changes: z.array(z.string()), description: z.string() }))
    .describe('What would turn it, one way each'),
});

export type ExplainedDecision = z.infer<typeof explainedDecision>;

export const explained = (decision: Decision, language: Language): ExplainedDecision => ({
  kind: decision.kind,
  allowed: decision.allowed,
  policies: decision.determining.map(({ id, effect, message, place: at }) => ({
    id,
    effect,
    message: message[language],
    place: placeIn(at),
  })),
  nearest: decision.nearest.map(({ id, message, place: at, unmet }) => ({
    id,
    message: message[language],
    place: placeIn(at),
    unmet: unmet.map(({ text }) => text),
  })),
  reasons: decision.reasons.map(({ rule, message, remedy }) => ({
    rule,
    message: message[language],
    remedy: remedy[language],
  })),
  facts: decision.facts.map(({ name, value }) => ({ name, value: showFactValue(value) })),
  wouldChange: decision.wouldChange.map(({ changes, description }) => ({
    changes: [...changes],
    description: description[language],
  })),
});

/** Without the server's folders, which are nobody's business. */
export const placeIn = ({ file, line }: { readonly file: string; readonly line?: number }) => ({
  file: file.split('/').at(-1) ?? file,
  ...(line === undefined ? {} : { line }),
});
