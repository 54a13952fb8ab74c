import { expect, test } from 'vitest';
import { askedIn, questionOf } from './question.ts';

test('A question is read from the address, and what makes no sense there is left out', () => {
  const asked = { by: 'person:taro', action: 'approve', on: 'stack:shop', authors: 'taro,yuki' };
  expect(askedIn({ ...asked, other: 'x' })).toEqual(asked);
  expect(askedIn({ action: 'toString', by: '', on: 7 })).toEqual({});
});

test('It is asked only once it is whole', () => {
  expect(questionOf({ by: 'job', action: 'apply' })).toBeUndefined();
  expect(questionOf({ by: 'job', action: 'apply', on: 'galaxy:far' })).toBeUndefined();
  expect(questionOf({ by: 'job', action: 'apply', on: 'organization' })).toMatchObject({ facts: {} });
});

test('What is assumed goes along, and nothing else', () => {
  expect(
    questionOf({
      ...{ by: 'person:taro', action: 'approve', on: 'account:production', assume: 'losesData,rules' },
      ...{ authors: 'taro,', approvedBy: 'yuki', freeze: 'year-end', brokenBy: 'hanako' },
    }),
  ).toEqual({
    by: { kind: 'person', name: 'taro' },
    action: 'approve',
    on: { kind: 'account', name: 'production' },
    facts: {
      ...{ findings: { losesData: true }, authors: ['taro'], approvedBy: ['yuki'], freeze: 'year-end' },
      breakGlass: { by: 'hanako', reasonLength: 100 },
    },
  });
});
