import { describe, expect, it } from 'vitest';
import { err, ok, type Problem, problem, type Result, verbatim } from '#core-values';
import { untilAnswered } from './until-answered.ts';

const because = (code: Problem['code']): Result<never, Problem> =>
  err(problem(code, { rule: 'test.rule', message: verbatim('no'), remedy: verbatim('wait') }));

const asking = (answers: readonly Result<string, Problem>[]) => {
  const pauses: number[] = [];
  let asked = 0;
  const ask = async () => {
    asked += 1;
    return answers[asked - 1] ?? because('outside-failed');
  };
  const wait = async (pauseMs: number) => pauses.push(pauseMs);
  return { pauses, askedTimes: () => asked, ended: untilAnswered(ask, wait) };
};

describe('a request that must not be lost', () => {
  it('is made once when it is answered', async () => {
    const { ended, pauses } = asking([ok('taken')]);
    expect(await ended).toEqual(ok('taken'));
    expect(pauses).toEqual([]);
  });

  it('is repeated while nobody answers, with longer and longer pauses', async () => {
    const down = because('outside-failed');
    const { ended, pauses } = asking([down, down, down, ok('taken')]);
    expect(await ended).toEqual(ok('taken'));
    expect(pauses).toEqual([1_000, 2_000, 5_000]);
  });

  it('takes a refusal for an answer', async () => {
    const { ended, askedTimes } = asking([because('outside-failed'), because('denied'), ok('taken')]);
    expect(await ended).toEqual(because('denied'));
    expect(askedTimes()).toBe(2);
  });

  it('is given up after some five minutes', async () => {
    const { ended, pauses } = asking([]);
    expect(await ended).toEqual(because('outside-failed'));
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBe(308_000);
  });
});
