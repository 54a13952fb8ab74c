import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextPageOf, requestOf } from './request-of.ts';

const API = 'https://api.github.com';

test('placeholders become segments, the rest of a read its query, the rest of a change its body', () => {
  expect(
    requestOf(API, 'GET /repos/{owner}/{repo}/pulls', {
      owner: 'shop',
      repo: 'infra',
      state: 'open',
      base: undefined,
    }),
  ).toEqual({ method: 'GET', url: `${API}/repos/shop/infra/pulls?state=open` });
  expect(
    requestOf(API, 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
      owner: 'shop',
      repo: 'infra',
      issue_number: 7,
      body: 'x',
    }),
  ).toEqual({
    method: 'POST',
    url: `${API}/repos/shop/infra/issues/7/comments`,
    body: '{"body":"x"}',
  });
  expect(requestOf(API, 'GET /app', {})).toEqual({ method: 'GET', url: `${API}/app` });
});

test('no value of a placeholder leads to another route', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (repo) => {
      fc.pre(repo !== '.' && repo !== '..');
      const { url } = requestOf(API, 'GET /repos/{owner}/{repo}', { owner: 'shop', repo });
      const { pathname, search, hash } = new URL(url);
      expect(pathname.split('/').length).toBe(4);
      expect([search, hash]).toEqual(['', '']);
    }),
  );
  for (const repo of ['.', '..', '', undefined])
    expect(() => requestOf(API, 'GET /repos/{owner}/{repo}', { owner: 'shop', repo })).toThrow(TypeError);
});

test('the next page is only followed below the same API', () => {
  expect(
    nextPageOf(API, `<${API}/repositories/1/pulls?page=2>; rel="next", <${API}/x?page=9>; rel="last"`),
  ).toBe(`${API}/repositories/1/pulls?page=2`);
  expect(nextPageOf(API, `<${API}/x?page=1>; rel="prev", <${API}/x?page=3>; rel="next"`)).toBe(
    `${API}/x?page=3`,
  );
  for (const link of [
    null,
    '',
    `<${API}/x>; rel="last"`,
    '<https://evil.example/x>; rel="next"',
    '<https://api.github.com.evil.example/x>; rel="next"',
  ])
    expect(nextPageOf(API, link)).toBeUndefined();
});
