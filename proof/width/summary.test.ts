import { describe, expect, it } from 'vitest';
import { withFigures } from './documents.ts';
import type { PlanFigures } from './figures.ts';
import { summarise } from './summary.ts';
import { factsOf, tableOf } from './table.ts';

const measured = (pairs: number) => ({ pairs, actions: 3, dangerousActions: 1, dangerousPairs: 2 });

const plan = (at: number, more: Partial<PlanFigures> = {}): PlanFigures => ({
  plan: `stack-${at} create`,
  resources: 20,
  inline: true,
  sizeCharacters: 1000,
  denied: 0,
  asked: 50_000,
  calledPairs: 10,
  calledActions: 5,
  derived: measured(10 + at),
  fullAccess: measured(1000),
  powerUser: measured(40_000),
  administrator: measured(50_000),
  ...more,
});

const plans = (count: number): readonly PlanFigures[] => Array.from({ length: count }, (_, at) => plan(at));

describe('What the plans show together', () => {
  it('is median and worst of each figure; of an even number the worse of the two in the middle', () => {
    const { holders, missed } = summarise(plans(60));
    expect(missed).toEqual([]);
    expect(holders.derived.width).toEqual({ median: 4, worst: 6.9 });
    expect(holders.derived.beyond).toEqual({ median: 30, worst: 59 });
    expect(holders.administrator.width).toEqual({ median: 5000, worst: 5000 });
  });

  it('is missed below 60 different plans', () => {
    expect(summarise(plans(59)).missed).toEqual(['59 different plans, not 60']);
    expect(summarise([...plans(59), plan(0)]).missed).toEqual(['59 different plans, not 60']);
    expect(summarise([]).missed).toContain('0 different plans, not 60');
  });

  it('is missed where fewer than 90 % fit inline', () => {
    const spilled = (count: number) => plans(60).map((one, at) => ({ ...one, inline: at >= count }));
    expect(summarise(spilled(6))).toMatchObject({ inlinePercent: 90, missed: [] });
    expect(summarise(spilled(7))).toMatchObject({ inlinePercent: 88, missed: ['88 % inline, not 90 %'] });
  });

  it('is missed where a plan has more than 20 resources', () => {
    expect(summarise([...plans(60), plan(60, { resources: 21 })]).missed).toEqual(['a plan of 21 resources']);
  });

  it('says of how many plans a call was denied, and how many called nothing, which have no width', () => {
    const quiet = plan(60, { calledPairs: 0, derived: measured(900) });
    const summary = summarise([...plans(60), quiet, plan(61, { denied: 2 })]);
    expect(summary).toMatchObject({ plansWithDenials: 1, plansWithoutCalls: 1 });
    expect(summary.holders.derived.width.worst).toBe(7.1);
    expect(summary.holders.derived.beyond.worst).toBe(900);
  });
});

it('The table has a line for each holder, in both languages', () => {
  const summary = summarise(plans(60));
  expect(tableOf(summary, 'en', 'front')).toBe(
    [
      '| Median of the plans (worst) | Allowed for each call made | Dangerous actions, never called |',
      '|---|---:|---:|',
      '| **The policy that Sekisho derives** | 4 (6.9) | 1 (1) |',
      "| A role with the services' full-access policies | 100 (100) | 1 (1) |",
      '| `AdministratorAccess` | 5,000 (5,000) | 1 (1) |',
    ].join('\n'),
  );
  expect(factsOf(summarise([...plans(60), plan(60, { denied: 2 })]), 'ja')).toBe(
    'プラン 61 件(リソースは最大 20 個)。インラインに収まったポリシーは 100%。1 件あたりの質問は 50,000 個。呼び出しが拒否されたプランは 1 件。',
  );
  expect(tableOf(summary, 'ja', 'whole')).toContain('| `PowerUserAccess` | 4,000(4,000) | 39,990(39,990) |');
});

it('Figures are written between a document’s marks, and into no document without them', () => {
  const form = { language: 'en', table: 'front' } as const;
  const summary = summarise(plans(60));
  const document = `Before\n<!-- written by node proof/width.ts --keep -->\nold\n<!-- end of what was written -->\nAfter\n`;
  const written = withFigures(document, summary, form) ?? '';
  expect(written.split('\n').slice(0, 3)).toEqual([
    'Before',
    '<!-- written by node proof/width.ts --keep -->',
    '60 plans of up to 20 resources; 100 % of the policies fit inline; 50,000 questions each.',
  ]);
  expect(written).toContain(tableOf(summary, 'en', 'front'));
  expect(written).not.toContain('old');
  expect(written.endsWith('<!-- end of what was written -->\nAfter\n')).toBe(true);
  expect(withFigures(written, summary, form)).toBe(written);
  expect(withFigures('nothing here', summary, form)).toBeUndefined();
});
